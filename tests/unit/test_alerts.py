"""Telling receivers of a store's events: once per change of level, whatever dies in between."""

import json
import logging

import pytest
from alert_sample import EQUATOR, SECRET, TOKEN, mail_server, only_equator, put_run, settings, webhook
from publish_sample import published
from tests.small_maps import iovolc

from iovolc.cube.layout import alerts_file, local
from iovolc.errors import ConfigError, NoWork, TransientIOError
from iovolc.pipeline import alerts as module
from iovolc.pipeline.alerts import alert, alert_if_asked, alert_or_retry
from iovolc.publish.staging import read_record
from iovolc.publish.webhook import signature
from store_sample import files


def stop_of(observation_id):
    """When an observation of the sample ended, as its record says it."""
    return next(item["stop_utc"] for item in read_record(published())["inputs"] if item["id"] == observation_id)


def at_once(seconds):
    """No pause."""
    assert seconds > 0.0


def tell(store, chosen, **named):
    return alert(store, chosen, pause=at_once, **named)


def killed(*given):  # noqa: ARG001
    """Ends the process before it has noted what it delivered."""
    raise KeyboardInterrupt


def packets(folder):
    return {path.stem: json.loads(path.read_text()) for path in folder.iterdir()}


@pytest.fixture
def hooked(monkeypatch):
    """A real webhook, and the settings that name it."""
    with webhook() as posted:
        monkeypatch.setenv("HOOK", posted.url)
        monkeypatch.setenv("IOVOLC_WEBHOOK_SECRET", SECRET)
        yield posted, settings(webhook_url_env="HOOK")


def test_by_default_nobody_is_told(tmp_path):
    put_run(tmp_path)
    before = files(tmp_path)
    assert alert_if_asked(tmp_path, settings()) is None
    found = tell(tmp_path, settings())
    assert (found.receivers, found.levels[0][:2]) == ({}, ("alert", EQUATOR))
    assert files(tmp_path) == before


def test_a_store_without_a_run_has_nothing_to_tell(tmp_path):
    with pytest.raises(NoWork):
        tell(tmp_path / "store", settings())
    assert alert_if_asked(tmp_path / "store", settings(folder=str(tmp_path / "sink"))) is None


def test_a_packet_holds_event_history_limits_and_three_cutouts(tmp_path):
    run = put_run(tmp_path / "store", tier=only_equator)
    tell(tmp_path / "store", settings(folder=str(tmp_path / "sink")))
    ((name, packet),) = packets(tmp_path / "sink").items()
    assert name == packet["id"] == f"{EQUATOR}-1-alert"
    assert (packet["level"], packet["level_before"], packet["change"]) == ("alert", "none", "raised")
    assert packet["reason"] == "tier A; 125664 km2"
    assert (packet["event"]["event_id"], packet["event"]["last_seen_utc"]) == (EQUATOR, "2023-12-30T00:00:00Z")
    (seen,) = packet["history"]["detections"]
    assert (seen["detection_id"], seen["stop_utc"]) == ("det-equator", stop_of("obs-c"))
    assert packet["upper_limits"] == {"looks": [], "light_curve": []}
    assert packet["cutouts"].keys() == {"before", "after", "difference"}
    figure = (run / "page" / "figures" / f"{EQUATOR}.png").absolute().as_uri()
    assert {link.partition("#")[0] for link in packet["cutouts"].values()} == {figure}
    assert packet["run_id"] == run.name


def test_looks_without_the_change_come_as_limits_and_links_as_the_server_has_them(tmp_path):
    put_run(tmp_path / "store")
    tell(tmp_path / "store", settings(folder=str(tmp_path / "sink"), link_base="https://io.example/runs/"))
    packet = packets(tmp_path / "sink")["evt-seam-1-advisory"]
    (look,) = packet["upper_limits"]["looks"]
    assert (look["observation_id"], look["stop_utc"]) == ("obs-a", stop_of("obs-a"))
    assert packet["cutouts"]["before"] == (
        "https://io.example/runs/0123456789ab/page/figures/evt-seam.png#xywh=pixel:68,80,320,320"
    )


def test_a_thousand_replays_are_delivered_once(tmp_path, hooked):
    posted, chosen = hooked
    put_run(tmp_path, tier=only_equator)
    sent = [tell(tmp_path, chosen).sent for _ in range(1000)]
    assert (sent[0], sum(sent)) == (1, 1)
    assert posted.ids == [f"{EQUATOR}-1-alert"]


def test_another_run_with_the_same_levels_is_no_news(tmp_path, hooked):
    posted, chosen = hooked
    put_run(tmp_path, tier=only_equator)
    tell(tmp_path, chosen)
    put_run(tmp_path, "ba9876543210", tier=only_equator)
    assert tell(tmp_path, chosen).sent == 0
    assert len(posted.requests) == 1


