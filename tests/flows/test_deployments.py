"""What is deployed, how it is served, and what an inbox starts: no server needed."""

import importlib
from pathlib import Path

import pytest
import yaml
from flows.parameters import MonitorParameters
from flows.serve import deployments
from flows.watch import listing, watch

from iovolc.cube.bucket import Bucket

ROOT = Path(__file__).parents[2]
DECLARED = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
PARAMETERS = MonitorParameters(catalogues=(Path("in.csv"),), store=Path("store"), out=Path("out"), overrides=("a.b=1",))


def flow_of(entrypoint):
    file, _, name = entrypoint.partition(":")
    return getattr(importlib.import_module(file.removesuffix(".py").replace("/", ".")), name)


@pytest.mark.parametrize("deployment", DECLARED, ids=lambda deployment: deployment["entrypoint"])
def test_what_prefect_yaml_declares_can_be_run(deployment) -> None:
    flow = flow_of(deployment["entrypoint"])
    given = flow.validate_parameters(deployment["parameters"])
    assert str(given["parameters"].store) == "/data/io/store"


def test_all_flows_are_declared_and_the_monitor_alone_has_a_schedule() -> None:
    names = [deployment["entrypoint"].partition(":")[2] for deployment in DECLARED]
    assert sorted(names) == ["backfill", "detect", "ingest", "monitor", "publish", "rerun"]
    scheduled = [item for item in DECLARED if item.get("schedules")]
    assert [item["entrypoint"] for item in scheduled] == ["flows/monitor.py:monitor"]
    assert scheduled[0]["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}


def test_served_flows_have_parameters_that_they_take() -> None:
    served = deployments(PARAMETERS, 3600.0)
    assert [item.flow_name for item in served] == ["monitor", "ingest", "backfill", "detect", "publish", "rerun"]
    for item in served:
        flow = getattr(importlib.import_module(f"flows.{item.flow_name}"), item.flow_name)
        given = flow.validate_parameters(item.parameters)["parameters"]
        assert given.store == Path("store")
        assert item.entrypoint == f"flows.{item.flow_name}.{item.flow_name}"
    assert [len(item.schedules or ()) for item in served] == [1, 0, 0, 0, 0, 0]
    assert served[0].parameters["parameters"]["overrides"] == ["a.b=1"]


def test_the_monitor_can_be_served_as_cron_says() -> None:
    (scheduled, *others) = deployments(PARAMETERS, cron="0 */6 * * *")
    assert [item.schedule.cron for item in scheduled.schedules] == ["0 */6 * * *"]
    assert not any(item.schedules for item in others)


def watched(states, answers=(True, True, True, True)):
    """How often something starts while an inbox passes through states, one a look."""
    seen, left, starts = iter(states), iter(answers), []

    def start():
        starts.append(1)
        return next(left)

    watch(lambda: next(seen), start, lambda: None, looks=len(states) - 1)
    return len(starts)


@pytest.mark.parametrize(
    ("states", "count"),
    [
        ("aaaa", 1),
        ("abab", 0),
        ("aabb", 2),
        ("abcc", 1),
        ("aabbaa", 3),
    ],
    ids=["once for what is there", "not while it changes", "for each change", "after it came to rest", "back again"],
)
def test_an_inbox_starts_something_when_it_has_come_to_rest(states, count) -> None:
    assert watched([((state,),) for state in states]) == count


def test_what_was_cancelled_is_started_again() -> None:
    assert watched([(("a",),)] * 5, answers=(False, False, True, True)) == 3


def test_a_listing_tells_names_sizes_and_times(tmp_path) -> None:
    assert listing(str(tmp_path / "absent")) == ()
    file = tmp_path / "in" / "maps.csv"
    file.parent.mkdir()
    file.write_text("path\n")
    first = listing(str(tmp_path))
    assert [Path(name).name for name, *_ in first] == ["maps.csv"]
    file.write_text("path\na.tif\n")
    assert listing(str(tmp_path)) != first


def test_a_listing_of_a_part_of_a_bucket_tells_what_came(bucket_place) -> None:
    pytest.importorskip("s3fs", reason="needs s3fs")
    inbox = f"{bucket_place}/inbox"
    assert listing(inbox) == ()
    Bucket(inbox).put("maps.csv", b"path\n")
    first = listing(inbox)
    assert [Path(name).name for name, *_ in first] == ["maps.csv"]
    Bucket(inbox).put("maps.csv", b"path\na.tif\n")
    assert listing(inbox) != first
