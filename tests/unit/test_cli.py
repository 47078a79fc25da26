"""The command line by itself: help, configuration, selections as overrides, and faults. No map is read here."""

import subprocess
import sys

import pytest
import yaml
from tests.small_maps import iovolc

from iovolc.cli.options import selection
from iovolc.config import Config, load

COMMANDS = (
    "demo", "run", "ingest", "detect", "track", "publish", "check", "rerun", "diff", "explain", "serve", "status",
    "verify", "gc", "doctor", "config", "fit-photometry", "figure", "wallpaper", "export",
)  # fmt: skip


def test_help_lists_every_command():
    answer = iovolc("--help")
    assert answer.code == 0
    for command in COMMANDS:
        assert f"  {command} " in answer.out


def test_without_a_command_the_help_is_shown():
    assert iovolc().code == 2


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in {"config", "export"}])
def test_every_command_explains_itself(command):
    answer = iovolc(command, "--help")
    assert answer.code == 0
    assert "--json" in answer.out


def test_help_loads_nothing_heavy():
    program = "import sys, iovolc.cli; print([m for m in ('numpy','dask','rasterio','numba') if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout == "[]\n"


def test_the_template_is_the_default_configuration(tmp_path):
    template = iovolc("config", "template")
    path = tmp_path / "iovolc.yaml"
    path.write_text(template.out)
    assert load(path) == Config()
    answer = iovolc("config", "validate", path)
    assert (answer.code, answer.out) == (0, f"valid; sha256 {Config().digest()}\n")
    assert all(line.lstrip().startswith("#") or ":" in line for line in template.out.splitlines() if line)


@pytest.mark.parametrize("text", ["detect: {q: 2}", "detect: {qq: 0.1}", "- a list", "a: [", "grid: 4"])
def test_a_configuration_that_cannot_be_used_ends_with_2(tmp_path, text):
    (tmp_path / "bad.yaml").write_text(text)
    answer = iovolc("config", "validate", tmp_path / "bad.yaml")
    assert answer.code == 2
    assert "configuration" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "arguments",
    [("fly",), ("ingest",), ("run", "a.csv"), ("ingest", "a.csv", "--store"), ("status", "--store", "s", "--speed")],
)
def test_wrong_usage_ends_with_2(arguments):
    assert iovolc(*arguments).code == 2


def test_selections_become_overrides():
    chosen = selection("1996-01-01", "2001-01-01T12:00:00Z", "-30,-10,30.5,10", ["red", "green"], "Loki Patera")
    assert load(None, chosen).select.model_dump() == {
        "since": "1996-01-01",
        "until": "2001-01-01T12:00:00Z",
        "channels": ("red", "green"),
        "region": (-30.0, -10.0, 30.5, 10.0),
        "site": "Loki Patera",
    }


def test_no_selection_leaves_the_configuration_alone():
    assert selection("", "", "", None, "") == ()


@pytest.mark.parametrize("site", ["Hi'iaka Patera", 'a "b": c', "# 1", "Mêlée", "Loki"])
def test_a_site_may_hold_any_sign(site):
    assert load(None, selection("", "", "", None, site)).select.site == site


@pytest.mark.parametrize("option", [("--region", "1,2,3"), ("--region", "a,b,c,d"), ("--channel", "[")])
def test_a_selection_that_cannot_be_read_ends_with_2(tmp_path, option):
    answer = iovolc("publish", "--store", tmp_path / "store", "--out", tmp_path / "out", *option)
    assert answer.code == 2
    assert "select" in answer.err


@pytest.mark.parametrize("command", ["detect", "track", "status"])
def test_a_store_without_epochs_is_nothing_to_do(tmp_path, command):
    answer = iovolc(command, "--store", tmp_path / "store")
    assert answer.code == 0
    assert "holds no epoch yet: run `iovolc ingest` first" in answer.err


def test_a_fault_of_the_machine_ends_with_5_and_tells_all(tmp_path, monkeypatch):
    def fail(_):
        raise PermissionError(13, "the disk is read-only")

    monkeypatch.setattr("iovolc.pipeline.status.status", fail)
    answer = iovolc("status", "--store", tmp_path)
    assert answer.code == 5
    assert "the disk is read-only" in answer.err


def test_an_empty_store_is_sound_and_clean(tmp_path):
    assert iovolc("gc", "--store", tmp_path).out == "0 (0.0 MB) to delete; add --delete\n"


def test_the_template_says_what_each_key_does():
    lines = iovolc("config", "template").out.splitlines()
    keys = [i for i, line in enumerate(lines) if line.startswith("  ") and not line.lstrip().startswith("#")]
    assert len(keys) == sum(len(part) for part in yaml.safe_load("\n".join(lines)).values())
    assert all(lines[i - 1].lstrip().startswith("# ") for i in keys)
