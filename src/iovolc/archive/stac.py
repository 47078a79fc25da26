"""A STAC ItemCollection in JSON: one row for each band of each data asset, read by the rules of a catalogue's row.

Nothing is fetched and no link is followed. The JSON is taken apart here, not by pystac, because a field that is wrong
must be named, and because what strangers wrote may hold anything. Not for what a field means
(:mod:`iovolc.archive.stac_fields`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from iovolc.archive.catalogue import MAX_ROWS
from iovolc.archive.contents import CatalogueContent, collected
from iovolc.archive.files import read_bytes
from iovolc.archive.origin import Origin, item_field
from iovolc.archive.rows import Row, parse_row
from iovolc.archive.stac_fields import Fault, Level, cells_of, check_target, grid_of, listed, mapped, unknown_fields
from iovolc.errors import Finding, InputError

MAX_BYTES: Final = 16 << 20
"""Values of Python take up to 25 times the space of the JSON they are read from."""

_BAND_LISTS: Final = ("bands", "eo:bands", "raster:bands")
_NO_DATA_ROLES: Final = "it has no asset with the role `data`, nor one without roles"


def read_items(path: Path) -> CatalogueContent:
    """Read an ItemCollection, or a single Item.

    Parameters
    ----------
    path : Path
        JSON in UTF-8 of at most :data:`MAX_BYTES` and, in all, :data:`~iovolc.archive.catalogue.MAX_ROWS` bands.
        Relative references are to its folder.

    Returns
    -------
    CatalogueContent
        Usable rows and findings, which name item and field.

    Raises
    ------
    InputError
        E501 if the file cannot be read as items at all.
    TransientIOError
        If reading failed in a way that may pass.
    """
    parsed = _parsed(_items(_load(path), path.name), path.name)
    rows = list(islice(parsed, MAX_ROWS + 1))
    if len(rows) > MAX_ROWS:
        raise _refused(path.name, f"it has more than the {MAX_ROWS} bands that are read")
    return collected(rows)


def _load(path: Path) -> Any:
    try:
        return json.loads(read_bytes(path, limit=MAX_BYTES).decode("utf-8-sig"))
    except InputError as error:
        raise InputError([replace(finding, code="E501") for finding in error.findings]) from error
    except UnicodeDecodeError as error:
        raise _refused(path.name, f"byte {error.start} is not UTF-8") from error
    except RecursionError as error:
        raise _refused(path.name, "its values are nested too deeply") from error
    except ValueError as error:
        raise _refused(path.name, f"it is not JSON: {error}") from error


def _items(document: Any, product: str) -> list[Any]:
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "Feature":
        return [document]
    features = document.get("features") if kind == "FeatureCollection" else None
    if isinstance(features, list):
        return features
    if kind in ("Collection", "Catalog"):
        raise _refused(product, f"it is a {kind}, which only links to items; save the items as one ItemCollection")
    raise _refused(product, "it is no ItemCollection: an object of type FeatureCollection with a list of features")


def _parsed(items: list[Any], product: str) -> Iterator[Row | tuple[Finding, ...]]:
    for number, item in enumerate(items, 1):
        name = item.get("id") if isinstance(item, dict) else None
        origin = Origin(product, None, name if isinstance(name, str) and name else f"#{number}")
        try:
            yield from _rows(mapped(item, "feature"), origin)
        except Fault as fault:
            yield (_finding(fault, origin),)


def _rows(item: Mapping[str, Any], origin: Origin) -> Iterator[Row | tuple[Finding, ...]]:
    """The rows of an item; a fault in one asset leaves the others."""
    properties = Level(mapped(item.get("properties"), "properties"), "properties.")
    check_target(properties)
    if unknown := unknown_fields(properties):
        yield tuple(_finding(fault, origin) for fault in unknown)
    assets = mapped(item.get("assets"), "assets")
    chosen = [key for key, asset in assets.items() if _is_data(asset)]
    if not chosen:
        raise Fault("E503", "assets", _NO_DATA_ROLES)
    for key in chosen:
        try:
            yield from _bands(key, mapped(assets[key], f"assets.{key}"), properties, origin)
        except Fault as fault:
            yield (_finding(fault, origin),)


def _is_data(asset: Any) -> bool:
    roles = asset.get("roles") if isinstance(asset, dict) else None
    return not roles or (isinstance(roles, list) and "data" in roles)


def _bands(
    key: str, asset: Mapping[str, Any], properties: Level, origin: Origin
) -> Iterator[Row | tuple[Finding, ...]]:
    path = f"assets.{key}."
    lists = {name: listed(asset.get(name), f"{path}{name}") for name in _BAND_LISTS}
    count = max(1, *map(len, lists.values()))
    for index in range(count):
        levels = [
            Level(mapped(bands[index], f"{path}{name}[{index}]"), f"{path}{name}[{index}].", is_band=True)
            for name, bands in lists.items()
            if index < len(bands)
        ]
        levels += [Level(asset, path), properties]
        yield _row(levels, index if count > 1 else None, origin)


def _row(levels: list[Level], index: int | None, origin: Origin) -> Row | tuple[Finding, ...]:
    try:
        cells = cells_of(levels)
        grid = grid_of(levels)
    except Fault as fault:
        return (_finding(fault, origin),)
    texts = {column: said.text for column, said in cells.items()}
    if index is not None:
        texts.setdefault("band_index", str(index + 1))
    row = parse_row(texts, item=origin.item, catalogue=origin.product)
    if not isinstance(row, Row):
        fields = {item_field(column): said.field for column, said in cells.items()}
        return tuple(replace(finding, column=fields.get(finding.column or "", finding.column)) for finding in row)
    return replace(row, projection=row.projection or grid.crs, transform=grid.transform, shape=grid.shape)


def _finding(fault: Fault, origin: Origin) -> Finding:
    return Finding(fault.code, origin.product, fault.detail, None, fault.field, origin.item)


def _refused(product: str, detail: str) -> InputError:
    return InputError([Finding("E501", product, detail)])
