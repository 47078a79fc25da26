"""One map in every format, both directions of longitude, three centres and both kinds of latitude: one grid.

The files are written by GDAL, astropy, xarray and Pillow, or by hand, and go the whole way: row, label, pixels, warp.
The map is a smooth function of the place, so that how far a grid lies off follows from its gradients; 0.01 pixel is 0.1
degrees, and taking one kind of latitude for the other 0.043 pixels.
"""

import math
import pickle

import cloudpickle
import numpy as np
import pytest
import rasterio
import xarray as xr
from astropy.io import fits
from PIL import Image
from rasterio import Affine
from tests.small_grid import ALL_SLOW_UNCOMPILED, coarse_grid
from tests.unit import format_sample, label_sample

from iovolc.archive.images import read_observation
from iovolc.archive.rows import Row, parse_row
from iovolc.archive.understanding import look_at, understand
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.geometry.warp import warp

pytestmark = ALL_SLOW_UNCOMPILED

ROWS, COLS, STEP = 18, 36, 10.0
SPHERE_KM, AXES_KM = (1821.49, 1821.49), (1829.4, 1815.7)
BAR_PX = 0.01
"""Five times as strict as the bar of the readers, so that the kind of latitude shows."""
CENTRES = (0.0, -90.0, 180.0)
SAID = {"time_utc": "2007-02-28T01:02:03Z", "channel": "red", "quantity": "iof", "band_index": "1"}


def surface(lat, lon_e):
    """A function that no flip or turn of the map leaves as it is, curved so little that pixels of 10 degrees do."""
    phi, lam = np.radians(lat), np.radians(lon_e)
    return 1.0 + 0.3 * np.cos(phi) * np.cos(lam) + 0.2 * np.cos(phi) * np.sin(lam) + 0.2 * np.sin(phi)


def stored(centre_e, *, graphic, dtype="<f4"):
    """The map with north up and east to the right, evenly spaced in the latitudes of its kind."""
    lat = 90.0 - STEP * (np.arange(ROWS) + 0.5)
    if graphic:
        lat = np.degrees(np.arctan((AXES_KM[1] / AXES_KM[0]) ** 2 * np.tan(np.radians(lat))))
    lon_e = centre_e - 180.0 + STEP * (np.arange(COLS) + 0.5)
    return surface(lat[:, None], lon_e[None, :]).astype(dtype)


def words(centre_e, west, graphic):
    """What labels of PDS3 and of its relatives say of the map."""
    a_km, c_km = AXES_KM if graphic else SPHERE_KM
    return {
        "direction": "WEST" if west else "EAST",
        "centre": -centre_e if west else centre_e,
        "kind": f"PLANETO{'GRAPHIC' if graphic else 'CENTRIC'}",
        "a_km": a_km,
        "c_km": c_km,
    }


def pds3_attached(folder, centre_e, west, graphic):
    label = label_sample.pds3_map(**words(centre_e, west, graphic))
    return {"path": label_sample.pds3(folder / "a.img", stored(centre_e, graphic=graphic), more=label).name}


def pds3_detached(folder, centre_e, west, graphic):
    (folder / "a.dat").write_bytes(stored(centre_e, graphic=graphic).tobytes())
    more = label_sample.pds3_map(**words(centre_e, west, graphic))
    (folder / "a.lbl").write_text(label_sample.pds3_label(pointer='"A.DAT"', more=more), encoding="ascii")
    return {"path": "a.lbl"}


def isis3(folder, centre_e, west, graphic):
    said = words(centre_e, west, graphic)
    said |= {"direction": said["direction"].title(), "kind": said["kind"].title()}
    path = label_sample.isis3(folder / "a.cub", stored(centre_e, graphic=graphic), mapping=label_sample.mapping(**said))
    return {"path": path.name, "scale": "1", "offset": "0"}


def vicar(folder, centre_e, west, graphic):
    lines = label_sample.pds3_map(**words(centre_e, west, graphic)).splitlines()[1:-1]
    pairs = [line.split("<")[0].split(" = ") for line in lines if " = " in line]
    said = " ".join(f"{name.strip()}={_quoted(value.strip())}" for name, value in pairs)
    text = f"{label_sample.vicar_words()} PROPERTY='MAP' {said}"
    return {"path": label_sample.vicar(folder / "a.vic", stored(centre_e, graphic=graphic).tobytes(), text).name}


def _quoted(value):
    return f"'{value.strip(chr(34))}'" if value.strip('"')[0].isalpha() else value


