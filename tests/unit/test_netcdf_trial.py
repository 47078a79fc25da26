"""Files that would kill the process, or hold it for ever, are refused by a trial in another one."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.bad_labels import netcdf_classic, write_netcdf

from iovolc.archive.formats import netcdf_trial
from iovolc.archive.origin import Origin
from iovolc.errors import UnreadableProduct

ORIGIN = Origin("a.nc")


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "a.nc"
    write_netcdf(path).close()
    return path


def test_all_variables_of_a_sound_file_are_tried(sound: Path) -> None:
    assert netcdf_trial.try_out(sound) == ["albedo", "lat", "lon"]
    sound.write_bytes(netcdf_classic())
    assert netcdf_trial.try_out(sound) == ["albedo"]


def test_what_is_only_damaged_is_left_to_the_reader(sound: Path) -> None:
    sound.write_bytes(sound.read_bytes()[:2000])
    assert netcdf_trial.try_out(sound) == []
    netcdf_trial.refuse_deadly(sound, ORIGIN)


@pytest.mark.parametrize(
    ("program", "said"), [("import os; os.abort()", "break down"), ("import time; time.sleep(60)", "no end")]
)
def test_a_trial_that_dies_or_does_not_end_refuses_the_file(
    sound: Path, monkeypatch: pytest.MonkeyPatch, program: str, said: str
) -> None:
    run = subprocess.run

    def instead(command: list[str], **options: object) -> object:
        assert command[1:] == ["-m", "iovolc.archive.formats.netcdf_trial", str(sound)]
        return run([sys.executable, "-c", program], **options)

    monkeypatch.setattr(netcdf_trial, "LEAST_S", 0.3 if "sleep" in program else 60.0)
    monkeypatch.setattr(subprocess, "run", instead)
    with pytest.raises(UnreadableProduct, match=f"E102.*{said}"):
        netcdf_trial.refuse_deadly(sound, ORIGIN)
