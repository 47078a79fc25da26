"""The monitor tells who must know, once; a receiver that fails costs nothing but the word Degraded."""

import pytest
from flows.monitor import monitor
from flows.states import code_of

from flows import alerts as module
from iovolc.errors import TransientIOError

pytestmark = pytest.mark.flows


def ended(parameters):
    return monitor(parameters, return_state=True)


def told_to(parameters, *overrides):
    added = ("alerts.recent_days=100000", *overrides)
    return parameters.model_copy(update={"overrides": (*parameters.overrides, *added)})


@pytest.fixture(scope="module")
def plain(server, prepared):  # noqa: ARG001
    """A store of its own that is published already, with nobody told."""
    parameters = prepared.parameters("alerts")
    assert ended(parameters).name == "Completed"
    return parameters


def test_what_is_due_is_sent_though_nothing_is_new_and_then_no_more(plain, tmp_path) -> None:
    parameters = told_to(plain, f"alerts.folder={tmp_path / 'sink'}")
    state = ended(parameters)
    assert (state.name, state.message) == ("Completed", "nothing new; 1 alerts sent")
    assert len(list((tmp_path / "sink").iterdir())) == 1
    assert ended(parameters).name == "Skipped"


def test_a_receiver_that_cannot_be_reached_is_tried_again_and_named(plain, monkeypatch) -> None:
    attempts = []

    def alert_or_retry(store, settings):
        attempts.append((store, settings))
        raise TransientIOError("alerts to webhook: nobody answers")

    monkeypatch.setattr(module.alerts, "alert_or_retry", alert_or_retry)
    monkeypatch.setattr(module.tell, "retry_delay_seconds", [0])
    state = ended(told_to(plain, "alerts.folder=anywhere"))
    assert (state.is_completed(), state.name, code_of(state), len(attempts)) == (True, "Degraded", 4, 4)
    assert state.message == "nothing new; alerts to webhook: nobody answers"


def test_a_missing_secret_ends_the_flow_before_any_work(plain, monkeypatch) -> None:
    monkeypatch.delenv("IOVOLC_NO_SUCH_HOOK", raising=False)
    state = ended(told_to(plain, "alerts.webhook_url_env=IOVOLC_NO_SUCH_HOOK"))
    assert (state.is_failed(), code_of(state)) == (True, 2)
    assert "IOVOLC_WEBHOOK_SECRET" in state.message or "IOVOLC_NO_SUCH_HOOK" in state.message