def pds4(folder, centre_e, west, graphic):
    axes_m = tuple(1000.0 * length for length in (AXES_KM if graphic else SPHERE_KM))
    cart = format_sample.cartography(centre_e, west=west, graphic=graphic, axes_m=axes_m)
    return {"path": format_sample.write_pds4(folder, stored(centre_e, graphic=graphic, dtype=">f8"), cart=cart).name}


def fits_words(folder, centre_e, west, graphic):
    sign, kind = (-1.0, "W") if west else (1.0, "E")
    planeto = f"Planeto{'graphic' if graphic else 'centric'}"
    header = {
        "CTYPE1": f"{planeto} longitude, positive {kind}", "CTYPE2": f"{planeto} latitude", "CUNIT1": "deg",
        "CRPIX1": 1, "CRVAL1": sign * (centre_e - 180.0 + STEP / 2), "CDELT1": sign * STEP, "CUNIT2": "deg",
        "CRPIX2": 1, "CRVAL2": -90.0 + STEP / 2, "CDELT2": STEP,
        "A_RADIUS": 1000.0 * AXES_KM[0], "C_RADIUS": 1000.0 * AXES_KM[1],
    }  # fmt: skip
    fits.PrimaryHDU(stored(centre_e, graphic=graphic)[::-1], fits.Header(header)).writeto(folder / "a.fits")
    return {"path": "a.fits"}


def fits_wcs(folder, centre_e, west, graphic):
    header = {
        "CTYPE1": "IOLN-CAR", "CTYPE2": "IOLT-CAR", "CRVAL1": centre_e, "CRVAL2": 0.0, "CUNIT1": "deg", "CUNIT2": "deg",
        "CRPIX1": COLS / 2 + 0.5, "CRPIX2": ROWS / 2 + 0.5, "CDELT1": -STEP if west else STEP, "CDELT2": STEP,
    }  # fmt: skip
    if graphic:
        header |= {"WCSNAME": "Planetographic", "A_RADIUS": 1000.0 * AXES_KM[0], "C_RADIUS": 1000.0 * AXES_KM[1]}
    pixels = stored(centre_e, graphic=graphic)[::-1, :: -1 if west else 1]
    fits.PrimaryHDU(pixels, fits.Header(header)).writeto(folder / "a.fits")
    return {"path": "a.fits"}


def _variables(centre_e, west, graphic):
    """The map as CF has it, from south to north."""
    lon = centre_e - 180.0 + STEP * (np.arange(COLS) + 0.5)
    dataset = xr.Dataset(
        {"map": (("lat", "lon"), stored(centre_e, graphic=graphic)[::-1], {"units": "1"})},
        coords={
            "lat": ("lat", -90.0 + STEP * (np.arange(ROWS) + 0.5), {"units": "degrees_north"}),
            "lon": ("lon", -lon if west else lon, {"units": f"degrees_{'west' if west else 'east'}"}),
        },
    )
    if graphic:
        axes = dict(zip(("semi_major_axis", "semi_minor_axis"), (1000.0 * length for length in AXES_KM), strict=True))
        dataset["crs"] = ((), 0, {"grid_mapping_name": "latitude_longitude", **axes})
        dataset["map"].attrs["grid_mapping"] = "crs"
    return dataset


def netcdf(folder, centre_e, west, graphic):
    _variables(centre_e, west, graphic).to_netcdf(folder / "a.nc", engine="h5netcdf")
    return {"path": "a.nc"}


def netcdf_classic(folder, centre_e, west, graphic):
    _variables(centre_e, west, graphic).to_netcdf(folder / "a.nc", engine="scipy", format="NETCDF3_64BIT")
    return {"path": "a.nc"}


def zarr(folder, centre_e, west, graphic):
    _variables(centre_e, west, graphic).to_zarr(folder / "a.zarr", zarr_format=3, consolidated=False)
    return {"path": "a.zarr"}


def geotiff(folder, centre_e, west, graphic):
    """GeoTIFF counts east: the map that runs west is mirrored. Its latitudes are planetographic on an ellipsoid."""
    a_m, c_m = (1000.0 * length for length in (AXES_KM if graphic else SPHERE_KM))
    degree = math.radians(1.0) * a_m
    step = -STEP if west else STEP
    with rasterio.open(
        folder / "a.tif", "w", driver="GTiff", height=ROWS, width=COLS, count=1, dtype="float32",
        crs=f"+proj=longlat +a={a_m} +b={c_m}" if graphic else f"+proj=eqc +lon_0={centre_e} +R={a_m} +units=m",
        transform=Affine(step, 0.0, centre_e - 18.0 * step, 0.0, -STEP, 90.0)
        if graphic
        else Affine(step * degree, 0.0, -18.0 * step * degree, 0.0, -STEP * degree, 90.0 * degree),
    ) as dataset:  # fmt: skip
        dataset.write(stored(centre_e, graphic=graphic)[:, :: -1 if west else 1], 1)
    return {"path": "a.tif"}


