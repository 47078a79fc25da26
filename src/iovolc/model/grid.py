"""The common grid: three sheets at one pixel size, as frozen values.

``equator`` is equirectangular for ``|lat| <= 65``; ``north`` and ``south`` are polar stereographic for
``|lat| >= 55``. The overlap lets an event that straddles an edge be seen whole on one sheet.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from iovolc import body

SheetName = Literal["equator", "north", "south"]
SHEET_NAMES: Final[tuple[SheetName, ...]] = ("equator", "north", "south")

EQUATOR_MAX_LAT: Final = 65.0
POLAR_MIN_LAT: Final = 55.0
OWNER_LAT: Final = 60.0
"""Places equatorward of this belong to ``equator``, all others to the polar sheets, so that each counts once."""
PIXELS_PER_DEGREE: Final = (4, 8, 16, 32)
TILE_PX: Final = 720
_POLAR_STEP: Final = 8  # so that sheets can be reduced by powers of two


@dataclass(frozen=True, slots=True)
class Window:
    """A rectangle of a sheet: first row and column (inclusive), last ones (exclusive)."""

    row0: int
    row1: int
    col0: int
    col1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Row and column slice, for indexing an array of the sheet's shape."""
        return slice(self.row0, self.row1), slice(self.col0, self.col1)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the rectangle."""
        return self.row1 - self.row0, self.col1 - self.col0


@dataclass(frozen=True, slots=True)
class Sheet:
    """One projected part of the grid.

    Parameters
    ----------
    name : {'equator', 'north', 'south'}
        Which part of Io it shows.
    shape : tuple of int
        Rows, columns.
    pixel_m : float
        Pixel size in metres: true at the equator (``equator``) or at the pole (``north``, ``south``).
    left_m, top_m : float
        Outer edge of the first column and row in projected metres.
    """

    name: SheetName
    shape: tuple[int, int]
    pixel_m: float
    left_m: float
    top_m: float

    @property
    def crs(self) -> str:
        """Authority code of the sheet's coordinate system."""
        return {"equator": body.CRS_EQUIRECTANGULAR, "north": body.CRS_NORTH, "south": body.CRS_SOUTH}[self.name]

    @property
    def wraps(self) -> bool:
        """Whether the last column touches the first one."""
        return self.name == "equator"

    @property
    def pixel_km(self) -> float:
        """Pixel size in kilometres."""
        return self.pixel_m / 1000.0

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """Affine coefficients (a, b, c, d, e, f): x = a col + b row + c, y = d col + e row + f (metres)."""
        return (self.pixel_m, 0.0, self.left_m, 0.0, -self.pixel_m, self.top_m)

    def tiles(self, size: int = TILE_PX) -> Iterator[Window]:
        """Rectangles of at most ``size`` x ``size`` pixels that cover the sheet, row by row."""
        rows, cols = self.shape
        for row in range(0, rows, size):
            for col in range(0, cols, size):
                yield Window(row, min(row + size, rows), col, min(col + size, cols))


@dataclass(frozen=True, slots=True)
class Grid:
    """The sheets that every epoch is brought to.

    Parameters
    ----------
    pixels_per_degree : int
        4, 8, 16 or 32, counted along the equator.
    sheets : tuple of Sheet
        ``equator``, ``north``, ``south``.
    """

    pixels_per_degree: int
    sheets: tuple[Sheet, Sheet, Sheet]

    @classmethod
    def at(cls, pixels_per_degree: int) -> "Grid":
        """The grid with this many pixels per degree of the equator.

        Raises
        ------
        ValueError
            If the number is not one of :data:`PIXELS_PER_DEGREE`.
        """
        if pixels_per_degree not in PIXELS_PER_DEGREE:
            raise ValueError(f"pixels_per_degree must be one of {PIXELS_PER_DEGREE}, not {pixels_per_degree}")
        pixel_m = math.radians(1.0) * body.RADIUS_M / pixels_per_degree
        cols = 360 * pixels_per_degree
        half_rows = int(EQUATOR_MAX_LAT * pixels_per_degree)
        equator = Sheet("equator", (2 * half_rows, cols), pixel_m, -cols / 2 * pixel_m, half_rows * pixel_m)
        rim_m = 2.0 * body.RADIUS_M * math.tan(math.radians(90.0 - POLAR_MIN_LAT) / 2.0)
        half = _POLAR_STEP * math.ceil(rim_m / pixel_m / _POLAR_STEP)
        edge = half * pixel_m
        north = Sheet("north", (2 * half, 2 * half), pixel_m, -edge, edge)
        south = Sheet("south", (2 * half, 2 * half), pixel_m, -edge, edge)
        return cls(pixels_per_degree, (equator, north, south))

    @property
    def pixel_km(self) -> float:
        """Pixel size in kilometres at the equator and at the poles."""
        return self.sheets[0].pixel_km

    def sheet(self, name: str) -> Sheet:
        """The sheet of this name.

        Raises
        ------
        KeyError
            If there is none.
        """
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)
