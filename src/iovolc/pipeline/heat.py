"""Heat: from the thermal images and the measurements that a manifest names to hot spots and their light curves."""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.archive.gazetteer import load_features
from iovolc.cube.manifest import Manifest
from iovolc.errors import ConfigError
from iovolc.model.frames import conform
from iovolc.model.tables import HOTSPOTS, LIGHT_CURVES
from iovolc.pipeline.context import Context
from iovolc.pipeline.hot import limits, search, sightings
from iovolc.pipeline.hotstack import combined
from iovolc.pipeline.points import measurements
from iovolc.pipeline.select import inside
from iovolc.track.hotspot_sites import find_sites
from iovolc.track.hotspots import Heat, follow_heat


def follow(manifest: Manifest, context: Context) -> Heat:
    """Hot spots and light curves of a manifest, within the configuration's selection.

    Parameters
    ----------
    manifest : Manifest
        Which thermal epochs and tables of point measurements there are.
    context : Context
        Store and configuration.
    """
    config = context.config
    tables = measurements(manifest, context.store, config.select)
    images = combined(search(manifest, context), manifest, context)
    seen = [*tables, *sightings(images)]
    places = [site.place.lat_lon_e for site in find_sites(seen, config.track)]
    found = follow_heat([*seen, *limits(images, places)], load_features(), config.track, config.heat)
    keep = inside(found.hotspots, config.select) & _named(found.hotspots, config.select.site)
    return found if keep.all() else _narrowed(found, keep)


def site_rows(heat: Heat, site: str) -> pd.DataFrame:
    """The hot spots that a text means in any case: (the first word of) a name, an alias, (the start of) an id."""
    named = _named(heat.hotspots, site)
    return heat.hotspots[named if named.any() else _first_word(heat.hotspots, site)]


def read_heat(run: Path) -> Heat:
    """The hot spots and light curves that a run published.

    Raises
    ------
    ConfigError
        If the folder holds no run.
    """
    try:
        spots, curves = (pd.read_parquet(run / f"{table.name}.parquet") for table in (HOTSPOTS, LIGHT_CURVES))
    except FileNotFoundError as error:
        raise ConfigError(f"{run} holds no outputs of a run; give the folder named by --out") from error
    return Heat(conform(spots, HOTSPOTS), conform(curves, LIGHT_CURVES))  # older runs lack later columns


def _named(spots: pd.DataFrame, site: str) -> NDArray[np.bool_]:
    """Which hot spots have this name or alias, or an id that begins so."""
    if not site:
        return np.ones(len(spots), bool)
    wanted = site.lower()
    columns = (spots[name].tolist() for name in ("site_id", "name", "aliases"))
    found = [
        site_id.startswith(wanted) or wanted in {str(text).lower() for text in (name or "", *aliases)}
        for site_id, name, aliases in zip(*columns, strict=True)
    ]
    return np.array(found, bool)


def _first_word(spots: pd.DataFrame, site: str) -> NDArray[np.bool_]:
    """Which hot spots have a name that begins with this word."""
    return np.array([str(name).lower().split(" ")[0] == site.lower() for name in spots["name"].fillna("")], bool)


def _narrowed(heat: Heat, keep: NDArray[np.bool_]) -> Heat:
    spots = heat.hotspots[keep].reset_index(drop=True)
    curves = heat.light_curves[heat.light_curves["site_id"].isin(set(spots["site_id"]))].reset_index(drop=True)
    return Heat(spots, curves)
