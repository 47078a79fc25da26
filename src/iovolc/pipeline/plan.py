"""What a run would do before it does it: which epochs would be compared, which results are at hand, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from iovolc.config import Config
from iovolc.cube.layout import local, run_folder
from iovolc.cube.manifest import Manifest
from iovolc.errors import ConfigError
from iovolc.pipeline.causes import differing, flat
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import Task, is_kept
from iovolc.pipeline.detect import plan as comparisons
from iovolc.pipeline.expect import expect
from iovolc.pipeline.forecast import Forecast, Work
from iovolc.pipeline.publish import run_id
from iovolc.pipeline.select import select_epochs


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do.

    Parameters
    ----------
    run_id : str
        Its name.
    manifest : int
        Number of the manifest it would read.
    compute : dict of str to str
        Comparisons to be made, by observation, and why each is needed.
    reuse : tuple of str
        Comparisons whose result the store keeps.
    parameters : tuple of (str, before, after)
        Where the configuration differs from the one compared with.
    published : bool
        Whether the run's outputs are in the store already.
    expected : Forecast
        What it would cost.
    """

    run_id: str
    manifest: int
    compute: Mapping[str, str]
    reuse: tuple[str, ...]
    parameters: tuple[tuple[str, Any, Any], ...]
    published: bool
    expected: Forecast

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {**values, "expected": self.expected.to_json()}

    def text(self) -> str:
        """Lines for people."""
        lines = [
            f"run {self.run_id} on manifest {self.manifest}",
            *(f"parameter {key}: {old} -> {new}" for key, old, new in self.parameters),
            f"compare: {len(self.compute)} epochs to compute, {len(self.reuse)} at hand",
            *(f"  {name}: {why}" for name, why in self.compute.items()),
            "track: from all comparisons" if not self.published else "track: not needed",
            "publish: outputs are in the store already"
            if self.published
            else "publish: tables, rasters, figures, page",
            self.expected.text(),
        ]
        return "\n".join(lines)


def plan_run(manifest: Manifest, context: Context, base: Config) -> Plan:
    """Plan detection, tracking and publishing of a manifest; computes nothing.

    Parameters
    ----------
    manifest : Manifest
        What would be read.
    context : Context
        Store and the new configuration.
    base : Config
        The configuration to compare with: that of the operational run.
    """
    chosen = select_epochs(manifest, context.config.select)
    tasks = comparisons(chosen, context)
    name = run_id(chosen, context.config)
    if (local(run_folder(context.store, name)) / "run.json").exists():
        nothing = expect(Work(publish=False), context)
        return Plan(name, manifest.number, {}, _names(tasks), _parameters(base, context.config), True, nothing)
    before = _kept_before(manifest, context, base)
    kept = [is_kept(task) for task in tasks]
    at_hand = tuple(task for task, there in zip(tasks, kept, strict=True) if there)
    missing = [task for task, there in zip(tasks, kept, strict=True) if not there]
    return Plan(
        name,
        manifest.number,
        {task.entry.observation_id: _reason(task, before.get(task.entry.observation_id)) for task in missing},
        _names(at_hand),
        _parameters(base, context.config),
        False,
        expect(Work(compare=tuple(len(task.predecessors) for task in missing), follow=len(missing)), context),
    )


def _kept_before(manifest: Manifest, context: Context, base: Config) -> dict[str, Task]:
    """The comparisons that the base configuration has made of this manifest, by observation."""
    try:
        tasks = comparisons(select_epochs(manifest, base.select), replace(context, config=base))
    except ConfigError:  # the old configuration may name what is gone
        return {}
    return {task.entry.observation_id: task for task in tasks if is_kept(task)}


def _reason(task: Task, before: Task | None) -> str:
    if before is None:
        return "the store keeps no result of it under the operational configuration"
    if task.predecessors != before.predecessors:
        return "it is compared with other epochs"
    return "the parameters of detection differ"


def _parameters(base: Config, config: Config) -> tuple[tuple[str, Any, Any], ...]:
    return tuple(differing(flat(base.portable()), flat(config.portable())))


def _names(tasks: tuple[Task, ...]) -> tuple[str, ...]:
    return tuple(task.entry.observation_id for task in tasks)
