import io
import json
import sys
from pathlib import Path

import pytest

from iovolc.console import answer, exit_code, progress, say
from iovolc.errors import (
    AlgorithmError,
    ConfigError,
    DataQualityError,
    Finding,
    NoWork,
    StoreConflict,
    TransientIOError,
    UnreadableProduct,
)  # fmt: skip


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoWork("nothing new"), 0),
        (ConfigError("no such section"), 2),
        (UnreadableProduct([Finding("E101", "map.tif", "No such file")]), 3),
        (StoreConflict("another writer"), 5),
        (TransientIOError("try again"), 5),
        (AlgorithmError("no tiles"), 5),
        (DataQualityError("empty"), 5),
    ],
)
def test_exit_codes_are_the_documented_ones(error, code):
    assert exit_code(error) == code


def test_without_a_terminal_there_is_a_line_per_tenth(capsys):
    with progress(quiet=False) as report:
        for done in range(1, 41):
            report("ingest", done, 40)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"ingest: {done} of 40" for done in range(4, 41, 4)]


def test_few_tasks_are_all_told(capsys):
    with progress(quiet=False) as report:
        for done in (1, 2, 3):
            report("detect", done, 3)
    assert capsys.readouterr().err == "detect: 1 of 3\ndetect: 2 of 3\ndetect: 3 of 3\n"


def test_quiet_says_nothing(capsys):
    with progress(quiet=True) as report:
        report("ingest", 1, 1)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_gets_bars_with_label_and_count(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress(quiet=False) as report:
        report("ingest", 1, 2)
        report("ingest", 2, 2)
        report("detect", 1, 5)
    assert "ingest" in screen.getvalue()
    assert "2/2" in screen.getvalue()
    assert "1/5" in screen.getvalue()


def test_lines_for_people_go_to_standard_error_and_answers_to_standard_output(capsys):
    say("working")
    answer({"events": 2}, "2 events", as_json=False)
    assert capsys.readouterr() == ("2 events\n", "working\n")


def test_a_json_answer_is_json_and_nothing_else(capsys):
    answer({"page": Path("out/index.html"), "events": 2}, "2 events", as_json=True)
    assert json.loads(capsys.readouterr().out) == {"events": 2, "page": "out/index.html"}
