import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from iovolc.geometry.compiled import frozen_into, kernel

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


TABLE = np.array([1.0, 2.0])


def _looked_up(at: int) -> float:
    return TABLE[at]


def test_a_table_s_values_are_part_of_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    before = frozen_into(_looked_up)
    assert frozen_into(_looked_up) == before
    monkeypatch.setitem(globals(), "TABLE", np.array([1.0, 2.5]))
    assert frozen_into(_looked_up) != before


def test_kernels_divide_as_numpy_does() -> None:
    @kernel
    def over(value: float, by: float) -> float:
        return value / by

    assert over(1.0, 0.0) == np.inf
    assert np.isnan(over(0.0, 0.0))
