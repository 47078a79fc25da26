"""What GeoTIFF and PNG carry beside their numbers: scale, unit, masks in every form, 16 bits, several bands."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from archive_sample import EDGES, METRES, ramp, row, write_picture, write_tiff

from iovolc.archive.images import read_observation

IOF = {"quantity": "iof"}


def write_png(path: Path, bands: np.ndarray) -> Path:
    count, height, width = bands.shape
    profile = {"driver": "PNG", "count": count, "height": height, "width": width, "dtype": bands.dtype.name}
    with rasterio.open(path, "w", transform=METRES, **profile) as dataset:
        dataset.write(bands)
    return path


def test_scale_offset_and_unit_of_each_band_are_read(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", np.stack([ramp(dtype="int16")] * 2), nodata=7)
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = (1.0, 0.5), (0.0, -2.0)
        dataset.units = ("DN", "W m-2 sr-1 um-1")
    found = read_observation(row("a.tif", band_index=2, quantity="radiance"), tmp_path)
    assert (found.record.scale, found.record.offset, found.record.unit) == (0.5, -2.0, "W m-2 sr-1 um-1")
    expected = np.where(ramp() == 7, np.nan, ramp() * 0.5 - 2.0)
    np.testing.assert_allclose(found.pixels, expected)


def test_the_row_goes_before_the_tags(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", ramp(dtype="int16"))
    with rasterio.open(path, "r+") as dataset:
        dataset.scales, dataset.offsets = (3.0,), (1.0,)
    found = read_observation(row("a.tif", scale=2.0, **IOF), tmp_path)
    np.testing.assert_allclose(found.pixels, ramp() * 2.0 + 1.0)


@pytest.mark.parametrize("internal", [False, True])
@pytest.mark.parametrize("nodata", [None, 5])
def test_a_mask_inside_the_file_hides_pixels_of_all_bands(tmp_path: Path, internal: bool, nodata: int | None) -> None:
    path = write_tiff(tmp_path / "a.tif", np.stack([ramp()] * 2))
    mask = np.full((10, 20), 255, np.uint8)
    mask[4, 5:9] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=internal), rasterio.open(path, "r+") as dataset:
        dataset.write_mask(mask)
    assert path.with_name("a.tif.msk").exists() is not internal
    # A mask in a file of its own is not read: the hash of the image does not cover it.
    hidden = (mask == 0) & internal
    for band in (1, 2):
        found = read_observation(row("a.tif", band_index=band, nodata=nodata, **IOF), tmp_path)
        np.testing.assert_array_equal(np.isnan(found.pixels), hidden | (ramp() == nodata))


def test_sixteen_bits_of_a_png_are_kept(tmp_path: Path) -> None:
    values = ramp(dtype="uint16") * 200
    write_picture(tmp_path / "a.png", values)
    found = read_observation(row(scale=0.01, **EDGES, **IOF), tmp_path)
    np.testing.assert_allclose(found.pixels, values * 0.01, rtol=1e-6)
    assert found.saturated is not None
    assert not found.saturated.any()


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize(("channel", "band"), [("red", 0), ("green", 1), ("blue", 2)])
def test_several_bands_of_a_png(tmp_path: Path, dtype: str, channel: str, band: int) -> None:
    bands = np.stack([ramp(dtype=dtype) // (i + 1) for i in range(3)])
    write_png(tmp_path / "a.png", bands)
    found = read_observation(row(channel=channel, **EDGES, **IOF), tmp_path)
    np.testing.assert_array_equal(found.pixels, bands[band])


@pytest.mark.parametrize("count", [2, 4])
def test_alpha_of_sixteen_bits_hides_pixels(tmp_path: Path, count: int) -> None:
    bands = np.stack([ramp(dtype="uint16")] * count)
    bands[-1] = 65_535
    bands[-1, 2, 3] = 0
    bands[-1, 2, 4] = 1
    write_png(tmp_path / "a.png", bands)
    found = read_observation(row(band_index=1, **EDGES, **IOF), tmp_path)
    assert np.isnan(found.pixels[2, 3])
    assert np.isnan(found.pixels).sum() == 1
