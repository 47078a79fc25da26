"""Compiled kernels of the search against what they stand for, in plain numpy and scipy."""

import math

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.ndimage import label, zoom

from iovolc import body
from iovolc.detect.broad import block_px
from iovolc.detect.matched import SURROUNDINGS, respond
from iovolc.detect.medians import medians, networks
from iovolc.detect.pyramid import Scale, reduce_weighted
from iovolc.detect.ringfit import judge, zone_sums
from iovolc.detect.ringscan import annulus_response
from iovolc.detect.segment import connected, hysteresis, pixels_by_label
from iovolc.geometry import stencil
from iovolc.geometry.box import box_of
from iovolc.geometry.smooth import smooth
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.model.grid import Sheet
from small_grid import coarse_grid, slow_uncompiled

GRID = coarse_grid()
SEEDS = st.integers(0, 10_000)
NAMES = st.sampled_from(["equator", "north"])
quickly = settings(max_examples=20, deadline=None)


def noise(shape, seed):
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def in_part(values, seed, share=0.3):
    """The values in some rows and columns, over the seam if need be, and 0 elsewhere."""
    generator = np.random.default_rng(seed)
    rows, cols = values.shape
    height, width = (1 + int(generator.integers(int(share * size))) for size in (rows, cols))
    top, first = int(generator.integers(rows - height)), int(generator.integers(cols))
    out = np.zeros_like(values)
    part = np.ix_(np.arange(top, top + height), np.arange(first, first + width) % cols)
    out[part] = values[part]
    return out


@quickly
@given(seed=SEEDS, shape=st.tuples(st.integers(1, 15), st.integers(3, 15)), share=st.floats(0.05, 0.7))
def test_regions_are_those_of_scipy(seed, shape, share):
    mask = np.random.default_rng(seed).random(shape) < share
    expected, count = label(mask, np.ones((3, 3)))
    found = connected(mask, Sheet("north", shape, 1.0, 0.0, 0.0))
    assert found.count == count
    np.testing.assert_array_equal(found.labels, expected)
    np.testing.assert_array_equal(found.flat, np.flatnonzero(mask))


@quickly
@given(seed=SEEDS, shape=st.tuples(st.integers(1, 15), st.integers(3, 15)), share=st.floats(0.05, 0.7))
def test_regions_over_the_seam_are_those_of_io_laid_out_thrice(seed, shape, share):
    mask = np.random.default_rng(seed).random(shape) < share
    found = connected(mask, Sheet("equator", shape, 1.0, 0.0, 0.0))
    parts, _ = label(np.tile(mask, (1, 3)), np.ones((3, 3)))
    for part in range(1, parts.max() + 1):
        rows, cols = np.nonzero(parts == part)
        assert len(set(found.labels[rows, cols % shape[1]].tolist())) == 1
    closed = connected(np.tile(mask, (1, 3)), Sheet("equator", (shape[0], 3 * shape[1]), 1.0, 0.0, 0.0))
    assert found.count <= closed.count <= 3 * found.count


@quickly
@given(seed=SEEDS, name=NAMES)
def test_darker_regions_are_the_brighter_ones_of_the_opposite(seed, name):
    strength = noise((9, 14), seed)
    sheet = Sheet(name, strength.shape, 1.0, 0.0, 0.0)
    found, expected = hysteresis(strength, 1.5, 0.5, sheet, sign=-1), hysteresis(-strength, 1.5, 0.5, sheet)
    np.testing.assert_array_equal(found.labels, expected.labels)
    for number, pixels in enumerate(pixels_by_label(found), start=1):
        np.testing.assert_array_equal(pixels, np.flatnonzero(found.labels == number))
        assert (-strength.ravel()[pixels]).max() > 1.5


@quickly
@given(seed=SEEDS, wraps=st.booleans(), more=st.integers(0, 12))
def test_a_box_holds_all_and_is_put_back_where_it_was(seed, wraps, more):
    values = in_part(noise((12, 17), seed), seed)
    box = box_of(values, wraps=wraps)
    np.testing.assert_array_equal(box.put(box.cut(values)), values)
    if wraps:
        assert box.gap >= 17 - math.ceil(0.3 * 17)
    grown = box.grown(more, more)
    np.testing.assert_array_equal(grown.put(grown.cut(values)), values)
    assert grown.gap == max(box.gap - 2 * more, 0) if wraps else grown.gap <= box.gap
    fine = np.repeat(np.repeat(values, 2, axis=0), 2, axis=1)
    np.testing.assert_array_equal(box.finer(2).put(box.finer(2).cut(fine)), fine)
    assert box.finer(2).coarser(2) == box
    blocks = box.finer(2).grown(1, 1).coarser(2).finer(2)
    assert not any(edge % 2 for edge in (blocks.first, blocks.width, blocks.rows.start, blocks.rows.stop))
    np.testing.assert_array_equal(blocks.put(blocks.cut(fine)), fine)


