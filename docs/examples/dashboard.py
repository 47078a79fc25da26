"""A dashboard of one's own, of nothing but the files of a run: ``python dashboard.py RUN PICTURE``."""

import sys
from pathlib import Path

import geopandas as gpd
import matplotlib.pyplot as plt
import pandas as pd
import rasterio

COLOURS = {"A": "#d1495b", "B": "#1170aa", "C": "#7b8794"}


def draw_map(axes, run, tiers=("A", "B")):
    """The footprints of events, by tier, on the map for orientation."""
    with rasterio.open(Path(run, "rasters", "backdrop.tif")) as backdrop:
        axes.imshow(backdrop.read(1), extent=(-180, 180, -90, 90), cmap="gray")
    events = gpd.read_parquet(Path(run, "events.parquet"))
    events = events[events["tier"].isin(tiers)]
    events.boundary.plot(ax=axes, color=events["tier"].map(COLOURS), linewidth=1.2)
    title = f"{len(events)} events (A red, B blue, C grey)"
    axes.set(title=title, xlabel="east longitude", ylabel="latitude")


def draw_curve(axes, run, name=None):
    """Detections with error bars and upper limits of a hot spot; by default of the one with most looks."""
    looks, spots = (pd.read_parquet(Path(run, f"{table}.parquet")) for table in ("light_curves", "hotspots"))
    looks = looks.merge(spots[["site_id", "name"]], on="site_id").dropna(subset="radiance_gw_um_sr")
    name = name or next(iter(looks["name"].value_counts().index), "no hot spots in this run")
    for limit, marker in (("detection", "o"), ("upper", "v")):
        part = looks[(looks["name"] == name) & (looks["limit"] == limit)]
        axes.errorbar(part["time_utc"], part["radiance_gw_um_sr"], part["sigma_gw_um_sr"], fmt=marker, label=limit)
    axes.set(title=name, ylabel="GW / µm / sr")


if __name__ == "__main__":
    figure, (top, bottom) = plt.subplots(2, figsize=(10, 8), height_ratios=(3, 1), layout="constrained")
    draw_map(top, sys.argv[1])
    draw_curve(bottom, sys.argv[1])
    figure.savefig(sys.argv[2])