def test_downgrades_and_returns_are_delivered(tmp_path, hooked):
    posted, chosen = hooked
    for number, status in enumerate(("provisional", "fading", "finished", "provisional")):
        put_run(tmp_path, f"run{number}", tier=only_equator, status=lambda _, status=status: status)
        tell(tmp_path, chosen)
    told = [(body["level_before"], body["level"], body["change"]) for body in posted.bodies]
    assert told == [
        ("none", "alert", "raised"),
        ("alert", "advisory", "lowered"),
        ("advisory", "none", "lowered"),
        ("none", "alert", "raised"),
    ]
    assert len(set(posted.ids)) == 4


def test_an_event_that_has_gone_is_called_off(tmp_path, hooked):
    posted, chosen = hooked
    put_run(tmp_path, tier=only_equator)
    tell(tmp_path, chosen)
    put_run(tmp_path, "without", event_id=lambda row: f"{row['event_id']}-2", lat=lambda row: -row["lat"])
    tell(tmp_path, settings(webhook_url_env="HOOK", budget=99))
    gone = next(body for body in posted.bodies if body["id"] == f"{EQUATOR}-2-none")
    assert (gone["event"], gone["reason"]) == (None, "the run no longer has this event")
    assert gone["level_before"] == "alert"


def test_an_event_founded_anew_keeps_its_thread(tmp_path, hooked):
    posted, chosen = hooked
    put_run(tmp_path, tier=only_equator)
    tell(tmp_path, chosen)
    renamed = {"tier": only_equator, "event_id": lambda row: row["event_id"].replace("evt-equator", "evt-renamed")}
    put_run(tmp_path, "renamed", **{**renamed, "tier": only_equator})
    assert tell(tmp_path, chosen).sent == 0
    put_run(tmp_path, "faded", **renamed, status=lambda _: "fading")
    tell(tmp_path, chosen)
    assert (posted.bodies[-1]["alert_id"], posted.bodies[-1]["event_id"]) == (EQUATOR, "evt-renamed")
    assert len(posted.bodies) == 2


def test_the_signature_verifies(tmp_path, hooked):
    posted, chosen = hooked
    put_run(tmp_path, tier=only_equator)
    tell(tmp_path, chosen)
    ((headers, body),) = posted.requests
    assert headers["Iovolc-Signature"] == f"sha256={signature(SECRET, headers['Iovolc-Timestamp'], body)}"
    assert headers["Iovolc-Signature"] != f"sha256={signature('guess', headers['Iovolc-Timestamp'], body)}"
    assert headers["Idempotency-Key"] == json.loads(body)["id"]


def test_what_may_pass_is_tried_again_at_once(tmp_path, hooked):
    posted, chosen = hooked
    posted.codes[:] = [503, 429]
    put_run(tmp_path, tier=only_equator)
    assert tell(tmp_path, chosen).sent == 1
    assert posted.ids == [f"{EQUATOR}-1-alert"] * 3


def test_a_webhook_that_fails_gets_it_from_the_next_run_and_the_others_do_not_wait(tmp_path, hooked):
    posted, chosen = hooked
    both = chosen.model_copy(update={"folder": str(tmp_path / "sink")})
    put_run(tmp_path / "store", tier=only_equator)
    posted.codes[:] = [500] * 3
    found = tell(tmp_path / "store", both)
    assert (found.receivers["folder"].sent, found.receivers["webhook"].sent, found.may_pass) == (1, 0, True)
    assert "answers 500" in found.troubles[0]
    posted.codes[:] = [500] * 3
    with pytest.raises(TransientIOError, match="answers 500"):
        alert_or_retry(tmp_path / "store", chosen, at_once)
    assert tell(tmp_path / "store", both).receivers["webhook"].sent == 1
    assert len(packets(tmp_path / "sink")) == 1
    assert len(set(posted.ids)) == 1


@pytest.mark.parametrize("code", [302, 400, 403, 410])
def test_what_will_not_pass_is_not_tried_again(tmp_path, hooked, code):
    posted, chosen = hooked
    posted.codes[:] = [code]
    put_run(tmp_path, tier=only_equator)
    found = tell(tmp_path, chosen)
    assert (len(posted.requests), found.sent, found.may_pass) == (1, 0, False)
    assert f"answers {code}" in found.troubles[0]


def test_an_alert_that_is_refused_for_itself_does_not_keep_the_others_back(tmp_path, hooked):
    posted, chosen = hooked
    posted.codes[:] = [413]
    put_run(tmp_path)
    assert (tell(tmp_path, chosen).sent, tell(tmp_path, chosen).sent) == (2, 1)
    assert posted.ids[0] == posted.ids[3] == f"{EQUATOR}-1-alert"


