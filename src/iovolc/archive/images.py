"""An image file and its catalogue row become an observation, whatever the format."""

from pathlib import Path

from iovolc.archive.access import Access
from iovolc.archive.pixels import Scaling, scaled
from iovolc.archive.rows import Row
from iovolc.archive.understanding import understand
from iovolc.model.observation import Observation


def read_observation(row: Row, catalogue_dir: Path, access: Access | None = None) -> Observation:
    """Read one band of one image.

    Parameters
    ----------
    row : Row
        The catalogue's row.
    catalogue_dir : Path
        The folder that the row's path is relative to.
    access : Access or None
        Limits for the file; None is the default: nothing outside the folder, and at most 1024 million pixels.

    Returns
    -------
    Observation
        Pixels (row, col) as float32 in the record's unit, NaN without data; ``saturated`` marks pixels at either end
        of an integer range, or those that the format itself marks.

    Raises
    ------
    UnreadableProduct
        The file is missing, damaged, too large or out of bounds, the band does not exist, no pixel is valid, or a
        field is missing or impossible (E101, E102, E104 to E107, E302, E304, E401, E402, E503).
    UnsupportedProduct
        The format is not read (E103).
    AmbiguousGeometry
        The image cannot be placed on Io (E2xx).
    TransientIOError
        If reading failed in a way that may pass.
    """
    understood = understand(row, catalogue_dir, access)
    record = understood.record
    stored = understood.product.read(record.band_index - 1)
    pixels = scaled(stored, Scaling(record.scale, record.offset, record.nodata), row.origin)
    return Observation(record, pixels.values, saturated=pixels.saturated)
