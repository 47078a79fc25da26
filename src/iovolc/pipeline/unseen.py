"""Looks at a named place where a run found no hot spot: its limits, from the images and tables that the run saw.

Not for hot spots, whose looks are published (:mod:`iovolc.pipeline.light_curve`).
"""

from pathlib import Path

import numpy as np
import pandas as pd

from iovolc.archive.gazetteer import load_features
from iovolc.config import Config
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.detection import Feature
from iovolc.model.glow import Glow
from iovolc.pipeline.context import Context, working
from iovolc.pipeline.hot import limits, search
from iovolc.pipeline.hotstack import combined
from iovolc.pipeline.points import measurements
from iovolc.pipeline.runs import manifest_of
from iovolc.publish.saved import SavedRun
from iovolc.track.hotspot_places import Place, mahalanobis, place_of
from iovolc.track.hotspots import curve_of_limits


def feature_of(name: str) -> Feature | None:
    """The named feature that a text means: its whole name or, if there is just one such, its first word."""
    wanted = name.lower()
    features = load_features()
    whole = [feature for feature in features if feature.name.lower() == wanted]
    first = whole or [feature for feature in features if feature.name.lower().split(" ")[0] == wanted]
    return first[0] if len(first) == 1 else None


def unseen(place: Feature, run: SavedRun, store: Path) -> pd.DataFrame:
    """Upper limits at a place, look by look (schema :data:`iovolc.model.tables.LIGHT_CURVES`).

    Parameters
    ----------
    place : Feature
        Where nothing was found.
    run : SavedRun
        Its manifest and configuration say which looks there are.
    store : Path
        The run's store; what the run kept there is read, not searched anew.

    Raises
    ------
    ConfigError
        If it is not the store of the run.
    """
    config = Config.model_validate(run.record["configuration"])
    manifest = manifest_of(run, store)
    with working(store, config, workers=1) as context:
        images = combined(search(manifest, context), manifest, context)
        shown = limits(images, [(place.lat, place.lon_e)])
        glows = [*shown, *_of_tables(place, measurements(manifest, store, config.select), context)]
    return curve_of_limits(glows)


def _of_tables(place: Feature, glows: tuple[Glow, ...], context: Context) -> list[Glow]:
    """Limits of tables whose gate is open to the place."""
    track = context.config.track
    here = Place(unit_vectors(place.lat, place.lon_e), np.zeros((3, 3)))
    return [
        glow for glow in glows
        if not glow.is_seen and mahalanobis(here, place_of(glow), track.source_km)[0] < track.gate_chi2
    ]  # fmt: skip
