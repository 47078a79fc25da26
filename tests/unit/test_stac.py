"""STAC ItemCollections, written by pystac and by hand, as rows of a catalogue."""

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pystac
import pytest
from archive_sample import METRES, ramp, write_catalogue, write_picture, write_tiff
from pyproj import CRS
from pystac.extensions.eo import Band, EOExtension
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterBand, RasterExtension

from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.images import read_observation
from iovolc.archive.rows import Row
from iovolc.archive.stac import read_items
from iovolc.errors import Finding, InputError
from iovolc.model.observation import Projected

START, STOP = datetime(2023, 12, 30, 8, 36, tzinfo=UTC), datetime(2023, 12, 30, 8, 37, tzinfo=UTC)
CODE = "IAU_2015:50110"


def item(key: str = "pj57", href: str = "maps/a.tif", **properties: Any) -> pystac.Item:
    made = pystac.Item(
        key, geometry=None, bbox=None, datetime=None,
        properties={
            "start_datetime": "2023-12-30T08:36:00Z", "end_datetime": "2023-12-30T08:37:00Z", "mission": "Juno",
            "instruments": ["JunoCam"], "ssys:targets": ["Io"], "license": "CC0-1.0",
            "providers": [{"name": "NASA"}, {"name": "SwRI"}, {"name": "Cloud", "roles": ["host"]}], **properties,
        },
    )  # fmt: skip
    made.add_asset("data", pystac.Asset(href, roles=["data"]))
    made.add_asset("thumbnail", pystac.Asset("small.png", roles=["thumbnail"]))
    return made


def save(folder: Path, *items: pystac.Item) -> Path:
    path = folder / "items.json"
    pystac.ItemCollection(items).save_object(str(path))
    return path


def one(path: Path) -> Row:
    content = read_items(path)
    assert content.findings == ()
    (row,) = content.rows
    return row


def fault(path: Path) -> Finding:
    content = read_items(path)
    assert content.rows == ()
    (finding,) = content.findings
    return finding


def changed(folder: Path, **properties: Any) -> Finding:
    return fault(save(folder, item(**properties)))


def test_an_item_of_pystac_says_what_a_row_says(tmp_path: Path) -> None:
    made = item()
    asset = made.assets["data"]
    EOExtension.ext(asset, add_if_missing=True).bands = [
        Band.create("RED", common_name="red", center_wavelength=0.698, full_width_half_max=0.2)
    ]
    RasterExtension.ext(asset, add_if_missing=True).bands = [
        RasterBand.create(scale=1e-4, offset=-0.5, nodata="nan", unit="1")
    ]
    row = one(save(tmp_path, made))
    assert (row.path, row.start_utc, row.stop_utc, row.item) == ("maps/a.tif", START, STOP, "pj57")
    assert (row.mission, row.instrument, row.band, row.channel) == ("Juno", "JunoCam", "RED", "red")
    assert (row.wavelength_um, row.fwhm_um, row.unit, row.scale, row.offset) == (0.698, 0.2, "1", 1e-4, -0.5)
    assert (row.licence, row.credit, row.band_index, row.id) == ("CC0-1.0", "NASA; SwRI", None, "")
    assert row.nodata is not None
    assert math.isnan(row.nodata)


def test_each_band_of_stac_1_1_is_a_row(tmp_path: Path) -> None:
    made = item()
    made.assets["data"].extra_fields["bands"] = [
        {"name": "BLUE", "eo:common_name": "blue", "raster:scale": 2.0},
        {"name": "CH4", "eo:center_wavelength": 0.89, "iovolc:channel": "methane", "nodata": -1},
    ]
    content = read_items(save(tmp_path, made))
    assert content.findings == ()
    assert [(row.band, row.channel, row.band_index) for row in content.rows] == [
        ("BLUE", "blue", 1),
        ("CH4", "methane", 2),
    ]
    assert [(row.scale, row.nodata) for row in content.rows] == [(2.0, None), (None, -1.0)]


def test_columns_in_their_own_words_come_first(tmp_path: Path) -> None:
    row = one(save(tmp_path, item(**{
        "iovolc:mission": "Galileo", "iovolc:sub_observer_lat": 1.5, "iovolc:sub_observer_lon_w": 200,
        "iovolc:projection": "disc", "proj:code": CODE, "iovolc:id": "mine",
    })))  # fmt: skip
    assert (row.mission, row.projection, row.id, row.sub_observer_lat) == ("Galileo", "disc", "mine", 1.5)
    assert row.sub_observer_lon_e == 160.0


