"""A STAC Collection of the run with one Item per channel, with the projection, raster and solar-system extensions.

Geometries are longitude and latitude on Io; clients that know only the Earth draw them there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pystac
import rasterio

from iovolc import body
from iovolc.cube.schema import crs_wkt
from iovolc.model.observation import format_utc
from iovolc.publish import canonical
from iovolc.publish.citation import NAME as CITATION
from iovolc.publish.rasters import LAYERS, LIMITS, ChannelRasters, Layer, map_transform
from iovolc.publish.run_output import RunOutput
from iovolc.publish.sampling import map_shape

PROJECTION: Final = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
RASTER: Final = "https://stac-extensions.github.io/raster/v2.0.0/schema.json"
SSYS: Final = "https://stac-extensions.github.io/ssys/v1.1.1/schema.json"

_SSYS: Final = {"ssys:targets": [body.NAME], "ssys:target_class": "satellite"}
_COG: Final = "image/tiff; application=geotiff; profile=cloud-optimized"
_WORLD: Final = {
    "type": "Polygon",
    "coordinates": [[[-180.0, -90.0], [180.0, -90.0], [180.0, 90.0], [-180.0, 90.0], [-180.0, -90.0]]],
}
_TABLES: Final = (
    ("events", "events.parquet", "application/vnd.apache.parquet", "Events with their footprints"),
    ("detections", "detections.parquet", "application/vnd.apache.parquet", "Detections"),
    ("qgis", "iovolc.qgs", "application/x-qgis-project", "QGIS project of tables and rasters"),
    ("geopackage", "iovolc.gpkg", "application/geopackage+sqlite3", "Events, detections and hot spots"),
    ("record", "run.json", "application/json", "The record of the run"),
)
_LICENCE: Final = "other"
_STATISTICS: Final = ("minimum", "maximum", "mean", "stddev", "valid_percent")


def write_stac(folder: Path, run: RunOutput, rasters: Sequence[ChannelRasters]) -> None:
    """Write ``stac/collection.json`` and ``stac/<channel>.json``; does nothing for a run without inputs."""
    if not run.manifest.inputs:
        return
    collection = _collection(run, [item.summary.channel for item in rasters])
    canonical.write(folder / "stac" / "collection.json", collection.to_dict(include_self_link=False))
    for channel in rasters:
        item = _item(folder, run, channel).to_dict(include_self_link=False)
        canonical.write(folder / "stac" / f"{channel.summary.channel}.json", item)


def _providers(run: RunOutput, ids: Sequence[str]) -> list[pystac.Provider]:
    """Who made the named inputs, or all, and who processed them."""
    inputs = [item for item in run.manifest.inputs if item.id in ids] or list(run.manifest.inputs)
    kinds = sorted({(item.credit, item.licence) for item in inputs if item.credit})
    producers = [
        pystac.Provider(credit, f"Licence of its data: {licence or 'not stated'}", [pystac.ProviderRole.PRODUCER])
        for credit, licence in kinds
    ]
    return [*producers, pystac.Provider("iovolc", f"Run {run.run_id}", [pystac.ProviderRole.PROCESSOR])]


def _licence_link() -> pystac.Link:
    return pystac.Link("license", f"../{CITATION}", "application/yaml", "Credits and licences of what went in")


def _span(run: RunOutput, ids: Sequence[str]) -> tuple[datetime, datetime]:
    """First start and last stop of the named inputs; of all inputs where none is named."""
    inputs = [item for item in run.manifest.inputs if item.id in ids] or list(run.manifest.inputs)
    return min(item.start_utc for item in inputs), max(item.stop_utc for item in inputs)


def _collection(run: RunOutput, channels: Sequence[str]) -> pystac.Collection:
    start, stop = _span(run, ())
    extent = pystac.Extent(pystac.SpatialExtent([[-180.0, -90.0, 180.0, 90.0]]), pystac.TemporalExtent([[start, stop]]))
    collection = pystac.Collection(
        f"iovolc-{run.run_id}",
        "Volcanic change on Jupiter's moon Io: events, detections and maps of one run.",
        extent,
        title=f"iovolc run {run.run_id}",
        license=_LICENCE,
        stac_extensions=[SSYS],
        summaries=pystac.Summaries({"ssys:targets": [body.NAME]}),
        extra_fields=dict(_SSYS),
        providers=_providers(run, ()),
    )
    collection.add_link(_licence_link())
    for key, href, media_type, title in _TABLES:
        collection.add_asset(key, pystac.Asset(f"../{href}", title=title, media_type=media_type, roles=["data"]))
    for channel in channels:
        collection.add_link(pystac.Link("item", f"./{channel}.json", "application/geo+json"))
    return collection


def _item(folder: Path, run: RunOutput, rasters: ChannelRasters) -> pystac.Item:
    summary = rasters.summary
    start, stop = _span(run, _ids(rasters))
    item = pystac.Item(
        id=f"iovolc-{run.run_id}-{summary.channel}",
        geometry=_WORLD,
        bbox=[-180.0, -90.0, 180.0, 90.0],
        datetime=_span(run, (summary.observation_id,))[1],
        properties=_properties(run, rasters, start, stop),
        stac_extensions=[PROJECTION, RASTER, SSYS],
        collection=f"iovolc-{run.run_id}",
    )
    written = [layer for layer in (*LAYERS, *LIMITS.values()) if layer.name in rasters.files]
    for layer in written:
        item.add_asset(layer.name, _asset(folder, rasters.files[layer.name], layer))
    item.add_link(_licence_link())
    for relation in ("collection", "parent", "root"):
        item.add_link(pystac.Link(relation, "./collection.json", "application/json"))
    return item


def _ids(rasters: ChannelRasters) -> tuple[str, ...]:
    return (rasters.summary.observation_id, *rasters.summary.reference_ids)


def _asset(folder: Path, file: str, layer: Layer) -> pystac.Asset:
    """A raster with what its own header says of its values; figures of several bands stand in ``bands``."""
    with rasterio.open(folder / file) as dataset:
        bands = [
            {"name": str(name), **_statistics(dataset.tags(number))}
            for number, name in enumerate(dataset.descriptions, start=1)
        ]
        unit, pixel_m = dataset.units[0], round(dataset.res[0], 3)
    facts: dict[str, Any] = {"data_type": layer.dtype, "raster:sampling": "area", "raster:spatial_resolution": pixel_m}
    if not layer.is_mask:
        facts["nodata"] = "nan"
    if unit:
        facts["unit"] = unit
    role = "metadata" if layer.is_mask else "data"
    return pystac.Asset(f"../{file}", layer.title, None, _COG, [role], {**facts, "bands": bands})


def _statistics(tags: Mapping[str, str]) -> dict[str, Any]:
    """What GDAL wrote of the values; nothing for a band without any."""
    found = {name: float(tags[key]) for name in _STATISTICS if (key := f"STATISTICS_{name.upper()}") in tags}
    return {"statistics": found} if found else {}


def _properties(run: RunOutput, rasters: ChannelRasters, start: datetime, stop: datetime) -> dict[str, Any]:
    rows, cols = map_shape(run.grid)
    transform = map_transform(cols)
    half_x, half_y = cols / 2 * transform.a, rows / 2 * transform.a
    return {
        **_SSYS,
        "start_datetime": format_utc(start),
        "end_datetime": format_utc(stop),
        "license": _LICENCE,
        "providers": [item.to_dict() for item in _providers(run, _ids(rasters))],
        "proj:code": body.CRS_EQUIRECTANGULAR,
        "proj:wkt2": crs_wkt(body.CRS_EQUIRECTANGULAR),
        "proj:shape": [rows, cols],
        "proj:transform": [round(float(number), 6) for number in transform[:6]],
        "proj:bbox": [round(edge, 6) for edge in (-half_x, -half_y, half_x, half_y)],
        "iovolc:channel": rasters.summary.channel,
        "iovolc:observation_id": rasters.summary.observation_id,
        "iovolc:reference_ids": list(rasters.summary.reference_ids),
        "iovolc:compared_km2": rasters.compared_km2,
    }
