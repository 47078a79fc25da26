"""A STAC Collection of the run with an Item for every raster, with the projection, raster and solar-system extensions.

The layers of a channel are one Item, each view of an event and each map of completeness one of its own; the map for
orientation, which has no time, is an asset of the Collection. Geometries are longitude and latitude on Io; clients that
know only the Earth draw them there.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pystac
import rasterio

from iovolc import body
from iovolc.model.observation import format_utc
from iovolc.publish import canonical
from iovolc.publish.citation import NAME as CITATION
from iovolc.publish.rasters import BACKDROP_FILE, LAYERS, LIMITS, ChannelRasters
from iovolc.publish.reach import FOLDER as COMPLETENESS
from iovolc.publish.run_output import EpochReach, InputFile, RunOutput
from iovolc.publish.stac_rasters import WORLD, Place, projection, raster_asset, view_place
from iovolc.publish.views import FOLDER as VIEWS
from iovolc.publish.views import view_facts

PROJECTION: Final = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
RASTER: Final = "https://stac-extensions.github.io/raster/v2.0.0/schema.json"
SSYS: Final = "https://stac-extensions.github.io/ssys/v1.1.1/schema.json"

_SSYS: Final = {"ssys:targets": [body.NAME], "ssys:target_class": "satellite"}
_TABLES: Final = (
    ("events", "events.parquet", "application/vnd.apache.parquet", "Events with their footprints"),
    ("detections", "detections.parquet", "application/vnd.apache.parquet", "Detections"),
    ("qgis", "iovolc.qgs", "application/x-qgis-project", "QGIS project of tables and rasters"),
    ("geopackage", "iovolc.gpkg", "application/geopackage+sqlite3", "Events, detections and hot spots"),
    ("record", "run.json", "application/json", "The record of the run"),
)
_LICENCE: Final = "other"

Span = tuple[datetime, datetime]


def write_stac(folder: Path, run: RunOutput, rasters: Sequence[ChannelRasters]) -> None:
    """Write ``stac/collection.json`` and beside it an Item per file of :func:`_items`, from what lies in the folder.

    Parameters
    ----------
    folder : Path
        The output folder; rasters, views and maps of completeness are in it.
    run : RunOutput
        The run; nothing is written if it had no inputs.
    rasters : sequence of ChannelRasters
        Its published layers.
    """
    if not run.manifest.inputs:
        return
    items = dict(_items(folder, run, rasters))
    collection = _collection(folder, run, list(items))
    canonical.write(folder / "stac" / "collection.json", collection.to_dict(include_self_link=False))
    for name, item in items.items():
        canonical.write(folder / "stac" / f"{name}.json", item.to_dict(include_self_link=False))


def _items(folder: Path, run: RunOutput, rasters: Sequence[ChannelRasters]) -> Iterator[tuple[str, pystac.Item]]:
    """Names of files, which no two share, and what they hold."""
    for channel in rasters:
        yield channel.summary.channel, _channel_item(folder, run, channel)
    for epoch in run.completeness.epochs if run.completeness else ():
        yield f"completeness-{epoch.observation_id}", _reach_item(folder, run, epoch)
    for event_id, shown in view_facts(folder):
        yield f"view-{event_id}", _view_item(folder, run, event_id, shown)


def _inputs(run: RunOutput, ids: Sequence[str]) -> list[InputFile]:
    """The named inputs; all where none of them is known."""
    return [item for item in run.manifest.inputs if item.id in ids] or list(run.manifest.inputs)


def _providers(run: RunOutput, ids: Sequence[str]) -> list[pystac.Provider]:
    """Who made the named inputs, or all, and who processed them."""
    kinds = sorted({(item.credit, item.licence) for item in _inputs(run, ids) if item.credit})
    producers = [
        pystac.Provider(credit, f"Licence of its data: {licence or 'not stated'}", [pystac.ProviderRole.PRODUCER])
        for credit, licence in kinds
    ]
    return [*producers, pystac.Provider("iovolc", f"Run {run.run_id}", [pystac.ProviderRole.PROCESSOR])]


def _licence_link() -> pystac.Link:
    return pystac.Link("license", f"../{CITATION}", "application/yaml", "Credits and licences of what went in")


def _span(run: RunOutput, ids: Sequence[str]) -> Span:
    """First start and last stop of the named inputs, or of all."""
    inputs = _inputs(run, ids)
    return min(item.start_utc for item in inputs), max(item.stop_utc for item in inputs)


def _collection(folder: Path, run: RunOutput, items: Sequence[str]) -> pystac.Collection:
    start, stop = _span(run, ())
    extent = pystac.Extent(pystac.SpatialExtent([list(WORLD.bbox)]), pystac.TemporalExtent([[start, stop]]))
    collection = pystac.Collection(
        f"iovolc-{run.run_id}",
        "Volcanic change on Jupiter's moon Io: events, detections and maps of one run.",
        extent,
        title=f"iovolc run {run.run_id}",
        license=_LICENCE,
        stac_extensions=[PROJECTION, RASTER, SSYS],
        summaries=pystac.Summaries({"ssys:targets": [body.NAME]}),
        extra_fields=dict(_SSYS),
        providers=_providers(run, ()),
    )
    collection.add_link(_licence_link())
    for key, href, media_type, title in _TABLES:
        collection.add_asset(key, pystac.Asset(f"../{href}", title=title, media_type=media_type, roles=["data"]))
    if run.backdrop is not None:
        with rasterio.open(folder / BACKDROP_FILE) as dataset:
            asset = raster_asset(dataset, BACKDROP_FILE, f"Map for orientation: {run.backdrop.note}")
            asset.extra_fields |= projection(dataset)
        collection.add_asset("backdrop", asset)
    for name in items:
        collection.add_link(pystac.Link("item", f"./{name}.json", "application/geo+json"))
    return collection


def _item(run: RunOutput, name: str, ids: Sequence[str], span: Span, place: Place, **facts: Any) -> pystac.Item:
    """An item without assets; ``ids`` are the observations that it shows, ``span`` is what it is dated by."""
    item = pystac.Item(
        id=f"iovolc-{run.run_id}-{name}",
        geometry=dict(place.geometry),
        bbox=list(place.bbox),
        datetime=span[1],
        properties={
            **_SSYS,
            "start_datetime": format_utc(span[0]),
            "end_datetime": format_utc(span[1]),
            "license": _LICENCE,
            "providers": [provider.to_dict() for provider in _providers(run, ids)],
            **facts,
        },
        stac_extensions=[PROJECTION, RASTER, SSYS],
        collection=f"iovolc-{run.run_id}",
    )
    item.add_link(_licence_link())
    for relation in ("collection", "parent", "root"):
        item.add_link(pystac.Link(relation, "./collection.json", "application/json"))
    return item


def _channel_item(folder: Path, run: RunOutput, rasters: ChannelRasters) -> pystac.Item:
    summary = rasters.summary
    ids = (summary.observation_id, *summary.reference_ids)
    with rasterio.open(folder / rasters.files["value"]) as dataset:
        facts: Mapping[str, Any] = {
            **projection(dataset),
            "title": f"Channel {summary.channel}: newest epoch and what changed",
            "iovolc:channel": summary.channel,
            "iovolc:observation_id": summary.observation_id,
            "iovolc:reference_ids": list(summary.reference_ids),
            "iovolc:compared_km2": rasters.compared_km2,
        }
    item = _item(run, summary.channel, ids, _span(run, ids), WORLD, **facts)
    for layer in (*LAYERS, *LIMITS.values()):
        if layer.name in rasters.files:
            with rasterio.open(folder / rasters.files[layer.name]) as dataset:
                item.add_asset(layer.name, raster_asset(dataset, rasters.files[layer.name], layer.title))
    return item


def _reach_item(folder: Path, run: RunOutput, epoch: EpochReach) -> pystac.Item:
    name, file = f"completeness-{epoch.observation_id}", f"{COMPLETENESS}/{epoch.observation_id}.tif"
    with rasterio.open(folder / file) as dataset:
        facts: Mapping[str, Any] = {
            **projection(dataset),
            "title": f"What the comparison of {epoch.observation_id} would have shown",
            "iovolc:channel": epoch.channel,
            "iovolc:observation_id": epoch.observation_id,
        }
        since, until = sorted((epoch.since_utc, epoch.seen_utc))  # of mosaics, either may come first
        item = _item(run, name, (epoch.observation_id,), (since, until), WORLD, **facts)
        title = "Margin of changes by size, and share compared"
        item.add_asset("completeness", raster_asset(dataset, file, title))
    return item


def _view_item(folder: Path, run: RunOutput, event_id: str, shown: Mapping[str, Any]) -> pystac.Item:
    file = f"{VIEWS}/{event_id}.tif"
    span = (shown["before_utc"][0], shown["after_utc"][1])
    ids = (*shown["before_ids"], *shown["after_ids"])
    with rasterio.open(folder / file) as dataset:
        facts: Mapping[str, Any] = {
            **projection(dataset),
            "title": f"Event {event_id}: before, after and difference",
            "iovolc:event_id": event_id,
            "iovolc:channel": shown["channel"],
            "iovolc:before_ids": list(shown["before_ids"]),
            "iovolc:after_ids": list(shown["after_ids"]),
        }
        item = _item(run, f"view-{event_id}", ids, span, view_place(dataset), **facts)
        item.add_asset("view", raster_asset(dataset, file, "Before, after, difference and footprint"))
    return item
