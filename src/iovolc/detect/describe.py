"""From a cluster to the row of the detections table."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.detect.clusters import Cluster
from iovolc.geometry.longitudes import west_from_east
from iovolc.geometry.sphere import lat_lon, pixel_area_km2, pixel_lat_lon, unit_vectors
from iovolc.model.grid import Grid, SheetName
from iovolc.model.observation import ObservationRecord

Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the pixels of a grid are, and how large, by sheet.

    Parameters
    ----------
    grid : Grid
        The grid.
    area_km2 : mapping of str to ndarray, shape (pixel,), float32
        On the sphere; flat row-major.
    """

    grid: Grid
    area_km2: Mapping[str, NDArray[np.float32]]

    def vectors(self, name: SheetName, pixels: NDArray[np.integer]) -> NDArray[np.float32]:
        """Unit vectors to pixels of a sheet, shape (pixel, 3)."""
        lat, lon_e = (part.ravel()[pixels] for part in pixel_lat_lon(self.grid.sheet(name)))
        return unit_vectors(lat, lon_e).astype(np.float32)


def pixel_places(grid: Grid) -> Places:
    """Places of a grid's pixels."""
    return Places(
        grid,
        {
            sheet.name: np.broadcast_to(pixel_area_km2(sheet), sheet.shape).astype(np.float32).ravel()
            for sheet in grid.sheets
        },
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a cluster is and how big.

    Parameters
    ----------
    lat, lon_e : float
        Centre, weighted by the change's strength.
    area_km2 : float
        Area on the sphere.
    contrast : float
        Area-weighted mean of the difference over the footprint.
    """

    lat: float
    lon_e: float
    area_km2: float
    contrast: float


def measure(cluster: Cluster, difference: Mapping[str, Plane], places: Places) -> Shape:
    """Centre, area and mean contrast of a cluster."""
    centre = np.zeros(3)
    area, total = 0.0, 0.0
    for name, pixels in cluster.footprint.pixels:
        km2 = places.area_km2[name][pixels].astype(np.float64)
        change = np.nan_to_num(difference[name].ravel()[pixels].astype(np.float64))
        strength = km2 * np.maximum(cluster.sign * change, 0.1 * abs(cluster.amplitude))
        centre += (places.vectors(name, pixels) * strength[:, None]).sum(axis=0, dtype=np.float64)
        area += float(km2.sum())
        total += float((km2 * change).sum())
    lat, lon_e = lat_lon(centre)
    return Shape(float(lat), float(lon_e), area, total / area)


def detection_id(record: ObservationRecord, reference_ids: Sequence[str], sign: int, shape: Shape) -> str:
    """First 12 hex digits of the sha256 of epoch, predecessors, sign and place (to about 300 m)."""
    text = "|".join(
        [record.id, record.sha256, ";".join(reference_ids), str(sign), f"{shape.lat:.2f}", f"{shape.lon_e:.2f}"]
    )
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def place_columns(shape: Shape, sigma_km: float) -> dict[str, float]:
    """The columns that say where a change is."""
    return {
        "lat": shape.lat,
        "lon_e": shape.lon_e,
        "lon_w": float(west_from_east(shape.lon_e)),
        "position_sigma_km": sigma_km,
        "area_km2": shape.area_km2,
    }


def equal_area_diameter_km(area_km2: float) -> float:
    """Diameter of the spherical cap of this area."""
    return 2.0 * body.RADIUS_KM * math.acos(1.0 - min(area_km2 / (2.0 * math.pi * body.RADIUS_KM**2), 2.0))
