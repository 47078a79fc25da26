"""Reading images: pixels, masks, bands, placement, and every refusal with its number."""

import errno
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from archive_sample import EDGES, GLOBE, NOON, ramp, refusal, row, write_picture, write_tiff
from PIL import Image
from rasterio.enums import ColorInterp

from bad_pictures import png, tiff
from iovolc.archive.images import read_observation
from iovolc.errors import (
    AmbiguousGeometry,
    TransientIOError,
    UnreadableProduct,
    UnsupportedProduct,
)
from iovolc.model.observation import ObservationRecord

# --- pixels ---------------------------------------------------------------------------------------------------------


def test_a_grey_picture_keeps_its_numbers(tmp_path: Path) -> None:
    pixels = ramp()
    pixels[0, :3] = (0, 255, 128)
    write_picture(tmp_path / "a.png", pixels)
    found = read_observation(row(**EDGES), tmp_path)
    assert found.pixels.dtype == np.float32
    np.testing.assert_array_equal(found.pixels, pixels)
    assert found.saturated is not None
    assert found.saturated.sum() == 2
    assert found.saturated[0, :2].all()
    assert found.record.quantity == "relative"
    assert found.record.placement == GLOBE


def test_a_jpeg_is_relative_too(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.jpg", ramp(), quality=95)
    found = read_observation(row("a.jpg", **EDGES), tmp_path)
    assert found.record.quantity == "relative"
    assert found.pixels.shape == (10, 20)


def test_scale_and_offset_of_the_file_are_used(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", ramp(dtype="int16"))
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets, dataset.units = (1e-4,), (0.5,), ("W m-2",)
    found = read_observation(row("a.tif", quantity="iof"), tmp_path)
    np.testing.assert_allclose(found.pixels, ramp() * 1e-4 + 0.5, rtol=1e-6)
    assert (found.record.scale, found.record.offset, found.record.unit) == (1e-4, 0.5, "W m-2")


def test_the_catalogue_overrules_the_file(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", ramp(dtype="int16"), nodata=7)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.units = (1e-4,), ("W m-2",)
    found = read_observation(row("a.tif", quantity="iof", scale=2.0, nodata=1.0, unit="1"), tmp_path)
    assert np.isnan(found.pixels[0, 0])
    assert found.pixels[0, 6] == 14.0
    assert (found.record.nodata, found.record.unit) == (1.0, "1")


def test_nodata_of_the_file_is_left_out(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), nodata=1)
    found = read_observation(row("a.tif", quantity="iof"), tmp_path)
    assert np.isnan(found.pixels[0, 0])
    assert np.isfinite(found.pixels[0, 1:]).all()


def test_nodata_written_in_decimal_meets_float_pixels(tmp_path: Path) -> None:
    pixels = ramp(dtype="float32")
    pixels[0, :2] = np.float32(-3.4028226550889045e38), np.inf
    write_tiff(tmp_path / "a.tif", pixels)
    found = read_observation(row("a.tif", quantity="iof", nodata=-3.40282265508890e38), tmp_path)
    assert np.isnan(found.pixels[0, :2]).all()
    assert found.saturated is None


def test_an_alpha_channel_hides_pixels(tmp_path: Path) -> None:
    alpha = np.full((10, 20), 255, dtype=np.uint8)
    alpha[3, 4] = 0
    write_picture(tmp_path / "a.png", np.dstack([ramp(), alpha]))
    found = read_observation(row(**EDGES), tmp_path)
    assert np.isnan(found.pixels[3, 4])
    assert np.isnan(found.pixels).sum() == 1


def test_alpha_counts_beside_nodata(tmp_path: Path) -> None:
    alpha = np.full((10, 20), 255, dtype=np.uint8)
    alpha[3, 4] = 0
    path = write_tiff(tmp_path / "a.tif", np.stack([ramp(), alpha]), nodata=1)
    with rasterio.open(path, "r+") as dataset:
        dataset.colorinterp = (ColorInterp.gray, ColorInterp.alpha)
    found = read_observation(row("a.tif", quantity="iof"), tmp_path)
    assert np.isnan(found.pixels[3, 4])
    assert np.isnan(found.pixels[0, 0])


def test_a_mask_band_hides_pixels(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", ramp())
    mask = np.full((10, 20), 255, dtype=np.uint8)
    mask[:2] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(mask)
    found = read_observation(row("a.tif", quantity="iof"), tmp_path)
    assert np.isnan(found.pixels[:2]).all()
    assert np.isfinite(found.pixels[2:]).all()


# --- bands ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channel", "band"), [("red", 1), ("green", 2), ("blue", 3)])
def test_a_colour_picture_gives_the_channels_own_band(tmp_path: Path, channel: str, band: int) -> None:
    write_picture(tmp_path / "a.png", np.dstack([ramp(), ramp() // 2, ramp() // 3]))
    found = read_observation(row(channel=channel, **EDGES), tmp_path)
    assert found.record.band_index == band
    np.testing.assert_array_equal(found.pixels, ramp() // band)


def test_band_descriptions_are_read(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", np.stack([ramp(), ramp() // 2]))
    with rasterio.open(path, "r+") as dataset:
        dataset.descriptions = ("nir", "violet")
    assert read_observation(row("a.tif", channel="violet", quantity="iof"), tmp_path).record.band_index == 2
    assert read_observation(row("a.tif", channel="", band_index=1, quantity="iof"), tmp_path).record.channel == "nir"


def test_grey_is_never_made_up_from_colours(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", np.dstack([ramp()] * 3))
    finding = refusal(tmp_path, UnreadableProduct, channel="clear", **EDGES)
    assert (finding.code, finding.column) == ("E104", "band_index")
    assert "1 (red), 2 (green), 3 (blue)" in finding.detail
    assert "set `band_index`" in str(finding)


@pytest.mark.parametrize("band", [4, 5])
def test_a_band_that_is_not_there(tmp_path: Path, band: int) -> None:
    write_picture(tmp_path / "a.png", np.dstack([ramp()] * 4))
    finding = refusal(tmp_path, UnreadableProduct, band_index=band, **EDGES)
    assert finding.code == "E104"
    assert f"no band {band}" in finding.detail


def test_colour_tables_are_refused(tmp_path: Path) -> None:
    Image.fromarray(ramp()).convert("P").save(tmp_path / "a.png")
    finding = refusal(tmp_path, UnsupportedProduct, **EDGES)
    assert (finding.code, finding.column) == ("E103", "path")
    assert "save it in grey or full colour" in finding.detail


def test_complex_numbers_are_refused(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(dtype="complex64"))
    assert refusal(tmp_path, UnsupportedProduct, path="a.tif", quantity="iof").code == "E103"


# --- fields that the file should give -------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{"unit": "1"}, {}])
def test_the_quantity_is_not_guessed(tmp_path: Path, values: dict[str, str]) -> None:
    dtype = "uint8" if values else "uint16"
    write_picture(tmp_path / "a.png", ramp(dtype=dtype))
    finding = refusal(tmp_path, UnreadableProduct, **EDGES, **values)
    assert (finding.code, finding.column) == ("E503", "quantity")


def test_a_channel_must_come_from_somewhere(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    finding = refusal(tmp_path, UnreadableProduct, channel="", **EDGES)
    assert (finding.code, finding.column) == ("E503", "channel")


def test_a_time_must_come_from_somewhere(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    blank = dict.fromkeys(("time_utc", "start_utc", "stop_utc"))
    finding = refusal(tmp_path, UnreadableProduct, **EDGES, **blank)
    assert (finding.code, finding.column) == ("E302", "time_utc")


def test_the_record_carries_the_row(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    values = {"mission": "Juno", "psf_km": 3.0, "sub_solar_lon_e": 12.0, "is_mosaic": True, "licence": "CC0"}
    record = read_observation(row(**EDGES, **values), tmp_path).record
    assert (record.mission, record.psf_km, record.sub_solar_lon_e, record.is_mosaic) == ("Juno", 3.0, 12.0, True)
    assert (record.path, record.licence, record.time_utc) == ("a.png", "CC0", NOON)
    assert np.isnan(record.wavelength_um)
    assert record.id.startswith("juno-red-20231230t120000z-")
    again = ObservationRecord.from_json(record.to_json())
    assert again.to_json() == record.to_json()


def test_an_id_of_the_catalogue_is_kept(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    assert read_observation(row(id="mine", **EDGES), tmp_path).record.id == "mine"


def test_the_id_does_not_depend_on_the_folder(tmp_path: Path) -> None:
    ids = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_picture(tmp_path / name / "a.png", ramp())
        ids.add(read_observation(row(**EDGES), tmp_path / name).record.id)
        ids.add(read_observation(row(f"{name}/a.png", **EDGES), tmp_path).record.id)
    assert len(ids) == 1


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    finding = refusal(tmp_path, UnreadableProduct, path="maps/none.png")
    assert (finding.code, finding.column) == ("E101", "path")


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tif"])
@pytest.mark.parametrize("share", [0.5, 0.0])
def test_a_file_cut_off_is_damaged(tmp_path: Path, name: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(1, 250, (64, 128), dtype=np.uint8)
    if name == "a.tif":
        write_tiff(tmp_path / name, noise)
    else:
        write_picture(tmp_path / name, noise)
    content = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(content[: int(len(content) * share)])
    finding = refusal(tmp_path, UnreadableProduct, path=name, quantity="iof", **EDGES)
    assert (finding.code, finding.column) == ("E102", "path")
    assert str(tmp_path) not in finding.detail


def test_text_called_png_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("<html>not found</html>")
    assert refusal(tmp_path, UnreadableProduct, **EDGES).code == "E102"


def test_other_formats_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.doc").write_bytes(b"\xd0\xcf\x11\xe0 something else")
    finding = refusal(tmp_path, UnsupportedProduct, path="a.doc")
    assert (finding.code, finding.column) == ("E103", "path")
    assert "convert it to GeoTIFF, PNG or JPEG" in str(finding)


def test_an_image_without_valid_pixels_is_refused(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", np.full((10, 20), np.nan, dtype=np.float32))
    finding = refusal(tmp_path, UnreadableProduct, path="a.tif", quantity="iof")
    assert finding.code == "E402"
    assert "all 200 pixels" in finding.detail
    assert "check `nodata`" in str(finding)


def test_a_passing_disk_error_may_be_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_picture(tmp_path / "a.png", ramp())

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(rasterio, "open", fail)
    with pytest.raises(TransientIOError, match=r"a\.png cannot be read now: Input/output error; try again"):
        read_observation(row(**EDGES), tmp_path)


def test_threads_may_read_side_by_side(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: read_observation(row(**EDGES), tmp_path), range(16)))
    assert {observation.record.id for observation in found} == {found[0].record.id}
    assert all(np.array_equal(observation.pixels, found[0].pixels) for observation in found)


def test_what_lies_beside_an_image_changes_nothing(tmp_path: Path) -> None:
    """A worldfile, a mask, an overview and GDAL's own notes are not part of the file's hash."""
    path = tmp_path / "a.tif"
    path.write_bytes(tiff(ramp()))
    alone = read_observation(row("a.tif", quantity="iof", **EDGES), tmp_path)
    beside = np.zeros((10, 20), dtype=np.uint8)
    write_tiff(tmp_path / "a.tif.msk", beside)
    write_tiff(tmp_path / "a.tif.ovr", beside[::2, ::2])
    (tmp_path / "a.tfw").write_text("9\n0\n0\n-9\n0\n0\n")
    nodata = "<PAMRasterBand band='1'><NoDataValue>1</NoDataValue><Scale>5</Scale></PAMRasterBand>"
    (tmp_path / "a.tif.aux.xml").write_text(f"<PAMDataset>{nodata}</PAMDataset>")
    with warnings.catch_warnings(action="ignore"), rasterio.open(path) as dataset:
        assert dataset.nodata == 1.0, "without iovolc's settings GDAL takes them up"
    found = read_observation(row("a.tif", quantity="iof", **EDGES), tmp_path)
    assert found.record.to_json() == alone.record.to_json()
    np.testing.assert_array_equal(found.pixels, alone.pixels)
    assert (
        refusal(tmp_path, AmbiguousGeometry, path="a.tif", quantity="iof", projection="IAU_2015:50110").code == "E205"
    )


def test_a_block_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiff(tmp_path / "a.tif", ramp())
    monkeypatch.setattr("iovolc.archive.opening.MAX_BLOCK_PIXELS", 199)
    assert refusal(tmp_path, UnreadableProduct, path="a.tif", quantity="iof").code == "E107"


def test_a_png_without_its_last_rows_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(data=zlib.compress(bytes(5 * 21))))
    finding = refusal(tmp_path, UnreadableProduct, **EDGES)
    assert (finding.code, finding.detail) == ("E102", "it holds 105 of 210 bytes of pixels")
