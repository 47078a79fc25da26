"""What a user asks of runs afterwards: again with other parameters, what differs and why, how an event came about."""

import json
import re
import shutil
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection

import pandas as pd
import pytest
from tests.integration.conftest import BRIGHT, DARK, POLE, SEAM
from tests.small_grid import slow_uncompiled
from tests.small_maps import contents, iovolc, near

from iovolc.cube.files import write_json
from iovolc.cube.manifest import read_manifest
from iovolc.errors import ConfigError
from iovolc.pipeline.serve import page_address, server


@pytest.fixture
def store(small, tmp_path):
    return shutil.copytree(small.store, tmp_path / "store")


def cached(store):
    return {path.name for path in (store / "cache" / "detect").iterdir()}


def rerun(store, *options):
    answer = iovolc("rerun", "--store", store, "--workers", 2, "--quiet", "--json", *options)
    assert answer.code == 0, answer.err
    return answer.values


def test_another_q_computes_no_comparison_anew_and_leaves_the_operational_run(store) -> None:
    before, latest = cached(store), (store / "runs" / "latest.json").read_bytes()
    values = rerun(store, "--set", "detect.q=1e-9")
    assert cached(store) == before
    assert values["plan"]["compute"] == {}
    assert values["plan"]["parameters"] == [["detect.q", 0.1, 1e-9]]
    assert (store / "runs" / "latest.json").read_bytes() == latest
    found = values["difference"]
    assert found["gained"] == found["lost"] == 0
    changed = [event for event in found["events"] if "tier" in event["columns"]]
    assert changed
    assert {cause for event in found["events"] for cause in event["causes"]} == {"parameter detect.q: 0.1 -> 1e-09"}


@slow_uncompiled
def test_the_dry_run_says_what_then_happens_and_does_nothing(store) -> None:
    files = contents(store)
    planned = rerun(store, "--dry-run", "--set", "detect.seed_z=5.5")
    assert contents(store) == files
    assert planned["expected"].pop("store_bytes") > 0
    assert planned["compute"] == {
        "map1": "the parameters of detection differ",
        "map2": "the parameters of detection differ",
    }
    before = cached(store)
    done = rerun(store, "--set", "detect.seed_z=5.5")
    assert {**done["plan"], "expected": planned["expected"]} == planned  # memory that is free comes and goes
    assert done["run"] == planned["run_id"]
    assert len(cached(store) - before) == len(planned["compute"])


def test_an_older_manifest_and_fewer_epochs_can_be_asked_for(store) -> None:
    values = rerun(store, "--manifest", 1, "--until", "1998-01-01")
    found = values["difference"]
    assert found["changes"]["gone_inputs"] == ["map2"]
    lost = [event for event in found["events"] if event["verdict"] == "lost"]
    assert len(lost) >= 1
    assert all(event["causes"][0] == "input gone map2" for event in lost)
    answer = iovolc("rerun", "--store", store, "--manifest", 7)
    assert answer.code == 2
    assert "has no manifest 7; it has 1" in answer.err


def test_promote_moves_the_operational_run_and_a_part_of_the_store_cannot_be_it(store) -> None:
    values = rerun(store, "--set", "detect.q=0.01", "--promote")
    assert json.loads((store / "runs" / "latest.json").read_text()) == {"run_id": values["run"]}
    again = rerun(store)
    assert again["run"] == values["run"]  # a rerun starts from the operational configuration
    assert again["difference"]["unchanged"] > 0
    assert again["difference"]["events"] == []
    answer = iovolc("rerun", "--store", store, "--channel", "green", "--promote")
    assert answer.code == 2
    assert "leave out --promote" in answer.err


def test_a_selection_never_becomes_the_operational_run(small, store, tmp_path) -> None:
    latest = (store / "runs" / "latest.json").read_bytes()
    answer = iovolc("publish", "--store", store, "--out", tmp_path / "part", "--until", "1998-01-01", *small.settings)
    assert answer.code == 0, answer.err
    assert (store / "runs" / "latest.json").read_bytes() == latest


def test_diff_names_the_new_input(small, store, tmp_path) -> None:
    part = tmp_path / "part"
    assert iovolc("publish", "--store", store, "--out", part, "--until", "1998-01-01", *small.settings).code == 0
    answer = iovolc("diff", part, small.out, "--json")
    assert answer.code == 0, answer.err
    gained = [event for event in answer.values["events"] if event["verdict"] == "gained"]
    assert any(event["causes"][0] == "new input map2" for event in gained)
    lines = iovolc("diff", part, "latest", "--store", store).out
    assert "differs: new input map2" in lines
    assert "differs: select.until: 1998-01-01 -> " in lines


def test_a_run_does_not_differ_from_itself(small) -> None:
    values = iovolc("diff", small.out, small.out, "--json").values
    assert values["events"] == []
    assert values["unchanged"] == len(small.events)


