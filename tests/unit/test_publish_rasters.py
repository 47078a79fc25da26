"""The Cloud-Optimised GeoTIFFs: coordinate system, tiles, overviews and the area compared."""

import numpy as np
import pytest
import rasterio
from publish_sample import GRID, published
from rasterio.transform import array_bounds

from iovolc import body
from iovolc.publish.rasters import LAYERS, LIMITS, area_km2, map_transform, significant_bits, write_cog


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_every_layer_is_a_cog_of_io(layer):
    with rasterio.open(published() / "rasters" / f"green_{layer.name}.tif") as dataset:
        assert dataset.crs.to_authority() == ("IAU_2015", "50110")
        assert dataset.shape == (720, 1440)
        assert dataset.dtypes == (layer.dtype,)
        assert dataset.block_shapes == [(512, 512)]
        assert dataset.overviews(1)
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert dataset.tags()["CHANNEL"] == "green"
        assert dataset.descriptions == (layer.name,)
        assert np.isnan(dataset.nodata) if not layer.is_mask else dataset.nodata is None


def test_pixels_lie_where_they_belong():
    with rasterio.open(published() / "rasters" / "red_difference.tif") as dataset:
        x, y = np.radians([-59.5, 10.0]) * body.RADIUS_M
        assert next(dataset.sample([(x, y)]))[0] == pytest.approx(-0.25)
        assert next(dataset.sample([(x + 600_000, y)]))[0] == 0.0
        assert np.isnan(next(dataset.sample([(np.radians(-120) * body.RADIUS_M, y)]))[0])
        assert dataset.bounds.left == pytest.approx(-np.pi * body.RADIUS_M)
        assert dataset.bounds.top == pytest.approx(np.pi / 2 * body.RADIUS_M)


def test_overviews_of_codes_invent_no_codes():
    with rasterio.open(published() / "rasters" / "red_status.tif", overview_level=0) as dataset:
        assert set(np.unique(dataset.read(1))) == {0, 2, 4}


def test_overviews_of_data_are_averages(tmp_path):
    value = next(layer for layer in LAYERS if layer.name == "value")
    pixels = np.indices((720, 1440)).sum(axis=0).astype(np.float32) % 2
    write_cog(tmp_path / "x.tif", pixels, value, {})
    with rasterio.open(tmp_path / "x.tif", overview_level=0) as dataset:
        np.testing.assert_allclose(dataset.read(1), 0.5)


def test_the_area_of_the_whole_map_is_that_of_the_sphere():
    everything = np.ones((720, 1440), dtype=bool)
    assert area_km2(everything, GRID) == pytest.approx(4 * np.pi * body.RADIUS_KM**2, rel=1e-9)
    everything[360:] = False
    assert area_km2(everything, GRID) == pytest.approx(2 * np.pi * body.RADIUS_KM**2, rel=1e-9)


def test_the_transform_maps_the_corners():
    half = np.pi * body.RADIUS_M
    assert array_bounds(720, 1440, map_transform(1440)) == pytest.approx((-half, -half / 2, half, half / 2))


@pytest.mark.parametrize("size_km", LIMITS)
def test_limits_have_a_band_for_each_probability(size_km):
    with rasterio.open(published() / "rasters" / f"red_limit_{size_km:.0f}km.tif") as dataset:
        assert dataset.descriptions == ("contrast found in 50% of cases", "contrast found in 90% of cases")
        half, most = dataset.read()
    assert np.isnan(half[360, 0])
    assert half[360, 1000] == pytest.approx(6.0 / size_km, rel=2**-12)
    assert most[360, 1000] == pytest.approx(7.2 / size_km, rel=2**-12)


def test_overviews_are_means_of_the_data_under_them(tmp_path):
    pixels = np.random.default_rng(3).uniform(1.0, 2.0, (1440, 2880)).astype(np.float32)
    pixels[:700, :1003] = np.nan
    write_cog(tmp_path / "x.tif", pixels, LAYERS[0], {})
    for number, factor in enumerate((2, 4, 8)):
        with rasterio.open(tmp_path / "x.tif", overview_level=number) as dataset:
            shown = dataset.read(1)
        blocks = pixels.reshape(1440 // factor, factor, 2880 // factor, factor)
        known = np.isfinite(blocks)
        with np.errstate(invalid="ignore"):
            means = np.where(known, blocks, 0.0).sum(axis=(1, 3)) / known.sum(axis=(1, 3))
        np.testing.assert_allclose(shown, means, rtol=1e-5)


def test_twelve_significant_bits_are_kept():
    values = np.concatenate([np.geomspace(1e-9, 1e9, 5000), [0.0, -3.1]]).astype(np.float32)
    kept = significant_bits(values)
    assert (np.abs(kept - values) <= np.abs(values) * 2.0**-12).all()
    assert not (kept.view(np.uint32) & 0xFFF).any()
    odd = np.array([np.nan, np.inf, -np.inf], np.float32)
    np.testing.assert_array_equal(significant_bits(odd), odd)
