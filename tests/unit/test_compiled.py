import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numba import config as numba_config

from iovolc.geometry.compiled import frozen_into, inlined, kernel

compiled_only = pytest.mark.skipif(bool(numba_config.DISABLE_JIT), reason="nothing is compiled")

CALLER = """
from iovolc.geometry.compiled import kernel
from steps import FACTOR, grown

@kernel
def answer(value):
    return FACTOR * grown(value)

print(answer(10.0), sum(answer.stats.cache_hits.values()))
"""
STEPS = """
from iovolc.geometry.compiled import inlined

FACTOR = {factor}
ADDED = {added}

@inlined
def grown(value):
    return value + ADDED
"""


def answer(folder: Path) -> tuple[float, int]:
    """What a process of its own computes, and how often it found the machine code kept."""
    told = subprocess.run(
        [sys.executable, "caller.py"], cwd=folder, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    return float(told[0]), int(told[1])


@compiled_only
def test_machine_code_is_kept_only_while_other_files_that_it_was_made_from_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "caller.py").write_text(CALLER, encoding="utf-8")
    steps = tmp_path / "steps.py"
    steps.write_text(STEPS.format(factor=2.0, added=1.0), encoding="utf-8")
    assert answer(tmp_path) == (22.0, 0)
    assert answer(tmp_path) == (22.0, 1)
    steps.write_text(STEPS.format(factor=3.0, added=1.0), encoding="utf-8")  # a constant of another file
    assert answer(tmp_path) == (33.0, 0)
    steps.write_text(STEPS.format(factor=3.0, added=5.0), encoding="utf-8")  # one that only another kernel names
    assert answer(tmp_path) == (45.0, 0)
    assert answer(tmp_path) == (45.0, 1)


TABLE: Any = np.array([1.0, 2.0])


def _looked_up(at: int) -> float:
    return TABLE[at]


@compiled_only
@pytest.mark.parametrize(
    ("before", "after"), [(np.array([1.0, 2.0]), np.array([1.0, 2.5])), ((1, 23), (12, 3)), (1, 1.0), (True, 1)]
)
def test_the_values_it_names_are_part_of_a_kernel(monkeypatch: pytest.MonkeyPatch, before: Any, after: Any) -> None:
    looked_up = kernel(_looked_up)
    monkeypatch.setitem(globals(), "TABLE", before)
    told = frozen_into(looked_up)
    assert frozen_into(looked_up) == told
    monkeypatch.setitem(globals(), "TABLE", after)
    assert frozen_into(looked_up) != told


@compiled_only
def test_so_are_its_options_and_those_of_what_it_calls() -> None:
    assert frozen_into(kernel(_looked_up)) != frozen_into(inlined(_looked_up))


@compiled_only
def test_so_are_constants_in_its_code() -> None:
    def one(value: float) -> float:
        return value * 1 + 23

    def other(value: float) -> float:
        return value * 12 + 3

    assert frozen_into(kernel(one)) != frozen_into(kernel(other))


@compiled_only
def test_kernels_divide_as_numpy_does() -> None:
    @kernel
    def over(value: float, by: float) -> float:
        return value / by

    assert over(1.0, 0.0) == np.inf
    assert np.isnan(over(0.0, 0.0))
