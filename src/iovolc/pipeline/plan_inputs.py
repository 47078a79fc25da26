"""What a run over catalogues would do and cost, before it does it: which rows are new, and what they entail.

Hashes the files, as every run does, but opens none; so a row counts for what its cells say. One without a time is taken
for the latest, one without a channel for the fullest channel, and every new row for usable.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from iovolc.archive.inputs import read_inputs
from iovolc.cube.entry import EpochEntry
from iovolc.cube.epochs import read_provenance
from iovolc.cube.manifest import Manifest, read_head
from iovolc.model.glow import GLOWING_CHANNELS
from iovolc.pipeline.choosing import Task, tasks_of, without_namesakes
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import is_kept, plan
from iovolc.pipeline.expect import expect
from iovolc.pipeline.forecast import Forecast, Work
from iovolc.pipeline.select import select_epochs

_LAST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class InputPlan:
    """What a run over catalogues would do.

    Parameters
    ----------
    rows, new : int
        Rows of the catalogues, and those that the store does not hold.
    compare : int
        Comparisons to be made: of new epochs, and of those that they come before.
    expected : Forecast
        What it would cost.
    """

    rows: int
    new: int
    compare: int
    expected: Forecast

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {"rows": self.rows, "new": self.new, "compare": self.compare, "expected": self.expected.to_json()}

    def text(self) -> str:
        """Lines for people."""
        return f"{self.new} of {self.rows} rows are new; {self.compare} epochs to compare\n{self.expected.text()}"


def plan_inputs(inputs: Sequence[Path], context: Context) -> InputPlan:
    """Plan a run over catalogues; computes and writes nothing but the choice of partners of long channels.

    What is held and not kept any more, after another parameter or version, counts as well. New rows are taken to be of
    the chosen times and channels.

    Parameters
    ----------
    inputs : sequence of Path
        As :func:`iovolc.pipeline.run.run` takes them.
    context : Context
        Store, configuration and workers.

    Raises
    ------
    InputError
        If a catalogue cannot be read at all.
    """
    head = read_head(context.store)
    held = () if head is None else head.entries
    tasks, _ = without_namesakes(tasks_of(read_inputs(inputs), context))
    known = {read_provenance(context.store, entry)["key"] for entry in held}
    new = [task for task in tasks if task.key not in known and not task.findings]
    compare = (*_comparisons(held, new, context), *_outdated(head, new, context))
    work = Work(len(new), compare, len(compare) + len(new), publish=bool(new or compare))
    return InputPlan(len(tasks), len(new), len(compare), expect(work, context))


def _comparisons(held: Sequence[EpochEntry], new: Sequence[Task], context: Context) -> Iterator[int]:
    """Number of predecessors of each comparison that the new rows entail."""
    searched = GLOWING_CHANNELS if context.config.heat.search else ()
    most = context.config.detect.max_predecessors
    for channel, arrivals in _by_channel(held, new).items():
        if channel in searched:
            continue
        times = [(entry.stop_utc, False) for entry in held if entry.channel == channel]
        ordered = sorted([*times, *((task.row.stop_utc or _LAST, True) for task in arrivals)])
        first = next(place for place, (_, is_new) in enumerate(ordered) if is_new)
        yield from (min(place, most) for place in range(max(first, 1), len(ordered)))


def _outdated(head: Manifest | None, new: Sequence[Task], context: Context) -> Iterator[int]:
    """Number of predecessors of each comparison of held epochs alone whose result is not kept."""
    if head is None:
        return
    first: dict[str, datetime] = {}
    for channel, arrivals in _by_channel(head.entries, new).items():
        first[channel] = min(task.row.stop_utc or _LAST for task in arrivals)
    for task in plan(select_epochs(head, context.config.select), context):
        if task.entry.stop_utc < first.get(task.entry.channel, _LAST) and not is_kept(task):
            yield len(task.predecessors)


def _by_channel(held: Sequence[EpochEntry], new: Sequence[Task]) -> Mapping[str, list[Task]]:
    named = Counter([entry.channel for entry in held] + [task.row.channel for task in new if task.row.channel])
    fullest = max(sorted(named), key=lambda channel: named[channel], default="")
    found: dict[str, list[Task]] = {}
    for task in new:
        found.setdefault(task.row.channel or fullest, []).append(task)
    return found