def test_explain_tells_the_whole_chain(small, store) -> None:
    event = near(small.events, DARK).iloc[0]
    answer = iovolc("explain", event["event_id"], "--run", "latest", "--store", store, "--json")
    assert answer.code == 0, answer.err
    found = answer.values
    assert found["event"]["event_id"] == event["event_id"]
    mine = small.detections[small.detections["event_id"] == event["event_id"]]
    assert {row["detection_id"] for row in found["detections"]} == set(mine["detection_id"])
    inputs = {item["id"]: item["sha256"] for item in small.record["inputs"]}
    assert {item["id"]: item["sha256"] for item in found["inputs"]} == inputs
    assert all(item["registration"]["method"] for item in found["inputs"])
    assert found["rules"]["detect.seed_z"] == 3.9
    assert "light.max_incidence_deg" in found["rules"]
    assert found["null"][mine.iloc[0]["observation_id"]]["null_draws"] >= 1
    for row in found["detections"]:
        matched = {item["observation_id"]: item for item in found["null"][row["observation_id"]]["matched"]}
        assert set(row["reference_ids"]) <= set(matched)
        assert all(0.9 < item["gain"] < 1.1 and item["error"] < 0.1 for item in matched.values())
    text = iovolc("explain", event["event_id"][:8], "--run", small.out).out
    assert re.search(r"    matched map0 \(light: \w+\): gain [01]\.\d+, .*smooth surface", text)
    assert all(item["sha256"] in text for item in found["inputs"])
    assert "    light: " in text
    assert f"began between {found['event']['onset_after_utc']}" in text


def test_explain_knows_the_store_of_a_run_that_looked_at_a_part_and_refuses_another(small, store, tmp_path) -> None:
    part = tmp_path / "part"
    assert iovolc("publish", "--store", store, "--out", part, "--until", "1998-01-01", *small.settings).code == 0
    event = pd.read_parquet(part / "events.parquet")["event_id"].iloc[0]
    found = iovolc("explain", event, "--run", part, "--store", store, "--json").values
    assert [item["id"] for item in found["inputs"] if item["registration"]] == ["map0", "map1"]
    whole = read_manifest(store, 1)
    write_json(store / "manifests" / "1.json", replace(whole, entries=whole.entries[1:]).to_json())
    answer = iovolc("explain", event, "--run", part, "--store", store)
    assert answer.code == 2
    assert "is not the store of run" in answer.err


@pytest.mark.parametrize(("name", "words"), [("ffffffffffff", "no event is called"), ("", "events start with")])
def test_explain_refuses_what_it_cannot_tell_apart(small, name, words) -> None:
    answer = iovolc("explain", name, "--run", small.out)
    assert answer.code == 2
    assert words in answer.err


def test_a_folder_that_is_no_run_is_refused(small, tmp_path) -> None:
    for command in (["diff", small.out, tmp_path], ["explain", "a", "--run", tmp_path], ["serve", tmp_path]):
        answer = iovolc(*command)
        assert answer.code == 2
        assert "is not an output of iovolc" in answer.err


def test_all_four_places_are_explained_by_someone(small) -> None:
    for spot in (DARK, BRIGHT, POLE, SEAM):
        event = near(small.events, spot).iloc[0]
        assert event["event_id"] in iovolc("explain", event["event_id"], "--run", small.out).out


@contextmanager
def served(folder):
    """Asks a server of a run for paths: code, headers and body."""
    with server(folder) as bound:
        thread = threading.Thread(target=bound.serve_forever)
        thread.start()

        def get(path):
            connection = HTTPConnection(*bound.server_address[:2])
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

        try:
            yield get, page_address(bound)
        finally:
            bound.shutdown()
            thread.join()


def test_serve_gives_the_run_and_nothing_else(small) -> None:
    with served(small.out) as (get, address):
        assert address.endswith("/page/index.html")
        code, headers, body = get("/page/index.html")
        assert (code, body) == (200, (small.out / "page" / "index.html").read_bytes())
        assert headers["X-Content-Type-Options"] == "nosniff"
        for path in ("/", "/rasters/", "/../store/HEAD", "/%2e%2e/store/HEAD", "//etc/passwd"):
            assert get(path)[0] == 404, path


def test_serve_stays_inside_where_a_link_leads_out(small, tmp_path) -> None:
    out = shutil.copytree(small.out, tmp_path / "out")
    (tmp_path / "secret").write_text("secret")
    (out / "link").symlink_to(tmp_path / "secret")
    with served(out) as (get, _):
        assert get("/link")[0] == 404
        assert get("/run.json")[0] == 200


def test_a_port_that_is_taken_is_named(small) -> None:
    with server(small.out) as bound, pytest.raises(ConfigError, match="cannot be bound"):
        server(small.out, port=bound.server_address[1])


def test_the_doctor_finds_a_sound_machine_and_a_damaged_store(store) -> None:
    answer = iovolc("doctor", "--store", store, "--json")
    assert answer.code == 0, answer.out
    assert answer.values["manifest"] == ["good", "manifest 1, 3 epochs"]
    (store / "manifests" / "1.json").write_text("{}")
    answer = iovolc("doctor", "--store", store, "--json")
    assert answer.code == 5
    assert answer.values["manifest"][0] == "bad"
    assert "restore it from a copy" in answer.values["manifest"][1]


def test_status_tells_backlog_and_health(small, store) -> None:
    values = iovolc("status", "--store", store, "--json").values
    assert (values["health"], values["backlog"]) == ("ok", [])
    assert values["latest_run"] == small.record["run_id"]
    assert values["published_utc"].startswith("20")
    assert values["store_bytes"] > sum(path.stat().st_size for path in (store / "epochs").rglob("*") if path.is_file())
    (store / "runs" / "latest.json").unlink()
    values = iovolc("status", "--store", store, "--json").values
    assert (values["health"], values["latest_run"]) == ("unpublished", None)
    assert values["backlog"] == ["map0", "map1", "map2"]
