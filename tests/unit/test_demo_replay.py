import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rasterio
from pyproj import CRS, Transformer

from iovolc import body
from iovolc.data import data_path
from iovolc.demo.eruptions import load_eruptions
from iovolc.demo.replay import write_demo
from iovolc.demo.view import distance_km


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_demo(tmp_path_factory.mktemp("demo")).parent


@pytest.fixture(scope="module")
def catalogue(demo: Path) -> pd.DataFrame:
    return pd.read_csv(demo / "catalogue.csv").set_index("id")


@pytest.fixture(scope="module")
def truth(demo: Path) -> pd.DataFrame:
    return pd.read_csv(demo / "truth.csv").set_index("truth_id")


def read(demo: Path, row: pd.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, latitudes and longitudes of the valid pixels, as any other program would place them."""
    with rasterio.open(demo / row["path"]) as source:
        values = source.read(int(row["band_index"]))
        rows, cols = np.nonzero(np.isfinite(values))
        step, _, left, _, down, top = tuple(source.transform)[:6]
        x, y = left + step * (cols + 0.5), top + down * (rows + 0.5)
        if source.crs is None:
            lon, lat = x, y
        else:
            crs = CRS.from_wkt(source.crs.to_wkt())
            lon, lat = Transformer.from_crs(crs, body.CRS_GEOGRAPHIC, always_xy=True).transform(x, y)
    return values[rows, cols], np.asarray(lat), np.asarray(lon)


def contrast(demo: Path, catalogue: pd.DataFrame, event: pd.Series) -> float:
    """Change of the mean ln I/F at the middle of an event, against its surroundings, from one map to another."""
    levels = []
    for epoch in (event["reference_epoch"], event["visible_epoch"]):
        values, lat, lon = read(demo, catalogue.loc[f"{epoch}-{event['band']}"])
        distance = distance_km(event["lat"], event["lon_e"], lat, lon)
        inner, reach = 0.25 * event["radius_km"], event["reach_km"]
        core = distance < max(inner, 12.0)
        around = (distance > reach + 40.0) & (distance < reach + 250.0)
        levels.append(np.log(values[core]).mean() - np.log(values[around]).mean())
    return levels[1] - levels[0]


def test_every_catalogue_row_has_its_band_and_a_place(demo: Path, catalogue: pd.DataFrame) -> None:
    assert catalogue.index.is_unique
    assert len(catalogue) >= 36
    for _, row in catalogue.iterrows():
        with rasterio.open(demo / row["path"]) as source:
            assert source.descriptions[row["band_index"] - 1] == row["channel"]
            assert source.dtypes[0] == "float32"
            if row["projection"] == "label":
                assert CRS.from_wkt(source.crs.to_wkt()).ellipsoid.semi_major_metre == body.RADIUS_M
            else:
                width = row["right_lon_e"] - row["left_lon_e"]
                assert width / source.width == pytest.approx((row["top_lat"] - row["bottom_lat"]) / source.height)


def test_pixels_lie_where_loki_is(demo: Path, catalogue: pd.DataFrame) -> None:
    for name in ("voyager-1-green", "voyager-2-green", "new-horizons-red"):
        values, lat, lon = read(demo, catalogue.loc[name])
        near = distance_km(13.0, 51.2, lat, lon)
        assert values[near < 100.0].min() < 0.75 * np.median(values[(near > 150.0) & (near < 400.0)]), name


@pytest.mark.parametrize(
    "event", ["pillan-1997", "aten-1979", "masubi-1990s", "masubi-flow", "east-girru", "south-polar-2024"]
)
def test_the_maps_show_the_change_that_the_truth_states(
    demo: Path, catalogue: pd.DataFrame, truth: pd.DataFrame, event: str
) -> None:
    row = truth.loc[event]
    assert row["must_find"]
    looks = pd.read_csv(demo / "truth_looks.csv").set_index(["truth_id", "epoch"])
    stated = looks.loc[(event, row["visible_epoch"]), f"contrast_{row['band']}"]
    # Blur takes a little from the small ones; shift and uneven light add their own.
    assert contrast(demo, catalogue, row) == pytest.approx(stated, rel=0.3, abs=0.04)


def test_most_events_must_be_found_and_the_others_say_why_not(truth: pd.DataFrame) -> None:
    assert truth["must_find"].sum() >= 12
    assert (truth.loc[truth["must_find"], "resolution_elements"] > 5).all()
    assert truth.loc[~truth["must_find"], "reason"].str.len().min() > 10
    before = pd.to_datetime(truth["visible_utc"], utc=True) > pd.to_datetime(truth["onset_utc"], utc=True)
    assert before[truth["must_find"]].all()


def test_the_same_seed_gives_the_same_bytes_and_no_eruptions_no_truth(demo: Path, tmp_path: Path) -> None:
    write_demo(tmp_path / "one", pixels_per_degree=1, eruptions=())
    write_demo(tmp_path / "two", pixels_per_degree=1, eruptions=())
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == sorted(path.name for path in demo.iterdir())
    for name in files:
        one, two = ((tmp_path / folder / name).read_bytes() for folder in ("one", "two"))
        assert hashlib.sha256(one).digest() == hashlib.sha256(two).digest(), name
    assert pd.read_csv(tmp_path / "one" / "truth.csv").empty


def test_without_eruptions_only_the_changed_places_differ(tmp_path: Path) -> None:
    pillan = [e for e in load_eruptions(data_path("demo/eruptions.csv")) if e.id == "pillan-1997"]
    write_demo(tmp_path / "with", pixels_per_degree=1, eruptions=pillan)
    write_demo(tmp_path / "without", pixels_per_degree=1, eruptions=())
    row = pd.read_csv(tmp_path / "with" / "catalogue.csv").set_index("id").loc["c10-red"]
    changed, lat, lon = read(tmp_path / "with", row)
    unchanged, _, _ = read(tmp_path / "without", row)
    distance = distance_km(-12.3, 116.7, lat, lon)
    assert np.log(changed / unchanged)[distance < 80.0] == pytest.approx(-0.45, abs=0.06)
    assert np.abs(np.log(changed / unchanged))[distance > 700.0].max() < 0.01
