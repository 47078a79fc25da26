"""An image file and its catalogue row become an observation, whatever the format."""

from pathlib import Path

from iovolc.archive.access import Access
from iovolc.archive.measured import measure
from iovolc.archive.origin import Origin
from iovolc.archive.pixels import Scaling
from iovolc.archive.rows import Row
from iovolc.archive.understanding import Look, Understood, understand
from iovolc.model.observation import Observation


def read_observation(
    row: Row, catalogue_dir: Path, access: Access | None = None, *, look: Look | None = None
) -> Observation:
    """Read one band of one image.

    Parameters
    ----------
    row : Row
        The catalogue's row.
    catalogue_dir : Path
        The folder that the row's path is relative to.
    access : Access or None
        Limits for the file; None is the default: nothing outside the folder, and at most 1024 million pixels.
    look : Look or None
        Of :func:`~iovolc.archive.understanding.look_at`, if there was one.

    Returns
    -------
    Observation
        Pixels (row, col) as float32 in the record's unit, NaN without data; ``saturated`` marks pixels at either end
        of an integer range, or those that the format itself marks.

    Raises
    ------
    ConfigError
        If the kernels cannot be used.
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
    return with_pixels(understand(row, catalogue_dir, access, look=look), row.origin)


def with_pixels(understood: Understood, origin: Origin) -> Observation:
    """The observation of what has been understood.

    Parameters
    ----------
    understood : Understood
        Record and open file.
    origin : Origin
        For the message.

    Raises
    ------
    UnreadableProduct
        The file is damaged (E102) or no pixel is valid (E402).
    """
    record = understood.record
    scaling = Scaling(record.scale, record.offset, record.nodata)
    pixels = measure(understood.product, understood.source, scaling, origin)
    return Observation(record, pixels.values, saturated=pixels.saturated)
