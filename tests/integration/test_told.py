"""Publishing tells who must know, and leaves no trace of it in the outputs."""

import json
import shutil

from tests.integration.conftest import Small
from tests.small_maps import contents, iovolc


def test_publishing_tells_the_receivers_once_and_the_outputs_do_not_say_so(small: Small, tmp_path) -> None:
    store, out, sink = tmp_path / "store", tmp_path / "out", tmp_path / "a-sink-of-alerts"
    shutil.copytree(small.store, store)
    told = [*small.settings, "--set", f"alerts.folder={sink}", "--set", "alerts.area_km2=50000", "--quiet"]
    for _ in range(2):
        assert iovolc("publish", "--store", store, "--out", out, *told).code == 0
    packets = [json.loads(path.read_text()) for path in sink.iterdir()]
    loud = small.events[small.events["tier"] != "C"]
    assert sorted(packet["event_id"] for packet in packets) == sorted(loud["event_id"])
    assert {packet["run_id"] for packet in packets} == {small.record["run_id"]}
    assert contents(out, but=("timings.json",)) == contents(small.out, but=("timings.json",))
    assert not any(b"a-sink-of-alerts" in held for held in contents(out).values())
    shown = iovolc("alerts", "--store", store, *told[:-1])
    assert shown.code == 0
    assert "folder: 0 of 0 sent" in shown.out


def test_a_secret_that_is_missing_is_named_before_any_work(small: Small, tmp_path) -> None:
    store, out = tmp_path / "store", tmp_path / "out"
    named = ("--set", "alerts.webhook_url_env=IOVOLC_NO_SUCH_HOOK", "--set", "alerts.webhook_secret_env=IOVOLC_NO_KEY")
    answer = iovolc("run", small.catalogue, "--store", store, "--out", out, "--quiet", *small.settings, *named)
    assert (answer.code, "IOVOLC_NO_KEY" in answer.err) == (2, True)
    assert not store.exists()
