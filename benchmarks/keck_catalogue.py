"""A catalogue of the Keck NIRC2 pictures of Io from the table of their geometry, and their pixels as numbers.

``python benchmarks/keck_catalogue.py FOLDER [CATALOGUE]`` writes the catalogue of the pictures in FOLDER, beside them
by default. Centres are left blank: the limb is to be fitted.
"""

import csv
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from iovolc import body
from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.colours import invert_colours
from iovolc.archive.discs import view_of
from iovolc.archive.layers import CATALOGUE, Layer
from iovolc.archive.rows import Row
from iovolc.model.discview import DiscView

KM_PER_AU: Final = 149_597_870.7
ARCSEC: Final = math.degrees(1.0) * 3600.0
PX_PER_ARCSEC: Final = 143.0
"""Of the pictures of 218 pixels; those of 2017-02-05 have 330 and another scale."""
TABLE: Final = "gist_heat"
MIRROR_M: Final = 10.0
FILTERS: Final = MappingProxyType(
    {
        "Kc": ("K", 2.27),
        "H2O": ("L", 3.06),
        "PAH": ("L", 3.29),
        "Lp": ("L", 3.78),
        "Brac": ("L", 3.99),
        "Bra": ("L", 4.05),
        "Ms": ("M", 4.67),
    }
)
"""Channel and wavelength in micrometres."""
PSF_RATIO: Final = 1.18
"""Width of the brightest spots (FWHM) over that of diffraction, wavelength over mirror; median of 12 L' pictures."""


def rows(folder: Path, px_per_arcsec: float = PX_PER_ARCSEC) -> list[dict[str, str]]:
    """Catalogue rows of ``geometry.csv``; the pictures have Io's north up."""
    with (folder / "geometry.csv").open(encoding="utf-8", newline="") as file:
        return [_row(entry, px_per_arcsec) for entry in csv.DictReader(file)]


def _row(entry: dict[str, str], px_per_arcsec: float) -> dict[str, str]:
    channel, wavelength_um = FILTERS[entry["filter"]]
    range_km = float(entry["distance_au"]) * KM_PER_AU
    radius_px = px_per_arcsec * ARCSEC * math.asin(body.RADIUS_KM / range_km)
    return {
        "path": entry["file"],
        "time_utc": entry["utc"] + "Z",
        "mission": "Keck",
        "instrument": "NIRC2",
        "band": entry["filter"],
        "channel": channel,
        "wavelength_um": f"{wavelength_um:g}",
        "quantity": "relative",
        "projection": "disc",
        "sub_observer_lat": entry["sub_obs_lat"],
        "sub_observer_lon_w": entry["sub_obs_lon_w"],
        "north_angle_deg": "0",
        "disc_radius_px": f"{radius_px:.3f}",
        "range_km": f"{range_km:.0f}",
        # The table lacks it; Earth and Sun differ by less than 2 degrees in latitude as seen from Io.
        "sub_solar_lat": entry["sub_obs_lat"],
        "sub_solar_lon_w": entry["sub_solar_lon_w"],
        "psf_km": f"{PSF_RATIO * wavelength_um * 1e-6 / MIRROR_M * range_km:.0f}",
        "credit": "W. M. Keck Observatory",
    }


def write(folder: Path, path: Path, px_per_arcsec: float = PX_PER_ARCSEC, *, absolute: bool = False) -> None:
    """Write the catalogue; paths are relative to the folder of the pictures unless they are to be absolute."""
    entries = rows(folder, px_per_arcsec)
    if absolute:
        entries = [{**entry, "path": str((folder / entry["path"]).resolve())} for entry in entries]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(entries[0]))
        writer.writeheader()
        writer.writerows(entries)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's row of the catalogue, its view, and its pixels along the colour table."""

    row: Row
    view: DiscView
    pixels: NDArray[np.float32]

    @property
    def night(self) -> str:
        """Folder of the night."""
        return self.row.path.partition("/")[0]


def pictures(folder: Path, catalogue: Path, bands: frozenset[str] = frozenset(FILTERS)) -> Iterator[Picture]:
    """The pictures of some filters, read through the catalogue."""
    for row in read_catalogue(catalogue).rows:
        if row.band in bands:
            view = view_of(Layer.of(CATALOGUE, row).values, row.origin)
            with Image.open(folder / row.path) as image:
                rgb = np.asarray(image.convert("RGB"))
            yield Picture(row, view, invert_colours(rgb, TABLE).values)


if __name__ == "__main__":
    source = Path(sys.argv[1])
    write(source, Path(sys.argv[2]) if len(sys.argv) > 2 else source / "catalogue.csv")