def png(folder, centre_e, west, graphic):  # noqa: ARG001 (the edges are planetocentric)
    """16 bits and the four edges; the map that runs west is mirrored."""
    numbers = np.round(stored(centre_e, graphic=False)[:, :: -1 if west else 1] * 2e4).astype(np.uint16)
    Image.fromarray(numbers).save(folder / "a.png")
    edges = sorted((centre_e - 180.0, centre_e + 180.0), reverse=west)
    cells = dict(zip(("left_lon_e", "right_lon_e", "top_lat", "bottom_lat"), (*edges, 90, -90), strict=True))
    return {"path": "a.png", "scale": "5e-5", "projection": "bounds"} | {key: str(cell) for key, cell in cells.items()}


FORMATS = (
    pds3_attached, pds3_detached, isis3, vicar, pds4, fits_words, fits_wcs, netcdf, netcdf_classic, zarr, geotiff, png,
)  # fmt: skip
KINDS = [
    pytest.param(writer, graphic, id=f"{writer.__name__}-{'graphic' if graphic else 'centric'}")
    for writer in FORMATS
    for graphic in (False, True)
    if not (graphic and writer is png)
]


def displacement_px(sheet, value):
    """How far east and north the map must go to lie on the function, in its pixels.

    On the equator's sheet also how far north by the sine of twice the latitude, which is what the two kinds of latitude
    differ in. The last row of pixels before the poles is left out: not every reader closes the map across them.
    """
    lat, lon_e = pixel_lat_lon(sheet)
    inside = np.abs(lat) < 90.0 - STEP / 2
    assert np.isfinite(value[inside]).all()
    lat, lon_e = lat[inside], lon_e[inside]
    east = (surface(lat, lon_e + 0.5) - surface(lat, lon_e - 0.5)) * STEP
    north = (surface(lat + 0.5, lon_e) - surface(lat - 0.5, lon_e)) * STEP
    # Interpolation between coarse pixels lowers hills and fills valleys, here by one factor.
    columns = [surface(lat, lon_e) - 1.0, east, north, north * np.sin(np.radians(2.0 * lat))]
    design = np.stack(columns[: 4 if sheet.name == "equator" else 3], axis=1)
    return np.abs(np.linalg.lstsq(design, value[inside] - surface(lat, lon_e), rcond=None)[0][1:])


@pytest.mark.parametrize(("writer", "graphic"), KINDS)
@pytest.mark.parametrize("west", [False, True], ids=["east", "west"])
@pytest.mark.parametrize("centre_e", CENTRES)
def test_every_format_lands_on_the_same_grid(tmp_path, writer, graphic, west, centre_e):
    row = parse_row(SAID | writer(tmp_path, centre_e, west, graphic))
    assert isinstance(row, Row)
    assert understand(row, tmp_path).record.placement is not None
    observation = read_observation(row, tmp_path)
    for sheet in coarse_grid().sheets:
        value = warp(observation.pixels, observation.record.placement, sheet).value
        assert displacement_px(sheet, value).max() < BAR_PX


@pytest.mark.parametrize(("writer", "graphic"), KINDS)
def test_a_look_can_be_handed_to_another_process(tmp_path, writer, graphic):
    row = parse_row(SAID | writer(tmp_path, 0.0, True, graphic))
    look = look_at(row, tmp_path)
    handed = pickle.loads(cloudpickle.dumps(look))  # noqa: S301 (its own)
    np.testing.assert_array_equal(handed.product.read(0).numbers, look.product.read(0).numbers)
    assert handed.sha256 == look.sha256


def test_a_grid_that_lies_off_is_seen():
    (sheet, *_) = coarse_grid().sheets
    lat, lon_e = pixel_lat_lon(sheet)
    assert displacement_px(sheet, surface(lat, lon_e + 0.5))[0] == pytest.approx(0.05, abs=0.003)
    assert displacement_px(sheet, surface(lat + 0.5, lon_e))[1] == pytest.approx(0.05, abs=0.003)
    graphic = np.degrees(np.arctan((AXES_KM[0] / AXES_KM[1]) ** 2 * np.tan(np.radians(lat))))
    assert displacement_px(sheet, surface(graphic, lon_e))[2] == pytest.approx(0.043, abs=0.003)
