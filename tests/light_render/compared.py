"""How far the albedo that the chain arrives at lies from the truth, cell by cell."""

from dataclasses import dataclass

import numpy as np

from iovolc.cube.epochs import read_epoch
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.model.flags import Flag
from iovolc.pipeline.tones import frame_of, look_at
from light_render.scene import Camera, truth

CELLS = 180
"""From pole to pole: cells are a degree wide and high, 32 km."""
LEAST_PX = 6


@dataclass(frozen=True)
class Residual:
    """ln of the albedo found over the true one, by cell, where one source lights; NaN where too little was usable.

    ``surface`` is the same less a smooth surface of degree 2, ``used`` the usable share of what the camera saw under
    this light, ``classes`` the share of each class of light in all that it saw.
    """

    source: str
    sensor: str
    cells: np.ndarray
    surface: np.ndarray
    used: float
    classes: dict


def looked_at(context, entry, camera):
    """Residuals of one epoch by source; the truth is the ground at the camera's sharpness, always in A's band."""
    look = look_at(context.store, entry, context.config.light)
    frame, _ = frame_of(entry.pixels_per_degree)
    epoch = read_epoch(context.store, entry)
    real = truth(Camera(psf_km=camera.psf_km)) + np.log(camera.gain)
    places = [_pixels(epoch, frame, name, look.side.tone[name]) for name in look.side.tone]
    lat, lon_e, tone, words = (np.concatenate(parts) for parts in zip(*places, strict=True))
    names, counts = np.unique(words, return_counts=True)
    classes = dict(zip(names.tolist(), (counts / words.size).tolist(), strict=True))
    return [
        _residual(source, camera, lat[mine], lon_e[mine], tone[mine] - at(real, lat[mine], lon_e[mine]), classes)
        for source in ("sun", "jupiter")
        if (mine := words == source).any()
    ]


def _pixels(epoch, frame, name, tone):
    """Latitude, longitude, tone and class of light of what was seen on a sheet."""
    layers = epoch.sheets[name]
    seen = np.isfinite(layers.value) & frame.owned[name]
    lat, lon_e = pixel_lat_lon(frame.grid.sheet(name))
    return lat[seen], lon_e[seen] % 360.0, tone[seen], class_words(layers.flags[seen])


def class_words(flags):
    """What lights pixels, as an epoch's flags say."""
    found = np.full(flags.shape, "sun", dtype="U8")
    for flag, word in (
        (Flag.JUPITER_LIT, "jupiter"),
        (Flag.ECLIPSE, "eclipse"),
        (Flag.DARK, "dark"),
        (Flag.MIXED_LIGHT, "mixed"),
    ):
        found[(flags & np.uint16(flag)) != 0] = word
    return found


def _residual(source, camera, lat, lon_e, off, classes):
    known, size = np.isfinite(off), 2 * CELLS * CELLS
    cell = cell_of(lat[known], lon_e[known])
    count = np.bincount(cell, minlength=size)
    cells = np.where(count >= LEAST_PX, np.bincount(cell, off[known], size) / np.maximum(count, 1), np.nan)
    return Residual(source, camera.name, cells, less_smooth(cells), float(known.mean()), classes)


def at(plane, lat, lon_e):
    """The value of a global map from 0 to 360 E at places."""
    row = np.clip((90.0 - lat) * plane.shape[0] / 180.0, 0, plane.shape[0] - 1).astype(int)
    return plane[row, np.clip(lon_e * plane.shape[1] / 360.0, 0, plane.shape[1] - 1).astype(int)]


def columns(row):
    """Cells around the parallel of a row of cells."""
    return np.maximum(np.round(2 * CELLS * np.sin(np.radians(row + 0.5))), 1).astype(int)


def cell_of(lat, lon_e):
    row = np.clip(90.0 - lat, 0, CELLS - 1).astype(int)
    return row * 2 * CELLS + np.minimum((lon_e / 360.0 * columns(row)).astype(int), columns(row) - 1)


def less_smooth(cells):
    """What a surface of degree 2 over the sphere leaves of cells."""
    known = np.flatnonzero(np.isfinite(cells))
    row, col = np.divmod(known, 2 * CELLS)
    lat, turn = np.radians(89.5 - row), 2.0 * np.pi * (col + 0.5) / columns(row)
    x, y, z = np.cos(lat) * np.cos(turn), np.cos(lat) * np.sin(turn), np.sin(lat)
    design = np.column_stack([np.ones_like(x), x, y, z, x * y, x * z, y * z, x**2 - y**2, z**2])
    out = cells.copy()
    if known.size > design.shape[1]:
        out[known] -= design @ np.linalg.lstsq(design, cells[known], rcond=None)[0]
    return out


def scatter(cells):
    """Standard deviation and its robust sister, of the cells that are known; NaN if there are fewer than 20."""
    held = cells[np.isfinite(cells)]
    if held.size < 20:
        return np.nan, np.nan
    return float(held.std()), float(1.4826 * np.median(np.abs(held - np.median(held))))


def drawn(residuals, full=0.15, across=5):
    """A sheet of maps from 0 to 360 E, less their medians: red is too bright, blue too dark, grey not used."""
    lat, lon_e = np.meshgrid(89.5 - np.arange(CELLS), np.arange(2 * CELLS) + 0.5, indexing="ij")
    tiles = []
    for cells in residuals:
        off = (cells - (np.nanmedian(cells) if np.isfinite(cells).any() else 0.0))[cell_of(lat, lon_e)] / full
        colour = np.stack([1.0 + np.minimum(off, 0.0), 1.0 - np.abs(off), 1.0 - np.maximum(off, 0.0)], axis=-1)
        tiles.append(np.where(np.isfinite(off)[..., None], np.clip(colour, 0.0, 1.0), 0.5))
    tiles += [np.full_like(tiles[0], 0.5)] * (-len(tiles) % across)
    rows = [np.hstack(tiles[k : k + across]) for k in range(0, len(tiles), across)]
    return (255.0 * np.vstack(rows)).astype(np.uint8)
