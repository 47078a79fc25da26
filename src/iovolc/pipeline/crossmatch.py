"""Crossmatch: the hot spots of a run beside a published list."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from iovolc.archive.published_spots import read_published
from iovolc.errors import NoWork
from iovolc.geometry.sphere import unit_vectors
from iovolc.pipeline.heat import read_heat
from iovolc.track.crossmatch import crossmatch as match
from iovolc.track.crossmatch import unmatched


@dataclass(frozen=True, slots=True)
class Compared:
    """Hot spots and their nearest published ones.

    Parameters
    ----------
    table : DataFrame
        ``site_id, name, lat, lon_w, published, distance_km, chance``: chance is the probability that an unrelated
        published place lies as near.
    matched : float
        Share of the hot spots within the distance.
    by_chance, by_chance_95 : float
        Mean and 95 % quantile of that share over rotations about the axis.
    missing : tuple of str
        Published ones that no hot spot matches.
    within_km : float
        The distance.
    """

    table: pd.DataFrame
    matched: float
    by_chance: float
    by_chance_95: float
    missing: tuple[str, ...]
    within_km: float

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "within_km": self.within_km,
            "matched": self.matched,
            "by_chance": self.by_chance,
            "by_chance_95": self.by_chance_95,
            "missing": list(self.missing),
            "hotspots": self.table.astype(object).where(self.table.notna(), None).to_dict("records"),
        }

    def text(self) -> str:
        """The table and a sentence."""
        count = round(self.matched * len(self.table))
        sentence = (
            f"{count} of {len(self.table)} hot spots lie within {self.within_km:g} km of a published one; by chance "
            f"{self.by_chance * len(self.table):.1f} would (95 % of rotations: at most "
            f"{self.by_chance_95 * len(self.table):.0f}). {len(self.missing)} published ones are matched by none."
        )
        return f"{self.table.to_string(index=False, na_rep='-')}\n{sentence}"


def crossmatch(table: Path, run: Path, *, within_km: float = 100.0, rotations: int = 500) -> Compared:
    """Compare the hot spots of a run with a published list.

    Parameters
    ----------
    table : Path
        CSV with ``lat``, ``lon_w`` or ``lon_e``, and names.
    run : Path
        Outputs of a run.
    within_km : float
        Up to this distance a hot spot counts as matched.
    rotations : int
        For what chance gives.

    Raises
    ------
    NoWork
        If the run has no hot spot.
    """
    spots, published = read_heat(run).hotspots, read_published(table)
    if spots.empty:
        raise NoWork(f"{run} has no hot spot to compare; ingest measurements of heat first")
    ours = unit_vectors(spots["lat"].to_numpy(), spots["lon_e"].to_numpy())
    theirs = unit_vectors([spot.lat for spot in published], [spot.lon_e for spot in published])
    found = match(ours, theirs, within_km=within_km, rotations=rotations)
    rows = spots[["site_id", "name", "lat", "lon_w"]].assign(
        published=[published[number].name for number in found.partner],
        distance_km=np.round(found.distance_km, 1),
        chance=np.round(found.chance, 4),
    )
    return Compared(
        rows.sort_values(["distance_km", "site_id"], ignore_index=True),
        found.share_within(within_km),
        float(found.by_chance.mean()),
        float(np.quantile(found.by_chance, 0.95)),
        tuple(published[number].name for number in unmatched(found, len(published), within_km)),
        within_km,
    )
