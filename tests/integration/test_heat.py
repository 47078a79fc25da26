"""From tables of point measurements to published hot spots and light curves."""

import csv
import json
import shutil
from hashlib import sha256

import pandas as pd
import pytest
from tests.small_maps import contents, iovolc, settings

HEAD = {"position_sigma_km": 70, "wavelength_um": 3.78, "band": "Lp", "unit": "GW um-1 sr-1", "limit": "detection"}
RAROG = {"site": "Rarog", "lat": -42.0, "lon_w": 305.0}
LOKI = {"site": "Loki", "lat": 13.0, "lon_w": 308.8}
ROWS = [
    {**RAROG, "time_utc": "2013-08-10T10:00:00Z", "value": 5, "limit": "upper"},
    {**RAROG, "time_utc": "2013-08-15T10:00:00Z", "value": 486, "sigma": 25},
    {**RAROG, "time_utc": "2013-08-15T10:10:00Z", "value": 446, "sigma": 23, "wavelength_um": 4.67, "band": "Ms"},
    {**RAROG, "time_utc": "2013-08-20T10:00:00Z", "value": 40, "sigma": 4},
    {**LOKI, "time_utc": "2013-08-15T10:00:00Z", "value": 60, "sigma": 6},
]
BAD = {**LOKI, "time_utc": "2013-08-20T10:00:00Z", "value": "bright"}


