"""Means over wide surroundings, told of blocks: as of every pixel, over the seam and at the edge of what is known."""

import math

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from iovolc.detect.broad import between, block_px, mean_about, smooth_broadly
from iovolc.detect.pyramid import reduce_products, reduce_weights
from iovolc.geometry.box import box_of
from iovolc.geometry.smooth import smooth
from iovolc.model.grid import Grid

GRID = Grid.at(8)


@pytest.mark.parametrize("name", ["equator", "north"])
def test_means_of_blocks_are_those_of_pixels(name) -> None:
    sheet, sigma_km = GRID.sheet(name), 384.0
    random = np.random.default_rng(1)
    values = random.standard_normal(sheet.shape).astype(np.float32) ** 2
    values *= 1.0 + gaussian_filter(random.standard_normal(sheet.shape), 100.0, mode="wrap") * 100.0
    known = (random.random(sheet.shape) < 0.7).astype(np.float32)
    known[:, sheet.shape[1] // 3 : sheet.shape[1] // 2] = 0.0
    plain = smooth(values * known, sheet, sigma_km) / np.maximum(smooth(known, sheet, sigma_km), 1e-6)
    edge = block_px(sheet, sheet.shape, sigma_km)
    assert edge == 16
    counts, _ = reduce_weights(known, edge)
    told = mean_about(reduce_products(values, known, edge), counts, sheet.shape, sheet, sigma_km)
    shown = plain[known > 0]
    away = (told - plain)[known > 0]
    assert away.std() < 0.01 * shown.std()
    assert np.abs(away).max() < 0.1 * shown.std()  # beyond the middles of the outermost blocks
    assert shown.std() > 0.1 * shown.mean()


def test_blocks_are_small_beside_the_gaussian_and_divide_the_sheet() -> None:
    sheet = GRID.sheet("equator")
    assert block_px(sheet, sheet.shape, 5.0 * sheet.pixel_km) == 2
    assert block_px(sheet, sheet.shape, 4.9 * sheet.pixel_km) == 1
    assert block_px(sheet, (sheet.shape[0] // 2, sheet.shape[1] // 2), 20.0 * sheet.pixel_km) == 4
    assert all(size % block_px(sheet, sheet.shape, 1e6) == 0 for size in sheet.shape)


def test_a_part_is_smoothed_as_the_whole_and_is_a_gaussian() -> None:
    sheet = GRID.sheet("equator")
    spot = np.zeros(sheet.shape, np.float32)
    spot[516:520, :4] = 1.0 / 16.0
    sigma_km = 10.0 * sheet.pixel_km
    edge = block_px(sheet, sheet.shape, sigma_km)
    assert edge == 4
    box = box_of(spot, wraps=True).grown(80, 110).coarser(edge)
    assert box.first > 2 * box.width  # it lies over the seam
    part = box.finer(edge)
    told = part.put(smooth_broadly(part.cut(spot), box, edge, sheet, sigma_km))
    away_px = np.hypot(np.arange(sheet.shape[0])[:, None] - 517.5, (np.arange(sheet.shape[1]) + 60) % 2880 - 61.5)
    variance_px = 100.0 + 15.0 / 12.0  # the Gaussian's, and the spot's own
    gaussian = np.exp(-0.5 * away_px**2 / variance_px) / (2.0 * math.pi * variance_px)
    assert np.abs(told - gaussian).max() < 0.05 * gaussian.max()


@pytest.mark.parametrize("edge", [1, 2, 8])
def test_between_middles_a_plane_is_a_plane_and_the_seam_is_closed(edge) -> None:
    rows, cols = np.mgrid[:5, :6].astype(np.float32)
    told = between(2.0 * rows - cols, edge, wraps=False)
    fine = [np.clip((np.arange(n * edge) + 0.5) / edge - 0.5, 0, n - 1) for n in (5, 6)]
    assert told == pytest.approx(2.0 * fine[0][:, None] - fine[1][None, :], abs=1e-5)
    closed = between(np.roll(2.0 * rows - cols, 1, axis=1), edge, wraps=True)
    assert np.roll(closed, -edge, axis=1) == pytest.approx(between(2.0 * rows - cols, edge, wraps=True))
