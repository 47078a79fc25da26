"""What may be read from outside, and how much of it: decided before anything is opened or allocated."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from iovolc.archive.files import system_error
from iovolc.archive.origin import Origin
from iovolc.archive.paths import locate
from iovolc.archive.product import Product
from iovolc.archive.rows import Row
from iovolc.config import IngestConfig
from iovolc.errors import UnreadableProduct
from iovolc.model.observation import format_utc

EARLIEST_UTC: Final = datetime(1610, 1, 1, tzinfo=UTC)
"""Io was first seen in the night from 7 to 8 January 1610 (Galilei, Sidereus Nuncius)."""

_CLOCKS_APART: Final = timedelta(days=1)
_LABEL_BYTES: Final = 64 << 20
_PIXEL_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Access:
    """Limits for files from outside.

    Parameters
    ----------
    roots : tuple of Path
        Folders besides the catalogue's own from which files may be read.
    max_megapixels : float
        Largest image, in millions of pixels over all bands.
    kernels : tuple of Path
        The user's SPICE kernels, for geometry that neither row nor label give.
    now_utc : datetime or None
        Timezone-aware; None is the clock.
    """

    roots: tuple[Path, ...] = ()
    max_megapixels: float = IngestConfig().max_megapixels
    kernels: tuple[Path, ...] = ()
    now_utc: datetime | None = None

    @classmethod
    def of(cls, config: IngestConfig) -> "Access":
        """What the configuration allows."""
        roots, kernels = (tuple(Path(name).expanduser() for name in names) for names in (config.roots, config.kernels))
        return cls(roots, config.max_megapixels, kernels)


def find_file(row: Row, catalogue_dir: Path, access: Access) -> Path:
    """The file of a row, where it may be read and is not too large for any image within the limit.

    Raises
    ------
    UnreadableProduct
        E101, E102, E105 or E106 (:func:`iovolc.archive.paths.locate`), E107 if the file is too large.
    TransientIOError
        If looking failed in a way that may pass.
    """
    path = locate(row.path, catalogue_dir, row.origin, roots=access.roots)
    try:
        size = path.stat().st_size
    except OSError as error:
        raise system_error(error, row.origin) from error
    if size > access.max_megapixels * 1e6 * _PIXEL_BYTES + _LABEL_BYTES:
        raise _too_large(row.origin, f"the file has {size / 1e6:.0f} MB", access)
    return path


def check_size(product: Product, origin: Origin, access: Access) -> None:
    """Refuse an image that declares more pixels than the limit, before any is read.

    Raises
    ------
    UnreadableProduct
        E107.
    """
    rows, cols = product.shape
    bands = len(product.bands)
    if rows * cols * bands > access.max_megapixels * 1e6:
        detail = f"{cols} x {rows} pixels in {bands} bands are {rows * cols * bands / 1e6:.1f} million"
        raise _too_large(origin, detail, access)


def check_times(start_utc: datetime, stop_utc: datetime, origin: Origin, access: Access) -> None:
    """Refuse an observation from the future or from before Io was known.

    Parameters
    ----------
    start_utc, stop_utc : datetime
        Timezone-aware span of the observation.
    origin : Origin
        For the message.
    access : Access
        Says when now is.

    Raises
    ------
    UnreadableProduct
        E304; clocks may be a day apart.
    """
    now_utc = datetime.now(UTC) if access.now_utc is None else access.now_utc
    wrong = next((time for time in (stop_utc, start_utc) if not EARLIEST_UTC <= time <= now_utc + _CLOCKS_APART), None)
    if wrong is not None:
        raise UnreadableProduct([origin.finding("E304", f"it says {format_utc(wrong)}", "time_utc")])


def _too_large(origin: Origin, seen: str, access: Access) -> UnreadableProduct:
    detail = f"{seen}; the limit is {access.max_megapixels:g} million pixels"
    return UnreadableProduct([origin.finding("E107", detail, "path")])
