"""Reads back what a run's page is made of."""

import json
import re

import numpy as np

from iovolc.publish.page_pixels import unpacked


def read_data(page, name):
    """What a data script hands to the page."""
    text = (page / "data" / f"{name}.js").read_text(encoding="ascii")
    found = re.fullmatch(r'iovolc\.receive\("([\w/]+)",(.*)\);\n', text)
    assert found is not None
    assert found[1] == name
    return json.loads(found[2])


def coarsest_map(page, layer):
    """The values of a layer's coarsest level; NaN without data."""
    level = layer["levels"][0]
    shape = level["rows"], level["cols"]
    assert level["there"] == "1", "one tile"
    codes = unpacked(read_data(page, f"{layer['name']}_0_0"), shape).astype(float)
    values = layer["low"] + (codes - 1) / 254 * (layer["high"] - layer["low"])
    return np.where(codes > 0, values, np.nan)
