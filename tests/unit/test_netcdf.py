"""NetCDF and Zarr: axes of CF in any order and direction, what is said, and files that lead elsewhere."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import rasterio
import xarray as xr
from format_sample import (
    AXES_M,
    FLAT,
    ROWS,
    STEP,
    TOLERANCE_PX,
    gap_px,
    misplaced,
    open_file,
    refused,
    true_places,
)  # fmt: skip

from iovolc.archive.formats import netcdf_trial
from iovolc.archive.formats.on_demand import NETCDF as FAMILY
from iovolc.archive.formats.on_demand import ZARR as ZARR_FAMILY
from iovolc.archive.product import Family
from iovolc.model.observation import Projected

KINDS = ("netcdf", "classic", "zarr2", "zarr3")
DAY = "days since 2000-01-01"


@pytest.fixture(autouse=True)
def _no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netcdf_trial, "refuse_deadly", lambda *_: None)


def write(folder: Path, dataset: xr.Dataset, kind: str = "netcdf") -> tuple[Family, Path]:
    if kind.startswith("zarr"):
        path = folder / "a.zarr"
        dataset.to_zarr(path, zarr_format=int(kind[-1]), consolidated=False, mode="w")
        return ZARR_FAMILY, path
    path = folder / "a.nc"
    if kind == "classic":
        dataset.to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")
    else:
        dataset.to_netcdf(path, engine="h5netcdf", invalid_netcdf=False)
    return FAMILY, path


def globe(
    centre_e: float = 0.0, *, west: bool = False, ascending: bool = False, reverse: bool = False, flat: float = 0.0
) -> xr.Dataset:
    """The global map as variables over latitude and longitude."""
    places = true_places(centre_e, graphic=bool(flat))
    lat = 90.0 - STEP * (np.arange(ROWS) + 0.5)
    lon = places[1, 0] * (-1.0 if west else 1.0)
    dataset = xr.Dataset(
        {"lat_map": (("lat", "lon"), places[0]), "lon_map": (("lat", "lon"), places[1])},
        coords={
            "lat": ("lat", lat, {"units": "degrees_north"}),
            "lon": ("lon", lon, {"units": f"degrees_{'west' if west else 'east'}"}),
        },
    )
    if flat:
        mapping = {
            "grid_mapping_name": "latitude_longitude",
            "semi_major_axis": AXES_M[0],
            "semi_minor_axis": AXES_M[1],
        }
        dataset["crs"] = ((), 0, mapping)
        for name in ("lat_map", "lon_map"):
            dataset[name].attrs["grid_mapping"] = "crs"
    return dataset.isel(lat=slice(None, None, -1 if ascending else 1), lon=slice(None, None, -1 if reverse else 1))


def scene(values: np.ndarray | None = None, **attributes: Any) -> xr.Dataset:
    data = np.arange(6, dtype=np.int16).reshape(2, 3) if values is None else values
    lat, lon = ("lat", [20.0, 10.0], {"units": "degrees_north"}), ("lon", [0.0, 10.0, 20.0], {"units": "degrees_east"})
    dims = ("time", "band", "lat", "lon")[-data.ndim :]
    return xr.Dataset({"v": (dims, data, attributes)}, coords={"lat": lat, "lon": lon})


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("centre_e", [0.0, -90.0, 180.0])
@pytest.mark.parametrize("west", [False, True])
@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("flat", [0.0, FLAT])
def test_every_convention_lands_on_the_same_grid(
    tmp_path: Path, centre_e: float, west: bool, ascending: bool, flat: float
) -> None:
    dataset = globe(centre_e, west=west, ascending=ascending, flat=flat)
    product = open_file(*write(tmp_path, dataset))
    assert product.bands[0].misplaced is None
    assert gap_px(product) < TOLERANCE_PX


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("transposed", [False, True])
def test_every_store_lands_on_the_same_grid(tmp_path: Path, kind: str, transposed: bool) -> None:
    dataset = globe(180.0, west=True, ascending=True, reverse=True)
    family, path = write(tmp_path, dataset.transpose() if transposed else dataset, kind)
    product = open_file(family, path)
    assert product.family == family.name
    assert gap_px(product) < TOLERANCE_PX


def test_a_seam_between_the_columns_is_followed(tmp_path: Path) -> None:
    dataset = globe(180.0)
    dataset["lon"] = ("lon", (dataset["lon"].values + 180.0) % 360.0 - 180.0, {"units": "degrees_east"})
    assert gap_px(open_file(*write(tmp_path, dataset))) < TOLERANCE_PX


def test_bounds_say_where_cells_lie(tmp_path: Path) -> None:
    dataset = globe(0.0)
    dataset["lon_bnds"] = (("lon", "two"), np.stack([dataset["lon"] - STEP / 2, dataset["lon"] + STEP / 2], axis=1))
    dataset["lon"] = ("lon", dataset["lon"].values - STEP / 2, {"units": "degrees_east", "bounds": "lon_bnds"})
    product = open_file(*write(tmp_path, dataset, "zarr3"))
    assert len(product.bands) == 2
    assert gap_px(product) < TOLERANCE_PX


@pytest.mark.parametrize("kind", ["netcdf", "zarr3"])
@pytest.mark.parametrize("upward", [False, True])
def test_projected_coordinates_go_with_their_system(tmp_path: Path, kind: str, upward: bool) -> None:
    wkt = rasterio.crs.CRS.from_string("IAU_2015:50130").to_wkt()
    y = np.array([30.0, 10.0, -10.0])[:: -1 if upward else 1]
    dataset = xr.Dataset(
        {"v": (("y", "x"), np.arange(6.0).reshape(3, 2), {"grid_mapping": "crs"}), "crs": ((), 0, {"crs_wkt": wkt})},
        coords={
            "y": ("y", y, {"standard_name": "projection_y_coordinate", "units": "km"}),
            "x": ("x", [100.0, 120.0], {"standard_name": "projection_x_coordinate", "units": "km"}),
        },
    )
    product = open_file(*write(tmp_path, dataset, kind))
    placement = product.bands[0].placement
    assert isinstance(placement, Projected)
    assert placement.transform == (20_000.0, 0.0, 90_000.0, 0.0, -20_000.0, 40_000.0)
    assert product.read(0).numbers[0, 0] == (4.0 if upward else 0.0)


@pytest.mark.parametrize(
    ("attributes", "values", "code", "said"),
    [
        ({"units": "degrees", "standard_name": "longitude"}, [0.0, 10.0, 20.0], "E201", "east or west"),
        ({"units": "degrees_east"}, [0.0, 10.0, 25.0], "E201", "not even"),
        ({"units": "degrees_east"}, [0.0, np.nan, 20.0], "E201", "no usable"),
    ],
)
def test_axes_that_place_nothing_are_said(
    tmp_path: Path, attributes: dict[str, str], values: list[float], code: str, said: str
) -> None:
    dataset = scene().assign_coords(lon=("lon", values, attributes))
    finding = misplaced(*write(tmp_path, dataset))
    assert finding.code == code
    assert said in finding.detail


def test_edges_beyond_the_poles_are_refused(tmp_path: Path) -> None:
    dataset = scene().assign_coords(lat=("lat", [120.0, 110.0], {"units": "degrees_north"}))
    finding = misplaced(*write(tmp_path, dataset))
    assert (finding.code, "do not fit on a globe" in finding.detail) == ("E203", True)


def test_another_body_is_refused(tmp_path: Path) -> None:
    dataset = scene(grid_mapping="crs")
    dataset["crs"] = ((), 0, {"grid_mapping_name": "latitude_longitude", "earth_radius": 6_371_000.0})
    finding = misplaced(*write(tmp_path, dataset))
    assert (finding.code, "6371.00 km" in finding.detail) == ("E202", True)


def test_a_disagreement_with_gdal_prints_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family, path = write(tmp_path, scene())
    elsewhere = Projected("IAU_2015:50100", (10.0, 0.0, 10.0, 0.0, -10.0, 25.0))
    monkeypatch.setattr("iovolc.archive.formats.agreement._gdal_placement", lambda *_: elsewhere)
    finding = misplaced(family, path)
    assert finding.code == "E207"
    assert "at 20.000 N 0.000 E and 10.000 N 20.000 E, GDAL at 20.000 N 15.000 E" in finding.detail
    assert "1.5 pixels apart" in finding.detail


def test_numbers_without_coordinates_have_no_place(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(6.0).reshape(2, 3)
    product = open_file(FAMILY, path)
    assert (product.shape, product.bands[0].placement, product.bands[0].misplaced) == ((2, 3), None, None)
    np.testing.assert_array_equal(product.read(0).numbers, np.arange(6.0).reshape(2, 3))


# --- what is said ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_stay_as_they_are_stored(tmp_path: Path, kind: str) -> None:
    packed = {"scale_factor": 0.01, "add_offset": 2.0, "_FillValue": np.int16(-1), "units": "I/F"}
    values = np.array([[0, 1, -1], [3, 4, 9]], np.int16)
    product = open_file(
        *write(tmp_path, scene(values, **packed, missing_value=np.int16(4), valid_max=np.int16(8)), kind)
    )
    facts, stored = product.bands[0], product.read(0)
    assert (facts.scale, facts.offset, facts.nodata) == (0.01, 2.0, -1.0)
    assert (facts.quantity, facts.unit) == ("iof", "I/F")
    np.testing.assert_array_equal(stored.numbers, values)
    assert stored.numbers.dtype.isnative
    np.testing.assert_array_equal(stored.valid, [[True, True, True], [True, False, False]])


def test_unsigned_numbers_in_signed_ones(tmp_path: Path) -> None:
    values = np.array([[0, 1, 2], [-1, -2, -3]], np.int8)
    product = open_file(*write(tmp_path, scene(values, _Unsigned="true", _FillValue=np.int8(-1)), "classic"))
    np.testing.assert_array_equal(product.read(0).numbers, [[0, 1, 2], [255, 254, 253]])
    assert product.bands[0].nodata == 255.0


@pytest.mark.parametrize("kind", KINDS)
def test_planes_have_their_times_and_wavelengths(tmp_path: Path, kind: str) -> None:
    values = np.arange(24, dtype=np.float32).reshape(2, 2, 2, 3)
    dataset = scene(values, units="W m-2 sr-1 um-1").assign_coords(
        time=("time", [10.5, 11.5], {"units": DAY, "bounds": "time_bnds"}),
        wavelength=("band", [500.0, 4780.0], {"units": "nm"}),
    )
    dataset["time_bnds"] = (("time", "nv"), [[10.0, 11.0], [11.0, 12.0]])
    product = open_file(*write(tmp_path, dataset, kind))
    assert len(product.bands) == 4
    second = product.bands[1]
    assert second.time_utc == datetime(2000, 1, 11, 12, tzinfo=UTC)
    assert (second.start_utc, second.stop_utc) == (datetime(2000, 1, 11, tzinfo=UTC), datetime(2000, 1, 12, tzinfo=UTC))
    assert (second.wavelength_um, second.quantity) == (pytest.approx(4.78), "radiance")
    np.testing.assert_array_equal(product.read(1).numbers, values[0, 1])
    assert product.bands[2].time_utc == datetime(2000, 1, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_understood(tmp_path: Path, kind: str) -> None:
    dataset = scene()
    dataset.attrs = {
        "id": "io_map", "product_version": "3", "platform": "Juno", "instrument": "JunoCam", "license": "CC0",
        "time_coverage_start": "2023-12-30T08:00:00Z", "time_coverage_end": "2023-12-30T09:00:00Z", "target": "Io",
    }  # fmt: skip
    dataset["red"] = dataset["v"] + 5
    product = open_file(*write(tmp_path, dataset, kind))
    facts = next(facts for facts in product.bands if facts.channel == "red")
    assert (facts.product_id, facts.version, facts.mission) == ("io_map", "3", "Juno")
    assert (facts.instrument, facts.licence, facts.target) == ("JunoCam", "CC0", "Io")
    assert facts.start_utc == datetime(2023, 12, 30, 8, tzinfo=UTC)
    assert facts.stop_utc == datetime(2023, 12, 30, 9, tzinfo=UTC)
    assert facts.keywords["PLATFORM"] == "Juno"
    assert facts.keywords["LAT.UNITS"] == "degrees_north"


# --- files that lead elsewhere --------------------------------------------------------------------------------------


def test_links_and_numbers_of_other_hdf5_files_are_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = np.zeros((2, 3))
    layout = h5py.VirtualLayout((2, 3), float)
    layout[:] = h5py.VirtualSource(tmp_path / "other.h5", "x", (2, 3))
    found = []
    for number in range(3):
        path = tmp_path / f"{number}.h5"
        with h5py.File(path, "w") as file:
            if number == 0:
                file["g/x"] = h5py.ExternalLink("other.h5", "/x")
            elif number == 1:
                file.create_virtual_dataset("x", layout)
            else:
                file.create_dataset("x", (2, 3), "f8", external=[(str(tmp_path / "other.h5"), 0, 48)])
        found.append(refused(FAMILY, path))
    assert [finding.code for finding in found] == ["E102", "E103", "E103"]
    assert all("other" in finding.detail for finding in found)


def test_declared_sizes_are_bounded(tmp_path: Path) -> None:
    for number, shape in enumerate([(2**20, 2**20), (2**40,)]):
        path = tmp_path / f"{number}.h5"
        with h5py.File(path, "w") as file:
            file.create_dataset("x", shape, "f4", chunks=(1,) * len(shape))
        assert refused(FAMILY, path).code == "E103"


def test_loops_of_groups_end(tmp_path: Path) -> None:
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"] = np.zeros((2, 3))
        group = file.create_group("g")
        group["back"] = file["/"]
    assert open_file(FAMILY, path).shape == (2, 3)


def _edit(path: Path, **values: Any) -> None:
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | values))


@pytest.mark.parametrize(
    ("kind", "values", "code", "said"),
    [
        ("zarr2", {"filters": [{"id": "pickle"}]}, "E103", "packed by `pickle`"),
        ("zarr2", {"compressor": {"id": "pickle"}}, "E103", "packed by `pickle`"),
        ("zarr3", {"codecs": [{"name": "numcodecs.pickle"}]}, "E103", "packed by `pickle`"),
        ("zarr3", {"shape": [2**20, 2**20]}, "E103", "too large"),
        ("zarr3", {"shape": [-2, 3]}, "E102", "has shape"),
        ("zarr3", {"shape": "all"}, "E102", "has shape"),
        ("zarr3", {"data_type": "nothing"}, "E102", ""),
    ],
)
def test_zarr_arrays_are_checked(tmp_path: Path, kind: str, values: dict[str, Any], code: str, said: str) -> None:
    family, path = write(tmp_path, scene(), kind)
    _edit(path / "v" / (".zarray" if kind == "zarr2" else "zarr.json"), **values)
    finding = refused(family, path)
    assert finding.code == code
    assert said in finding.detail


def test_links_in_zarr_folders_are_refused(tmp_path: Path) -> None:
    family, path = write(tmp_path, scene(), "zarr3")
    (path / "loop").symlink_to(tmp_path)
    assert "`loop` is a link" in refused(family, path).detail


@pytest.mark.parametrize("kind", ["netcdf", "classic"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_files_cut_off_are_damaged(tmp_path: Path, kind: str, share: float) -> None:
    family, path = write(tmp_path, globe(), kind)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    finding = refused(family, path)
    assert finding.code == "E102"
    assert str(tmp_path) not in finding.detail