def write(path, rows):
    names = list(dict.fromkeys(name for row in rows for name in HEAD | row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(HEAD | row for row in rows)
    return path


@pytest.fixture(scope="module")
def heat(tmp_path_factory):
    """A run of one table, with one bad row."""
    folder = tmp_path_factory.mktemp("heat")
    table = write(folder / "keck.csv", [*ROWS, BAD])
    answer = iovolc("run", table, "--store", folder / "store", "--out", folder / "out", "--json", *settings())
    return folder, answer


def test_one_bad_row_degrades_the_run_and_the_rest_is_published(heat):
    folder, answer = heat
    assert answer.code == 4
    assert "E401" in answer.err
    spots = pd.read_parquet(folder / "out" / "hotspots.parquet").set_index("name")
    assert list(spots.loc[["Loki Patera", "Rarog Patera"], "n_detections"]) == [1, 3]
    assert spots.loc["Rarog Patera", "bright_class"] == "outburst"
    assert len(pd.read_csv(folder / "out" / "light_curves.csv")) == len(ROWS)
    counts = json.loads((folder / "out" / "run.json").read_text())["counts"]
    assert (counts["hotspots"], counts["light_curves"]) == (2, len(ROWS))


def test_check_counts_the_usable_measurements(heat):
    answer = iovolc("check", heat[0] / "keck.csv")
    assert answer.code == 3
    assert answer.out.endswith(f"\n{len(ROWS)} usable rows, 1 problems\n")


def test_a_light_curve_is_told_by_name(heat):
    folder, _ = heat
    told = iovolc("light-curve", "rarog", "--run", folder / "out", "--json").values
    assert [row["limit"] for row in told["light_curve"]] == ["upper", "detection", "detection", "detection"]
    assert [row["activity"] for row in told["light_curve"]] == [None, "outburst", None, "fading"]
    assert "Rarog Patera" in iovolc("light-curve", "Rarog Patera", "--run", folder / "out").out


def test_limits_at_a_place_without_a_hot_spot_are_those_of_the_run_s_times(tmp_path):
    days = [{**RAROG, "time_utc": f"2013-08-{day}T10:00:00Z", "value": 5, "limit": "upper"} for day in (10, 25)]
    store, table = tmp_path / "store", write(tmp_path / "keck.csv", days)
    assert iovolc("ingest", table, "--store", store, *settings()).code == 0
    for name, until, shown in (("all", (), 2), ("part", ("--until", "2013-08-12"), 1)):
        out = tmp_path / name
        assert iovolc("publish", "--store", store, "--out", out, *until, *settings()).code == 0
        told = iovolc("light-curve", "Rarog Patera", "--run", out, "--store", store, "--json").values
        assert len(told["light_curve"]) == shown


def test_an_unknown_name_says_what_there_is(heat):
    folder, _ = heat
    answer = iovolc("light-curve", "Etna", "--run", folder / "out")
    assert answer.code == 2
    assert "Loki Patera" in answer.err
    assert iovolc("light-curve", "Loki", "--run", folder / "store").code == 2


def test_a_published_list_is_matched_beside_chance(heat):
    folder, _ = heat
    published = folder / "published.csv"
    published.write_text("name,lat,lon_w\nLoki P.,12.6,309.1\nEtna,80,10\n")
    told = iovolc("crossmatch", published, "--run", folder / "out", "--json").values
    assert (told["matched"], told["missing"]) == (0.5, ["Etna"])
    assert told["by_chance"] < 0.1
    assert "1 of 2 hot spots" in iovolc("crossmatch", published, "--run", folder / "out").out


def test_the_same_rows_in_another_order_are_the_same_run(heat):
    folder, answer = heat
    other = folder / "other"
    other.mkdir()
    table = write(other / "keck.csv", [BAD, *reversed(ROWS)])
    again = iovolc("run", table, "--store", other / "store", "--out", other / "out", "--json", *settings())
    for name in ("hotspots.csv", "light_curves.csv"):
        assert (other / "out" / name).read_bytes() == (folder / "out" / name).read_bytes()
    assert again.code == answer.code


def test_a_run_says_which_tables_it_read_and_diff_which_is_another(heat, tmp_path):
    folder, _ = heat
    store, out = shutil.copytree(folder / "store", tmp_path / "store"), tmp_path / "out"
    (told,) = json.loads((folder / "out" / "run.json").read_text())["points"]
    assert (told["name"], told["n_rows"]) == ("keck.csv", len(ROWS))
    quiet = [row | {"value": 60} if row.get("value") == 486 else row for row in ROWS]
    table = write(tmp_path / "keck.csv", quiet)
    assert told["source_sha256"] == sha256((folder / "keck.csv").read_bytes()).hexdigest()
    assert iovolc("run", table, "--store", store, "--out", out, *settings()).code == 0
    found = iovolc("diff", folder / "out", out).out
    assert "differs: another version of table keck.csv" in found
    assert "because: another version of table keck.csv" in found


def test_a_table_that_a_pattern_found_and_that_cannot_be_read_stops_no_other(tmp_path):
    write(tmp_path / "keck.csv", ROWS)
    (tmp_path / "half.csv").write_text(",".join(HEAD) + ',time_utc,site,lat,lon_w,value\n"70,3')
    answer = iovolc("ingest", tmp_path / "*.csv", "--store", tmp_path / "store", "--json", *settings())
    assert (answer.code, answer.values["tables"]) == (4, ["keck.csv"])
    assert "half.csv" in answer.err
    assert iovolc("check", tmp_path / "*.csv").code == 3


def test_the_same_table_again_adds_nothing(heat):
    folder, _ = heat
    before = contents(folder / "store")
    again = iovolc("ingest", folder / "keck.csv", "--store", folder / "store", "--json", *settings())
    assert (again.values["manifest"], again.values["tables"]) == (1, ["keck.csv"])
    assert contents(folder / "store") == before


def test_check_names_the_bad_row_alone(heat):
    folder, _ = heat
    told = iovolc("check", folder / "keck.csv")
    assert told.code == 3
    assert "row 7, column `value`" in told.out


def test_a_region_or_site_narrows_the_hot_spots(heat):
    folder, _ = heat
    for option in (("--region", "50,0,60,20"), ("--site", "loki")):
        out = folder / option[1].replace(",", "-")
        answer = iovolc("publish", "--store", folder / "store", "--out", out, "--json", *option, *settings())
        assert answer.code == 0, answer.err
        assert list(pd.read_csv(out / "hotspots.csv")["name"]) == ["Loki Patera"]
        assert len(pd.read_csv(out / "light_curves.csv")) == 1


def test_what_to_look_at_next_is_told(heat):
    folder, _ = heat
    told = iovolc("targets", "--run", folder / "out", "--at", "2013-12-01T00:00:00Z", "--json").values["targets"]
    assert {row["name"] for row in told} == {"Loki Patera", "Rarog Patera"}
    assert told[0]["score"] >= told[1]["score"] > 0.0
    assert "changes_per_year" in iovolc("targets", "--run", folder / "out", "--polar").out
    assert iovolc("targets", "--run", folder / "out", "--at", "soon").code == 2


def test_an_eruption_is_an_event(heat):
    folder, _ = heat
    assert heat[1].values["events"] == 1
    events = pd.read_csv(folder / "out" / "events.csv")
    assert events[["kind", "activity", "nearest_feature"]].values.tolist() == [["thermal", "outburst", "Rarog Patera"]]
    assert events["radiance_gw_um_sr"].iloc[0] == pytest.approx(486.0)


def test_an_eruption_is_explained_by_every_look_at_its_hot_spot_and_the_table_that_holds_them(heat):
    folder, _ = heat
    event = pd.read_csv(folder / "out" / "events.csv")["event_id"].iloc[0]
    told = iovolc("explain", event, "--run", folder / "out", "--json").values
    assert [(look["limit"], look["radiance_gw_um_sr"]) for look in told["looks"]] == [
        ("upper", 5.0), ("detection", 486.0), ("detection", 446.0), ("detection", 40.0)
    ]  # fmt: skip
    assert told["tables"] == {"keck.csv": sha256((folder / "keck.csv").read_bytes()).hexdigest()}
    assert {key.partition(".")[0] for key in told["rules"]} == {"heat", "track"}
    text = iovolc("explain", event, "--run", folder / "out").out
    assert "  2013-08-10T10:00:00Z Lp: < 5 GW um-1 sr-1 (keck.csv)\n" in text
    assert "  2013-08-15T10:00:00Z Lp: 486 +- 25 GW um-1 sr-1 (keck.csv, outburst)\n" in text
    assert "all looks" not in text


def test_the_status_lists_tables(heat):
    folder, _ = heat
    assert iovolc("status", "--store", folder / "store", "--json").values["point_tables"] == {"keck.csv": 5}