def test_the_same_file_has_the_same_id_however_it_is_named(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs=CODE)
    table = write_catalogue(tmp_path, {
        "path": "a.tif", "start_utc": "2023-12-30T08:36:00Z", "stop_utc": "2023-12-30T08:37:00Z", "channel": "red",
        "mission": "Juno", "instrument": "JunoCam", "quantity": "iof", "projection": CODE,
    })  # fmt: skip
    properties = {"iovolc:channel": "red", "iovolc:quantity": "iof", "proj:code": CODE}
    properties |= {"proj:transform": list(METRES)[:6], "proj:shape": [10, 20]}
    items = save(tmp_path, item(href="./a.tif", **properties))
    ids = [read_observation(row, tmp_path).record.id for row in (read_catalogue(table).rows[0], one(items))]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("how", ["transform", "bbox"])
@pytest.mark.parametrize("system", ["proj:code", "proj:wkt2", "proj:projjson"])
def test_an_item_places_an_image_that_says_nothing(tmp_path: Path, how: str, system: str) -> None:
    write_picture(tmp_path / "a.png", ramp())
    crs = CRS(CODE)
    made = item(href="a.png", **{"iovolc:channel": "red"})
    said = {"proj:code": CODE, "proj:wkt2": crs.to_wkt(), "proj:projjson": crs.to_json_dict()}[system]
    projection = ProjectionExtension.ext(made.assets["data"], add_if_missing=True)
    made.assets["data"].extra_fields |= {system: said}
    projection.shape = [10, 20]
    if how == "transform":
        projection.transform = list(METRES)
    else:
        projection.bbox = [-5e6, -2.5e6, 5e6, 2.5e6]
    placement = read_observation(one(save(tmp_path, made)), tmp_path).record.placement
    assert isinstance(placement, Projected)
    assert placement.crs_wkt == CODE
    assert placement.transform == pytest.approx(tuple(METRES)[:6])


def test_a_file_that_lies_elsewhere_is_refused_with_both_places(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs=CODE)
    moved = [500_000.0, 0.0, -4_000_000.0, 0.0, -500_000.0, 2_500_000.0]
    made = item(href="a.tif", **{"proj:code": CODE, "proj:transform": moved, "iovolc:quantity": "iof"})
    made.properties["iovolc:channel"] = "red"
    with pytest.raises(InputError, match=r"E207 .*item `pj57`, field `proj:transform`.*2 pixels apart"):
        read_observation(one(save(tmp_path, made)), tmp_path)


def test_a_file_of_another_size_is_refused(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs=CODE)
    made = item(href="a.tif", **{"proj:shape": [20, 10], "iovolc:channel": "red"})
    with pytest.raises(InputError, match=r"E204 .*field `proj:shape`.*\(20, 10\).*\(10, 20\)"):
        read_observation(one(save(tmp_path, made)), tmp_path)


@pytest.mark.parametrize(
    ("properties", "code", "field"),
    [
        ({"ssys:targets": ["Europa"]}, "E403", "properties.ssys:targets"),
        ({"instruments": ["ISSNA", "ISSWA"]}, "E403", "properties.instruments"),
        ({"mission": ["Juno"]}, "E403", "properties.mission"),
        ({"proj:code": "EPSG:4326"}, "E202", "properties.proj:code"),
        ({"proj:epsg": 4326}, "E202", "properties.proj:epsg"),
        ({"proj:code": "+proj=longlat +R=1821490"}, "E403", "properties.proj:code"),
        ({"proj:wkt2": "GEOGCRS[]"}, "E202", "properties.proj:wkt2"),
        ({"proj:projjson": {"type": "Nothing"}}, "E202", "properties.proj:projjson"),
        ({"proj:transform": [1, 0, 0]}, "E401", "properties.proj:transform"),
        ({"proj:transform": [1, 0, 0, 1, 0, 0]}, "E401", "properties.proj:transform"),
        ({"proj:shape": [10.5, 20]}, "E401", "properties.proj:shape"),
        ({"proj:bbox": [10, 0, -10, 5], "proj:shape": [1, 1]}, "E203", "properties.proj:bbox"),
        ({"iovolc:channel": "pink"}, "E403", "properties.iovolc:channel"),
        ({"end_datetime": "2020-01-01T00:00:00Z"}, "E303", "properties.start_datetime"),
        ({"providers": [{"roles": ["producer"]}]}, "E403", "properties.providers"),
    ],
)
def test_each_mistake_names_item_and_field(tmp_path: Path, properties: dict[str, Any], code: str, field: str) -> None:
    finding = changed(tmp_path, **properties)
    assert (finding.code, finding.item, finding.column) == (code, "pj57", field)
    assert f"item `pj57`, field `{field}`" in str(finding)


