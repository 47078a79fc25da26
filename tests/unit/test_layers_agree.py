"""Every layer of a run shows the same place where it is: as others' libraries read them, and as QGIS draws them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from defusedxml import ElementTree
from PIL import Image
from publish_sample import PLACES, RUN_ID, published
from shapely.geometry import Point

from iovolc import body
from iovolc.publish.rasters import LAYERS, LIMITS

LAT, LON_E, RADIUS_KM, _ = PLACES["evt-equator"]
EXPECTED = {
    "difference": -0.25, "z": -0.25 / 0.03, "status": 4, "resolution_km": 16.0, "comparable": 1, "completeness": 0.9,
    **{layer.name: 6.0 / size for size, layer in LIMITS.items()},
}  # fmt: skip
"""What the sample's layers hold at the event near the equator."""
QGIS_PYTHON = Path("/usr/bin/python3")


def at_place(path, lon_e=LON_E, lat=LAT):
    with rasterio.open(path) as dataset:
        xy = (np.radians(lon_e) * body.RADIUS_M, np.radians(lat) * body.RADIUS_M)
        return float(next(dataset.sample([xy]))[0])


def here(frame):
    return frame[frame.geometry.contains(Point(LON_E, LAT))]["event_id"].tolist()


@pytest.mark.parametrize("name", EXPECTED)
def test_rasters_hold_the_value_at_the_place(name):
    known_to = 2.0**-12 if name == "z" or name.startswith("limit") else 1e-6
    assert at_place(published() / "rasters" / f"red_{name}.tif") == pytest.approx(EXPECTED[name], rel=known_to)


def test_tables_hold_the_event_at_the_place():
    assert here(gpd.read_parquet(published() / "events.parquet")) == ["evt-equator"]
    assert here(gpd.read_file(published() / "iovolc.gpkg", layer="events")) == ["evt-equator"]
    points = gpd.read_file(published() / "iovolc.gpkg", layer="detections").set_index("detection_id").geometry
    assert (points["det-equator"].x, points["det-equator"].y) == (LON_E, LAT)


def test_the_completeness_of_a_comparison_lies_where_it_was_seen():
    path = published() / "completeness" / "obs-c.tif"
    assert at_place(path, lon_e=90.0) == pytest.approx(0.1, rel=1e-3)
    assert np.isnan(at_place(path, lon_e=-90.0))


def test_the_view_is_centred_on_the_event():
    with rasterio.open(published() / "views" / "evt-equator.tif") as dataset:
        before, after, difference, _ = next(dataset.sample([(0.0, 0.0)]))
    assert difference == pytest.approx(-0.25)
    assert np.log(after / before) == pytest.approx(-0.25, abs=1e-5)


def test_every_raster_is_a_valid_cog():
    cogeo = pytest.importorskip("rio_cogeo", reason="rio-cogeo is not installed")
    rasters = sorted(published().rglob("*.tif"))
    assert len(rasters) == 27
    faults = {f"{path.parent.name}/{path.name}": cogeo.cog_validate(path, strict=True) for path in rasters}
    assert {name: fault for name, fault in faults.items() if fault != (True, [], [])} == {}


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_a_raster_says_unit_range_and_colours(layer):
    with rasterio.open(published() / "rasters" / f"red_{layer.name}.tif") as dataset:
        assert dataset.units[0] == ("I/F" if layer.name == "value" else layer.unit or None)
        values, tags = dataset.read(1, masked=True), dataset.tags(1)
        assert float(tags["STATISTICS_MAXIMUM"]) == pytest.approx(float(values.max()), rel=1e-6)
        if layer.colours:
            assert dataset.colorinterp[0].name == "palette"
            assert dataset.colormap(1)[0][:3] == (255, 255, 255)
        else:
            assert dataset.colorinterp[0].name == "gray"


def project():
    return ElementTree.parse(published() / "iovolc.qgs").getroot()


def test_the_project_names_every_layer_by_a_relative_path_and_draws_it():
    root = project()
    layers = root.findall("projectlayers/maplayer")
    sources = [layer.findtext("datasource") for layer in layers]
    assert all(source.startswith("./") and (published() / source.partition("|")[0]).is_file() for source in sources)
    written = {f"./rasters/{path.name}" for path in (published() / "rasters").iterdir()}
    assert set(sources) == written | {f"./iovolc.gpkg|layername={n}" for n in ("events", "detections", "hotspots")}
    for layer in layers:
        drawn = layer.findall("renderer-v2") or layer.findall("pipe/rasterrenderer")
        assert len(drawn) == 1
        assert layer.findtext("srs/spatialrefsys/authid") in {body.CRS_GEOGRAPHIC, body.CRS_EQUIRECTANGULAR}
    assert root.findtext("properties/Paths/Absolute") == "false"
    assert RUN_ID in root.findtext("title")


def test_the_tree_of_the_project_shows_events_over_the_map_and_hides_the_rest():
    tree = [item.attrib for item in project().iter("layer-tree-layer")]
    ids = [layer.findtext("id") for layer in project().iter("maplayer")]
    assert [item["id"] for item in tree] == ids
    assert all(len(identity) > 10 for identity in ids)  # QGIS renames shorter ones
    on = [item["name"] for item in tree if item["checked"] == "Qt::Checked"]
    assert on == ["Hot spots", "Events", "Map for orientation"]


def has_qgis():
    if not QGIS_PYTHON.exists() or shutil.which("qgis_process") is None:
        return False
    return subprocess.run([QGIS_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not has_qgis(), reason="there is no QGIS with Python here")
def test_qgis_opens_every_layer_in_its_place(tmp_path):
    shutil.copytree(published(), tmp_path / "moved")  # by relative paths, and whatever QGIS leaves is left there
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)}
    script = Path(__file__).parents[1] / "qgis_reads.py"
    picture = tmp_path / "drawn.png"
    ran = subprocess.run(
        [QGIS_PYTHON, script, tmp_path / "moved" / "iovolc.qgs", str(LON_E), str(LAT), picture],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = json.loads(ran.stdout.splitlines()[-1])
    assert (found["read"], found["crs"]) == (True, body.CRS_EQUIRECTANGULAR)
    layers = found["layers"]
    assert len(layers) == 26
    assert [name for name, layer in layers.items() if not layer["valid"] or not layer["crs"]] == []
    for name, value in EXPECTED.items():
        assert layers[f"red_{name}.tif"]["here"] == pytest.approx(value, rel=1e-6)
    assert layers["iovolc.gpkg|layername=events"]["here"] == ["evt-equator"]
    assert layers["iovolc.gpkg|layername=detections"]["here"] == ["det-equator"]
    assert layers["red_status.tif"]["drawn"] == "QgsPalettedRasterRenderer"
    with Image.open(picture) as drawn:
        assert len(set(drawn.convert("L").tobytes())) > 50
