"""What differs between published runs, and how an event came about, from the folders of runs alone."""

from dataclasses import replace

from publish_sample import published

from iovolc.pipeline.diff import diff
from iovolc.pipeline.doctor import doctor
from iovolc.pipeline.explain import explain
from iovolc.publish.saved import read_run


def test_a_run_does_not_differ_from_itself():
    run = read_run(published())
    found = diff(run, run)
    assert found.events == ()
    assert found.unchanged == len(run.events) > 0


def test_an_event_that_has_gone_is_lost_one_way_and_gained_the_other():
    run = read_run(published())
    fewer = replace(run, events=run.events.iloc[1:])
    (lost,), (gained,) = diff(run, fewer).events, diff(fewer, run).events
    assert (lost.verdict, lost.before_id, lost.after_id) == ("lost", run.events["event_id"].iloc[0], None)
    assert (gained.verdict, gained.after_id) == ("gained", lost.before_id)
    assert diff(run, fewer).text().startswith("0 gained, 1 lost")


def test_a_place_without_a_name_near_it_is_told_without_one():
    run = read_run(published())
    unnamed = replace(run, events=run.events.iloc[:1].assign(nearest_feature=float("nan"), nearest_km=float("nan")))
    (gained,) = diff(replace(run, events=run.events.iloc[:0]), unnamed).events
    assert gained.place == "darkening at 60.0 N 315.0 W"


def test_a_parameter_and_an_event_that_moved_are_named():
    run = read_run(published())
    record = run.record | {"configuration": run.record["configuration"] | {"detect": {"q": 0.5}}}
    moved = run.events.assign(lat=run.events["lat"] - 30.0)
    found = diff(run, replace(run, record=record, events=moved))
    assert {event.verdict for event in found.events} == {"moved"}
    assert any(cause.startswith("parameter detect.q:") for event in found.events for cause in event.causes)


def test_explain_names_every_input_with_its_checksum():
    run = read_run(published())
    found = explain(run, run.events["event_id"].iloc[0])
    combined = run.events["combined_snr"].iloc[0]
    assert f"({combined:.1f} with what all looks show there)" in found.text()
    assert found.inputs
    assert all(item["sha256"] in found.text() for item in found.inputs)
    assert found.to_json()["rules"]["detect.seed_z"] > 0


def test_the_doctor_finds_nothing_bad_here(tmp_path):
    found = {finding.what: finding for finding in doctor(tmp_path / "store")}
    assert found["python"].verdict == found["packages"].verdict == found["reference map"].verdict == "good"
    assert found["manifest"].detail.startswith("empty")