def test_numbers_beyond_all_floats_are_no_transform(tmp_path: Path) -> None:
    path = save(tmp_path, item(**{"proj:transform": [7, 0, 0, 0, -1, 0]}))
    path.write_text(path.read_text(encoding="utf-8").replace("7,", "1" + 400 * "0" + ",", 1), encoding="utf-8")
    assert fault(path).code == "E401"


def test_an_own_field_that_is_misspelt_is_told_and_the_row_kept(tmp_path: Path) -> None:
    content = read_items(save(tmp_path, item(**{"iovolc:chanel": "red"})))
    (finding,) = content.findings
    assert (finding.code, len(content.rows)) == ("E502", 1)
    assert "did you mean `channel`?" in finding.detail


@pytest.mark.parametrize("href", ["https://example.org/a.tif", "/vsicurl/a.tif", "s3://bucket/a.tif"])
def test_nothing_is_fetched(tmp_path: Path, href: str) -> None:
    finding = fault(save(tmp_path, item(href=href)))
    assert (finding.code, finding.column) == ("E106", "assets.data.href")


@pytest.mark.parametrize("href", ["../a.tif", "/etc/passwd"])
def test_no_item_leads_out_of_its_folder(tmp_path: Path, href: str) -> None:
    (tmp_path / "in").mkdir()
    write_tiff(tmp_path / "a.tif", ramp())
    with pytest.raises(InputError, match="E105"):
        read_observation(one(save(tmp_path / "in", item(href=href))), tmp_path / "in")


def test_one_bad_item_leaves_the_others(tmp_path: Path) -> None:
    good = item("good")
    content = read_items(save(tmp_path, item("bad", "b.tif", mission=3.5, instruments="JunoCam"), good))
    assert ([row.item for row in content.rows], [finding.item for finding in content.findings]) == (["good"], ["bad"])


def test_the_same_observation_in_two_items_is_told(tmp_path: Path) -> None:
    content = read_items(save(tmp_path, item("one"), item("two")))
    (finding,) = content.findings
    assert (finding.code, finding.item) == ("E505", "two")
    assert "item one is the same observation" in finding.detail


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("[]", "no ItemCollection"),
        ('{"type": "Collection"}', "only links to items"),
        ('{"type": "FeatureCollection", "features": {}}', "no ItemCollection"),
        ("{", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ("1" * 5000, "not JSON"),
        ("\udcff", "not UTF-8"),
    ],
)
def test_what_is_no_collection_is_refused(tmp_path: Path, document: str, said: str) -> None:
    path = tmp_path / "items.json"
    path.write_bytes(document.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=f"E501 .*{said}"):
        read_items(path)


@pytest.mark.parametrize("feature", [None, 3, "x", [], {}, {"properties": {}}, {"properties": [], "assets": {}}])
def test_a_feature_that_is_none_is_numbered(tmp_path: Path, feature: Any) -> None:
    path = tmp_path / "items.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    finding = fault(path)
    assert (finding.code, finding.item) == ("E403", "#1")


def test_too_large_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iovolc.archive.stac.MAX_BYTES", 1 << 20)
    path = tmp_path / "items.json"
    path.write_bytes(np.full((1 << 20) + 1, ord(" "), "u1").tobytes())
    with pytest.raises(InputError, match=r"E501 .*longer than the 1 MiB"):
        read_items(path)


def test_too_many_bands_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iovolc.archive.stac.MAX_ROWS", 1)
    with pytest.raises(InputError, match=r"E501 .*more than the 1 bands"):
        read_items(save(tmp_path, item("one"), item("two", "b.tif")))
