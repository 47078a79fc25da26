"""The benchmark's commands: how they explain themselves, and what they say away from the checkout."""

import json

import pytest
from benchmarks.iobench import commands
from tests.small_maps import iovolc

import iovolc as package


@pytest.mark.parametrize("command", ["run", "null", "speed"])
def test_the_commands_explain_themselves(command):
    answer = iovolc("bench", command, "--help")
    assert answer.code == 0
    assert "--json" in answer.out


def test_away_from_the_checkout_the_benchmarks_are_missed_in_words(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "__file__", str(tmp_path / "site" / "iovolc" / "__init__.py"))
    answer = iovolc("bench", "run", "--out", tmp_path / "out")
    assert answer.code == 2
    assert "belong to the checkout" in answer.err
    assert not (tmp_path / "out").exists()


def test_an_unknown_suite_is_a_configuration_error(tmp_path):
    answer = iovolc("bench", "run", "--out", tmp_path, "--suite", "huge", "--quiet")
    assert answer.code == 2
    assert "suites are" in answer.err


def test_the_null_is_told_in_lines_and_as_json(tmp_path, monkeypatch):
    row = {"epochs": 3, "q": 0.1, "runs": 20, "with_events": 1, "allowed": 4}
    monkeypatch.setattr(commands, "bench_null", lambda *_, **__: {"rows": [row]})
    assert iovolc("bench", "null", "--out", tmp_path, "--quiet").out == "3 epochs, q 0.1: 1 of 20 runs, 4 allowed\n"
    assert json.loads(iovolc("bench", "null", "--out", tmp_path, "--quiet", "--json").out) == {"rows": [row]}


def test_false_discoveries_are_told_in_lines(tmp_path, monkeypatch):
    row = {"changes": 12, "q": 0.1, "rate": 0.04, "scenes": 20, "power": 0.9}
    monkeypatch.setattr(commands, "bench_discovery", lambda *_, **__: {"rows": [row]})
    told = iovolc("bench", "discovery", "--out", tmp_path, "--quiet").out
    assert told == "12 changes, q 0.1: 0.040 false in 20 scenes, power 0.90\n"
