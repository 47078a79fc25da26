"""What the STAC extensions that we use demand of their fields, in our own words, as JSON Schema.

After projection 2.0.0, raster 2.0.0 and ssys 1.1.1; the core's own schemas come with pystac. Not for fields that we do
not write: an unknown name with a prefix of these extensions is an error.
"""

from iovolc.publish.stac import PROJECTION, RASTER, SSYS

NUMBER = {"type": "number"}
PROJECTION_FIELDS = {
    "proj:code": {"type": ["string", "null"], "pattern": r"^[A-Za-z_0-9]+:[A-Za-z_0-9]+$"},
    "proj:wkt2": {"type": ["string", "null"]},
    "proj:bbox": {"type": "array", "items": NUMBER, "minItems": 4, "maxItems": 4},
    "proj:shape": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
    "proj:transform": {"type": "array", "items": NUMBER, "minItems": 6, "maxItems": 9},
}
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
        extended(PROJECTION),
        extended(RASTER),
        extended(SSYS),
        properties(only("proj", PROJECTION_FIELDS), "proj:code"),
        properties(only("ssys", SSYS_FIELDS), "ssys:targets"),
        assets({"allOf": [only("raster", RASTER_FIELDS), only("proj", PROJECTION_FIELDS)]}),
    ]
}
COLLECTION = {"allOf": [extended(SSYS), only("ssys", SSYS_FIELDS), {"required": ["ssys:targets"]}]}
