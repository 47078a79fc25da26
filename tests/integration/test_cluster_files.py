"""The files for SLURM and Kubernetes, as far as they can be tried without either."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.small_maps import iovolc

FOLDER = Path(__file__).parents[2] / "docs" / "cluster"
OBJECTS = list(yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text()))
SRUN = """#!/usr/bin/env bash
for _ in $(seq "${1#--ntasks=}"); do "${@:2}" & done
wait
"""


def containers():
    """The containers of all objects by their kind."""
    for thing in OBJECTS:
        spec = thing["spec"]
        if thing["kind"] == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        for container in spec.get("template", {}).get("spec", {}).get("containers", ()):
            yield thing["kind"], container


@pytest.mark.slow
def test_a_job_of_slurm_gives_the_outputs_of_one_machine(whole, tmp_path) -> None:
    fake = tmp_path / "bin" / "srun"
    fake.parent.mkdir()
    fake.write_text(SRUN)
    fake.chmod(0o755)
    pairs = [part for pair in whole.settings for part in ("--set", pair)]
    path = f"{fake.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    given = {"PATH": path, "SLURM_NTASKS": "2", "SLURM_MEM_PER_CPU": "2048", "SLURM_JOB_ID": "7"}
    store, out = tmp_path / "store", tmp_path / "out"
    done = subprocess.run(
        ["bash", str(FOLDER / "slurm.sh"), str(whole.inbox), "--store", str(store), "--out", str(out), *pairs],
        cwd=tmp_path,
        env={**os.environ, **given},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 4, done.stderr  # one of the maps is broken
    whole.check(store, out)
    assert not (tmp_path / "dask-7.json").exists()


@pytest.mark.parametrize("command", [item["command"] for _, item in containers()], ids=lambda line: " ".join(line[:2]))
def test_commands_of_kubernetes_have_options_that_exist(command) -> None:
    if command[0] == "iovolc":
        assert iovolc(*command[1:], "--help").code == 0
        return
    line = [sys.executable, "-m", *command, "--help"]  # an unknown option is refused before the help is shown
    assert subprocess.run(line, capture_output=True, check=False).returncode == 0


def test_objects_of_kubernetes_fit_together() -> None:
    (service,) = (thing for thing in OBJECTS if thing["kind"] == "Service")
    port = service["spec"]["ports"][0]["port"]
    address = f"tcp://{service['metadata']['name']}:{port}"
    found = {container["name"]: container for _, container in containers()}
    assert set(found) == {"scheduler", "worker", "monitor"}
    assert str(port) in found["scheduler"]["command"]
    assert all(address in found[name]["command"] for name in ("worker", "monitor"))
    assert found["worker"]["volumeMounts"] == found["monitor"]["volumeMounts"]
    for thing in OBJECTS:
        if thing["kind"] == "Deployment":
            labels = thing["spec"]["template"]["metadata"]["labels"]
            assert thing["spec"]["selector"]["matchLabels"] == labels
