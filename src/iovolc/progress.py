"""How long work tells of its progress. Not for showing it (:mod:`iovolc.console`)."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with a label, the number of finished tasks and their total."""


def silent(label: str, done: int, total: int) -> None:
    """Report nothing."""
