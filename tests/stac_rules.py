"""What the STAC extensions raster 2.0.0 and ssys 1.1.1 demand of their fields, in our own words, as JSON Schema.

The schema of projection 2.0.0 lies in `stac_schemas`, the core's own come with pystac. Not for fields that we do not
write: an unknown name with a prefix of these extensions is an error.
"""

import json
from pathlib import Path

from iovolc.publish.stac import RASTER, SSYS

PROJECTION = json.loads((Path(__file__).parent / "stac_schemas" / "projection-2.0.0.json").read_text())
SSYS_FIELDS = {
    "ssys:targets": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "ssys:target_class": {"enum": ["planet", "satellite", "dwarf planet", "asteroid", "comet", "star"]},
}
RASTER_FIELDS = {
    "raster:sampling": {"enum": ["area", "point"]},
    "raster:spatial_resolution": {"type": "number", "exclusiveMinimum": 0},
}


def only(prefix, fields):
    """An object whose names with a prefix are these fields."""
    return {
        "type": "object",
        "properties": fields,
        "patternProperties": {f"^(?!{prefix}:)": {}},
        "additionalProperties": False,
    }


def extended(uri):
    return {
        "required": ["stac_extensions"],
        "properties": {"stac_extensions": {"contains": {"const": uri}}},
    }


def assets(rule):
    return {"properties": {"assets": {"additionalProperties": rule}}}


def properties(rule, *required):
    return {"properties": {"properties": {"allOf": [rule, {"required": list(required)}]}}}


ITEM = {
    "allOf": [
        extended(RASTER),
        extended(SSYS),
        properties(only("ssys", SSYS_FIELDS), "ssys:targets"),
        assets(only("raster", RASTER_FIELDS)),
    ]
}
COLLECTION = {
    "allOf": [
        extended(RASTER),
        extended(SSYS),
        only("ssys", SSYS_FIELDS),
        {"required": ["ssys:targets"]},
        assets(only("raster", RASTER_FIELDS)),
    ]
}
