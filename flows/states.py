"""How stages are tried and how flows end: the one place that knows Prefect's states."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Final, ParamSpec, TypeVar, cast
from uuid import UUID

import httpx
from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed
from prefect.tasks import Task
from prefect.utilities.annotations import quote

from flows.parameters import StoreParameters
from iovolc.console import DEGRADED, DONE, FAILED, exit_code
from iovolc.cube.lock import held
from iovolc.errors import Finding, IovolcError, NoWork, StoreConflict, TransientIOError

_NAMED: Final = 20

Value = TypeVar("Value")
Given = ParamSpec("Given")


def may_pass(task: object, task_run: object, state: State[Any]) -> bool:  # noqa: ARG001
    """Whether a failed task is worth another attempt: after a :class:`TransientIOError` only."""
    return isinstance(state.result(raise_on_failure=False), TransientIOError)


# Results stay in memory: the store keeps what each stage has done, under keys that know the versions of the algorithms.
stage = task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=3,
    retry_delay_seconds=[10, 60, 300],
    retry_jitter_factor=0.3,
    retry_condition_fn=may_pass,
)


def within(parameters: StoreParameters, work: Task[Given, Value]) -> Task[Given, Value]:
    """A stage that fails when one attempt takes longer than it may."""
    return work.with_options(timeout_seconds=parameters.stage_timeout_s)


def skipped(reason: str) -> State[Any]:
    """The end of a stage, and of a run, that has nothing to do."""
    return Completed(name="Skipped", message=reason)


def ended(told: str, findings: Sequence[Finding] = (), *, degraded: bool = False) -> State[Any]:
    """The end of a run that did something; Degraded if inputs were refused, or something else fell short."""
    if findings:
        return Completed(name="Degraded", message=f"{told}; refused: {named(findings)}")
    return Completed(name="Degraded", message=told) if degraded else Completed(message=told)


@contextmanager
def alone(parameters: StoreParameters) -> Iterator[None]:
    """Only one run at a time on a store: the other one's turn comes with the next schedule.

    The lock is the operating system's, so that one that is killed holds nobody up; Prefect's own limit of concurrent
    runs (``prefect.yaml``) saves the start of a run that could do nothing.

    Raises
    ------
    NoWork
        If another run is at work for longer than ``wait_s``.
    """
    try:
        with held(parameters.store, parameters.wait_s):
            yield
    except StoreConflict as conflict:
        raise NoWork(str(conflict)) from conflict


def unless_idle(parameters: StoreParameters, flow: Callable[[], State[Any]]) -> State[Any]:
    """The end of a flow, or Skipped if it finds nothing to do; its run is named after what it did."""
    try:
        state = flow()
    except NoWork as nothing:
        state = skipped(str(nothing))
    did = (state.message or "").partition(";")[0]
    name = f"{parameters.title}: {did}{' (degraded)' if state.name == 'Degraded' else ''}"
    with suppress(httpx.HTTPError), get_client(sync_client=True) as client:  # a name is worth no failure
        client.update_flow_run(UUID(flow_run.get_id()), name=name)
    return state


def unseen(value: Value) -> Value:
    """A value that Prefect hands to a task without searching all that it holds for other tasks' results."""
    return cast("Value", quote(value))


def named(findings: Sequence[Finding]) -> str:
    """The refused inputs with the numbers of their problems."""
    refused = list(dict.fromkeys(f"{finding.product} ({finding.code})" for finding in findings))
    others = f" and {len(refused) - _NAMED} more" if len(refused) > _NAMED else ""
    return ", ".join(refused[:_NAMED]) + others


def code_of(state: State[Any]) -> int:
    """The exit code of `iovolc run` for a flow that ended in this state."""
    if state.is_completed():
        return DEGRADED if state.name == "Degraded" else DONE
    error = state.result(raise_on_failure=False)
    return exit_code(error) if isinstance(error, IovolcError) else FAILED