def test_a_crash_between_delivery_and_note_repeats_the_same_id(tmp_path, hooked, monkeypatch):
    posted, chosen = hooked
    put_run(tmp_path, tier=only_equator)
    with monkeypatch.context() as patch:
        patch.setattr(module, "write_told", killed)
        with pytest.raises(KeyboardInterrupt):
            tell(tmp_path, chosen)
    put_run(tmp_path, "later", tier=only_equator)
    tell(tmp_path, chosen)
    assert posted.ids == [f"{EQUATOR}-1-alert"] * 2


def test_beyond_the_budget_one_digest_tells_the_rest(tmp_path, hooked):
    posted, _ = hooked
    chosen = settings(webhook_url_env="HOOK", budget=1)
    put_run(tmp_path)
    assert tell(tmp_path, chosen).sent == 3
    single, digest = posted.bodies
    assert (single["event_id"], single["level"]) == (EQUATOR, "alert")
    assert [item["event_id"] for item in digest["digest"]] == ["evt-pole", "evt-seam"]
    assert tell(tmp_path, chosen).sent == 0


def test_the_budget_of_a_run_is_not_renewed_by_trying_again(tmp_path, hooked):
    posted, _ = hooked
    chosen = settings(webhook_url_env="HOOK", budget=1)
    put_run(tmp_path)
    posted.codes[:] = [204, 400]
    assert tell(tmp_path, chosen).sent == 1
    assert tell(tmp_path, chosen).sent == 2
    assert posted.ids[1] == posted.ids[2]
    assert posted.ids[2].startswith("digest-")


def test_a_dry_run_sends_and_notes_nothing(tmp_path, hooked):
    posted, chosen = hooked
    put_run(tmp_path, tier=only_equator)
    found = tell(tmp_path, chosen, dry_run=True)
    assert (len(found.receivers["webhook"].due), found.sent, posted.requests) == (1, 0, [])
    assert not local(alerts_file(tmp_path, "webhook")).exists()


def test_a_damaged_note_is_named_and_nothing_is_sent(tmp_path, hooked):
    posted, chosen = hooked
    put_run(tmp_path)
    path = local(alerts_file(tmp_path, "webhook"))
    path.parent.mkdir()
    path.write_text('{"standings": 3}')
    found = tell(tmp_path, chosen)
    assert posted.requests == []
    assert "restore it, or delete it" in found.troubles[0]


def test_no_secret_reaches_a_file_an_answer_or_a_log(tmp_path, hooked, caplog):
    posted, _ = hooked
    store, sink = tmp_path / "store", tmp_path / "sink"
    put_run(store)
    posted.codes[:] = [404]
    options = ["--set", "alerts.webhook_url_env=HOOK", "--set", f"alerts.folder={sink}"]
    options += ["--set", "alerts.recent_days=100000"]
    with caplog.at_level(logging.DEBUG):
        failed = iovolc("alerts", "--store", store, *options)
        done = iovolc("alerts", "--store", store, "--json", *options)
    assert (failed.code, done.code) == (4, 0)
    assert "webhook at 127.0.0.1 answers 404" in failed.err
    assert done.values["receivers"]["webhook"]["sent"] == 1  # the one that was refused
    said = failed.out + failed.err + done.out + done.err + caplog.text
    held = b"".join([*files(store).values(), *files(sink).values()])
    for word in (SECRET, TOKEN):
        assert word not in said
        assert word.encode() not in held


def test_a_missing_secret_is_named_before_anything_is_sent(tmp_path, monkeypatch):
    put_run(tmp_path / "store")
    monkeypatch.setenv("HOOK", "https://io.example/hook")
    monkeypatch.delenv("IOVOLC_WEBHOOK_SECRET", raising=False)
    chosen = settings(webhook_url_env="HOOK", folder=str(tmp_path / "sink"))
    with pytest.raises(ConfigError, match="IOVOLC_WEBHOOK_SECRET"):
        tell(tmp_path / "store", chosen)
    assert not (tmp_path / "sink").exists()


def test_an_e_mail_tells_it_in_words_with_the_packet_attached(tmp_path):
    with mail_server() as received:
        put_run(tmp_path, tier=only_equator)
        chosen = settings(
            mail_to=("a@io.example", "b@io.example"), mail_from="iovolc@io.example", mail_host="127.0.0.1",
            mail_port=received.port, mail_starttls=False,
        )  # fmt: skip
        assert tell(tmp_path, chosen).sent == 1
        received.refusals[:] = ["550 no"]
        put_run(tmp_path, "faded", tier=only_equator, status=lambda _: "finished")
        assert tell(tmp_path, chosen).sent == 1  # one of the two addresses takes it
    assert b"Subject: Io: alert (was none)" in received.messages[0]
    assert b"Message-ID: <evt-equator-1-alert@iovolc.invalid>" in received.messages[0]
    assert len(received.messages) == 2
