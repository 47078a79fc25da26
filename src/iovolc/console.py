"""What the command line shows: progress, messages and the exit code of an error."""

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from iovolc.errors import ConfigError, InputError, IovolcError, NoWork
from iovolc.progress import Progress, silent

DONE: Final = 0
USAGE: Final = 2
NO_INPUT: Final = 3
DEGRADED: Final = 4
FAILED: Final = 5


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """Bars on a terminal, a plain line per tenth elsewhere, nothing if quiet; all on standard error."""
    if quiet:
        yield silent
        return
    with _told():
        if sys.stderr.isatty():
            with _bars() as report:
                yield report
        else:
            yield _line


class _Said(logging.Handler):
    """Says what the use-cases log."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


@contextmanager
def _told() -> Iterator[None]:
    logger, handler = logging.getLogger("iovolc"), _Said()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)


@contextmanager
def _bars() -> Iterator[Progress]:
    from rich import progress as shown  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    label = shown.TextColumn("{task.description:>8}")
    columns = (label, shown.BarColumn(), shown.MofNCompleteColumn(), shown.TimeElapsedColumn())
    with shown.Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def report(label: str, done: int, total: int) -> None:
            if label not in tasks:
                tasks[label] = bars.add_task(label, total=total)
            bars.update(tasks[label], completed=done, total=total)

        yield report


def _line(label: str, done: int, total: int) -> None:
    if done * 10 // total != (done - 1) * 10 // total:
        say(f"{label}: {done} of {total}")


def say(text: str) -> None:
    """A line for people, on standard error."""
    sys.stderr.write(f"{text}\n")


def answer(values: Mapping[str, Any], lines: str, *, as_json: bool) -> None:
    """The result of a command, on standard output: JSON if asked for, else plain lines."""
    sys.stdout.write((json.dumps(values, indent=2, sort_keys=True, default=str) if as_json else lines) + "\n")


def exit_code(error: IovolcError) -> int:
    """The documented exit code of an error that ends a command."""
    if isinstance(error, NoWork):
        return DONE
    if isinstance(error, ConfigError):
        return USAGE
    if isinstance(error, InputError):
        return NO_INPUT
    return FAILED
