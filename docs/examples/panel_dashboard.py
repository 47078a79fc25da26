"""The same as a live page, where Panel is installed: ``panel serve panel_dashboard.py --args RUN``."""

import sys
from pathlib import Path

import pandas as pd
import panel as pn
from dashboard import draw_curve, draw_map
from matplotlib.figure import Figure

RUN = sys.argv[1] if len(sys.argv) > 1 else "demo-out/results"


def drawn(draw, height, *what):
    """What one of the dashboard's functions draws, as wide as the window."""
    figure = Figure(figsize=(10, height), layout="constrained")
    draw(figure.subplots(), RUN, *what)
    return pn.pane.Matplotlib(figure, sizing_mode="scale_width")


names = sorted(pd.read_parquet(Path(RUN, "hotspots.parquet"))["name"].dropna())
tiers = pn.widgets.CheckButtonGroup(options=["A", "B", "C"], value=["A", "B"])
site = pn.widgets.Select(options=names or [None])
page = pn.Column(
    "# Change on Io",
    tiers,
    pn.bind(lambda chosen: drawn(draw_map, 5, chosen), tiers),
    site,
    pn.bind(lambda chosen: drawn(draw_curve, 3, chosen), site),
)
page.servable()