@slow_uncompiled
@quickly
@given(seed=SEEDS, name=NAMES, sigma_px=st.floats(0.3, 12.0))
@example(seed=834, name="equator", sigma_px=4.0)  # wide boxes end nearer than narrow sums
def test_a_part_is_smoothed_as_it_is_within_the_whole(seed, name, sigma_px):
    sheet = GRID.sheet(name)
    everywhere, part = noise(sheet.shape, seed), in_part(noise(sheet.shape, seed + 1), seed)
    sigma_km = sigma_px * sheet.pixel_km
    whole = smooth(everywhere + part, sheet, sigma_km) - smooth(everywhere, sheet, sigma_km)
    np.testing.assert_allclose(smooth(part, sheet, sigma_km), whole, atol=3e-6)


def smoothed_by_blocks(plane, sheet, sigma_km):
    """The whole plane's sums over blocks, smoothed, and lines between their middles."""
    edge = block_px(sheet, plane.shape, sigma_km)
    if edge == 1:
        return smooth(plane, sheet, sigma_km)
    rows, cols = (size // edge for size in plane.shape)
    sums = plane.reshape(rows, edge, cols, edge).sum(axis=(1, 3))
    block_km = sheet.pixel_km * sheet.shape[0] / rows
    means = smooth(sums, sheet, math.sqrt(sigma_km**2 - block_km**2 / 4.0)) / edge**2
    padded = np.pad(
        np.pad(means, [(0, 0), (1, 1)], mode="wrap" if sheet.wraps else "edge"), [(1, 1), (0, 0)], mode="edge"
    )
    return zoom(padded, edge, order=1, mode="nearest", grid_mode=True)[edge:-edge, edge:-edge]


@slow_uncompiled
@quickly
@given(seed=SEEDS, name=NAMES, fwhm_px=st.floats(2.0, 14.0))
def test_an_answer_is_the_mean_of_what_is_smoothed(seed, name, fwhm_px):
    sheet, scale = GRID.sheet(name), Scale(fwhm_px * GRID.sheet(name).pixel_km)
    difference, weight = noise(sheet.shape, seed), in_part(np.abs(noise(sheet.shape, seed + 1)), seed)
    found = respond(difference, weight, sheet, scale)
    products, weights, counts = reduce_weighted(difference, weight, found.factor)
    narrow = smooth(products, sheet, scale.sigma_km) / np.maximum(smooth(weights, sheet, scale.sigma_km), 1e-20)
    summed, around = (smoothed_by_blocks(plane, sheet, SURROUNDINGS * scale.sigma_km) for plane in (products, weights))
    wide = summed / np.maximum(around, 1e-20)
    covered = counts >= 0.5 * found.factor**2
    np.testing.assert_array_equal(np.isfinite(found.sigma), covered & (weights > 0))
    np.testing.assert_allclose(found.amplitude, np.where(covered, narrow, 0.0), atol=1e-5)
    np.testing.assert_allclose(found.against, np.where(covered, narrow - wide, 0.0), atol=1e-4)


def spread_out(centres, step, points, size, closes):
    """Weights of all source pixels for each target pixel along one axis, shape (target, source)."""
    found = np.zeros((centres.size, size))
    for k in range(points):
        x = centres + step * ((k + 0.5) / points - 0.5) - 0.5
        inside = closes | ((x >= -0.5) & (x <= size - 0.5))
        x = x if closes else np.clip(x, 0.0, size - 1.0)
        low = np.floor(x).astype(int)
        for offset, share in ((0, low + 1 - x), (1, x - low)):
            at = (low + offset) % size if closes else np.minimum(low + offset, size - 1)
            np.add.at(found, (np.arange(centres.size), at), np.where(inside, share / points, 0.0))
    return found


@slow_uncompiled
@quickly
@given(seed=SEEDS, size=st.integers(1, 14), gaps=st.sampled_from([0.0, 0.4, 0.95]))
def test_medians_are_those_of_numpy_to_the_bit(seed, size, gaps):
    generator = np.random.default_rng(seed)
    stack = generator.standard_normal((size, 3, 600)).astype(np.float32)
    stack[generator.random(stack.shape) < gaps] = np.nan
    median, spread = (np.full((3, 600), np.nan, np.float32) for _ in range(2))
    count, known = np.zeros((3, 600), np.uint8), np.isfinite(stack).sum(axis=0)
    medians(stack, *networks(size), median, spread, count)
    np.testing.assert_array_equal(count, known)
    seen = stack[:, known > 0]
    expected = np.nanmedian(seen, axis=0)
    np.testing.assert_array_equal(median[known > 0], expected)
    np.testing.assert_allclose(spread[known > 0], 1.4826 * np.nanmedian(np.abs(seen - expected), axis=0), rtol=1e-6)
    assert np.isnan(median[known == 0]).all()


@slow_uncompiled
@quickly
@given(
    seed=SEEDS, shape=st.tuples(st.integers(3, 20), st.integers(3, 40)), closes=st.booleans(),
    ratio=st.tuples(st.floats(-3.0, 3.0), st.floats(0.2, 3.0)), gaps=st.sampled_from([0.0, 0.05, 0.6]),
)  # fmt: skip
def test_a_resampled_image_is_the_product_of_weights_per_row_and_column(seed, shape, closes, ratio, gaps):
    generator = np.random.default_rng(seed)
    image = noise(shape, seed)
    image[generator.random(shape) < gaps] = np.nan
    positions, axes, dense = ((7, shape[0], False), (11, shape[1], closes)), [], []
    for (count, size, circle), step in zip(positions, ratio, strict=True):
        centres = generator.uniform(-2.0, size + 2.0) + step * np.arange(count)
        axis = (centres % size if circle else centres, step, max(math.ceil(abs(step)), 1))
        axes.append(stencil.weights(axis, size, float(size) if circle else 0.0))
        dense.append(spread_out(*axis, size, circle))
    value, resolution, flags = (
        np.empty((7, 11), np.float32),
        np.empty((7, 11), np.float32),
        np.empty((7, 11), np.uint16),
    )
    bounds = stencil.stretches(axes[1], shape[1])
    stencil.resample(image, axes[1], axes[0], bounds, 0.5, np.arange(7.0), 4, value, resolution, flags)
    valid = dense[0] @ np.isfinite(image) @ dense[1].T
    shown = valid >= 0.5 - 1e-6
    expected = dense[0] @ np.nan_to_num(image) @ dense[1].T / np.where(shown, valid, np.nan)
    np.testing.assert_allclose(value, expected, atol=1e-5)
    np.testing.assert_array_equal(flags, np.where(shown, 0, 4))
    np.testing.assert_array_equal(resolution, np.where(shown, np.arange(7.0)[:, None], np.nan))


def caps(values, sheet, row, col, angle):
    """Sum of the pixels in a cap about a pixel, as rows of chords or, about a pole, as a shifted disc."""
    rows, cols = sheet.shape
    pixel = sheet.pixel_km / body.RADIUS_KM
    if not sheet.wraps:
        up, right = row - 0.5 * (rows - 1), col - 0.5 * (cols - 1)
        far = math.hypot(up, right)
        colat = 2.0 * math.atan(0.5 * far * pixel)
        low, high = (2.0 * math.tan(0.5 * (colat + side * angle)) / pixel for side in (-1.0, 1.0))
        middle, radius = 0.5 * (low + high) / far, 0.5 * (high - low)
        y, x = 0.5 * (rows - 1) + up * middle, 0.5 * (cols - 1) + right * middle
        return values[np.hypot(np.arange(rows)[:, None] - y, np.arange(cols) - x) <= radius].sum()
    lat = np.radians(pixel_lat_lon(sheet)[0][:, 0])
    total = 0.0
    for other in range(max(row - int(angle / pixel), 0), min(row + int(angle / pixel) + 1, rows)):
        cosine = (math.cos(angle) - math.sin(lat[row]) * math.sin(lat[other])) / (
            math.cos(lat[row]) * math.cos(lat[other])
        )
        if cosine <= 1.0:
            half = int(math.acos(max(cosine, -1.0)) / pixel)
            total += values[other, np.arange(col - half, col + half + 1) % cols].sum()
    return total


@slow_uncompiled
@quickly
@given(seed=SEEDS, name=NAMES, radius_px=st.floats(4.0, 7.0))
def test_an_annulus_is_compared_with_its_hole_and_its_outside(seed, name, radius_px):
    sheet = GRID.sheet(name)
    weights = in_part(np.abs(noise(sheet.shape, seed)), seed, 0.5)
    products = weights * noise(sheet.shape, seed + 1)
    owned = np.ones(sheet.shape, bool)
    radius_km = radius_px * sheet.pixel_km
    amplitude, sigma = annulus_response(products, weights, owned, sheet, radius_km, 0.3 * radius_km)
    for row, col in np.random.default_rng(seed).integers(0, sheet.shape, (12, 2)):
        angles = [share * radius_km / body.RADIUS_KM for share in (0.85, 1.15, 1.45)]
        product, weight = (
            [caps(plane.astype(float), sheet, row, col, angle) for angle in angles] for plane in (products, weights)
        )
        inside, around = weight[1] - weight[0], weight[2] - (weight[1] - weight[0])
        if inside > 1e-6 and around > 1e-6:
            shown = product[1] - product[0]
            expected = shown / inside - (product[2] - shown) / around
            np.testing.assert_allclose(amplitude[row, col], expected, atol=1e-4 * max(1.0, abs(expected)))
            np.testing.assert_allclose(sigma[row, col], math.sqrt(1.0 / inside + 1.0 / around), rtol=1e-4)
        else:
            assert amplitude[row, col] == 0.0


def plainly(zones, least_count, noise_factor, floor):
    """What a ring is judged by, in numpy."""
    product, weight, count, blocks = np.moveaxis(zones, 2, 0)
    seen = ((weight > 0) & (count >= least_count * np.maximum(blocks, 1.0))).all(axis=1)
    if seen.sum() < 8:
        return 0.0, 0.0
    product, weight = product[seen], weight[seen]
    around = weight[:, [0, 2]].sum(axis=1)
    against = product[:, 1] / weight[:, 1] - product[:, [0, 2]].sum(axis=1) / around
    sign = math.copysign(1.0, (weight[:, 1] * against).sum())
    if (sign * against > 0).mean() < 0.75:
        return 0.0, 0.0
    order = np.argsort(-sign * against, kind="stable")[2:]
    share = weight[order, 1] / weight[order, 1].sum()
    mean = product / weight
    amplitude = share @ against[order]
    contrasts = [amplitude, *(share @ (mean[order, 1] - mean[order, beside]) for beside in (0, 2))]
    spreads = [share**2 @ (1.0 / weight[order, 1] + 1.0 / of[order]) for of in (around, weight[:, 0], weight[:, 2])]
    errors = [math.hypot(noise_factor * math.sqrt(spread), floor) for spread in spreads]
    return max(min(sign * np.array(contrasts) / errors), 0.0), amplitude


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, strength=st.floats(-3.0, 3.0), hidden=st.integers(0, 5))
def test_a_ring_is_judged_as_in_plain_numpy(seed, strength, hidden):
    generator = np.random.default_rng(seed)
    distance, sector = generator.uniform(0.0, 2.0, 600), generator.integers(0, 12, 600)
    weights = generator.uniform(0.5, 2.0, 600) * (sector >= hidden)
    ring = strength * (np.abs(distance - 1.0) < 0.2)
    sums = np.stack([weights * (ring + generator.standard_normal(600)), weights, 4.0 * (weights > 0)])
    edges = np.array([0.8, 1.2, 1.6])
    zones = zone_sums(distance, sector, sums, edges)
    zone = np.searchsorted(edges, distance)
    for k, values in enumerate((*sums, np.ones(600))):
        expected = np.bincount(sector * 4 + zone, weights=values, minlength=48).reshape(12, 4)[:, :3]
        np.testing.assert_allclose(zones[:, :, k], expected, atol=1e-9)
    z, amplitude, shown = judge(zones, 2.0, 1.3, 0.01)
    np.testing.assert_allclose((z, amplitude), plainly(zones, 2.0, 1.3, 0.01), rtol=1e-9, atol=1e-12)
    assert not shown[:hidden].any()
