"""What two runs were given differently, and which of that can explain the difference of one event.

Where several things changed at once, all that could have done it are named: runs that differ in one thing tell apart.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from iovolc.publish.saved import SavedRun


@dataclass(frozen=True, slots=True)
class Changes:
    """What two runs were given differently.

    Parameters
    ----------
    parameters : tuple of (str, before, after)
        Keys of the configuration, as ``section.key``.
    code : tuple of (str, before, after)
        Versions of the program and its stages.
    new_inputs, gone_inputs, superseded_inputs : tuple of str
        Observations that only the second or only the first run had, and those of which it had another version.
    tables : tuple of str
        What happened to each table of point measurements, in words.
    """

    parameters: tuple[tuple[str, Any, Any], ...]
    code: tuple[tuple[str, Any, Any], ...]
    new_inputs: tuple[str, ...]
    gone_inputs: tuple[str, ...]
    superseded_inputs: tuple[str, ...]
    tables: tuple[str, ...] = ()

    @property
    def inputs(self) -> Mapping[str, str]:
        """What happened to each observation, in words."""
        words = (
            ("new input", self.new_inputs),
            ("input gone", self.gone_inputs),
            ("superseded input", self.superseded_inputs),
        )
        return {name: f"{word} {name}" for word, names in words for name in names}


def changes_between(before: SavedRun, after: SavedRun) -> Changes:
    """What two runs were given differently."""
    old, new = before.inputs, after.inputs
    return Changes(
        tuple(differing(flat(before.record["configuration"]), flat(after.record["configuration"]))),
        tuple(differing(before.record["algorithm_versions"], after.record["algorithm_versions"])),
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(sorted(name for name in old.keys() & new.keys() if _version(old[name]) != _version(new[name]))),
        tuple(
            f"{'new table' if was is None else 'table gone' if now is None else 'another version of table'} {name}"
            for name, was, now in differing(before.tables, after.tables)
        ),
    )


def causes(changes: Changes, rows: Iterable[pd.DataFrame], channels: Mapping[str, str]) -> tuple[str, ...]:
    """What can explain that an event differs.

    Parameters
    ----------
    changes : Changes
        What the runs were given differently.
    rows : iterable of DataFrame
        The event's detections in either run.
    channels : mapping of str to str
        Channel of each observation of both runs.

    Returns
    -------
    tuple of str
        Inputs that its detections name, if any changed; else changed inputs of its channels, which are later looks at
        the place; of heat, which has no detections, changed tables; then parameters, then code.
    """
    held = [frame for frame in rows if len(frame)]
    named = {name for frame in held for name in frame["observation_id"]}
    named |= {name for frame in held for names in frame["reference_ids"] for name in names}
    its_channels = {channel for frame in held for channel in frame["channel"]}
    direct = [text for name, text in changes.inputs.items() if name in named]
    looks = [f"{text} (another look)" for name, text in changes.inputs.items() if channels.get(name) in its_channels]
    parameters = [f"parameter {key}: {old} -> {new}" for key, old, new in changes.parameters]
    code = [f"code {key}: {old} -> {new}" for key, old, new in changes.code]
    return (*(direct or looks), *(() if held else changes.tables), *parameters, *code)


def flat(configuration: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """A configuration's values by ``section.key``."""
    return {f"{section}.{key}": value for section, part in configuration.items() for key, value in part.items()}


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Keys whose values differ, sorted, with both values; None where a side lacks one."""
    names = sorted(before.keys() | after.keys())
    pairs = ((name, before.get(name), after.get(name)) for name in names)
    return [(name, old, new) for name, old, new in pairs if old != new]


def _version(item: Mapping[str, Any]) -> tuple[Any, ...]:
    return item["sha256"], item["path"]
