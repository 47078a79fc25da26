"""Io's named features, from the gazetteer that iovolc carries."""

import csv
from functools import lru_cache
from typing import Final

from iovolc.data import data_path
from iovolc.model.detection import Feature

BROAD_TYPES: Final = ("regio",)
"""Types of features so large that they do not say where a volcano is."""


@lru_cache(maxsize=1)
def load_features() -> tuple[Feature, ...]:
    """All adopted names but those of broad regions, by name.

    Returns
    -------
    tuple of Feature
        Planetocentric degrees, east-positive; diameter 0 where none is published.

    Raises
    ------
    IovolcError
        If the installation lacks the gazetteer.

    Notes
    -----
    IAU/USGS Gazetteer of Planetary Nomenclature, public domain.
    """
    with data_path("gazetteer.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["type"] not in BROAD_TYPES]
    features = [Feature(row["name"], float(row["lat"]), float(row["lon_e"]), float(row["diameter_km"])) for row in rows]
    return tuple(sorted(features, key=lambda feature: feature.name))
