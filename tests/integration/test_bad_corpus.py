"""Every bad file and catalogue: refused by number with cause and fix, nothing else is read, nothing is reached."""

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path

import pytest
from tests.small_maps import iovolc

from bad_files import NAMES, entries_of, make_corpus
from iovolc.errors import PROBLEMS

TESTS = Path(__file__).parents[1]
SAID = re.compile(r"(E\d{3}) .+: .+: .+\. Mend: .+\.")
GROWTH_MB = 600.0
RINGS = ("link-to-itself", "links-in-a-ring")
UNFORESEEN = "its reader fails with"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus") / "bad"
    make_corpus(folder)
    return folder


@pytest.fixture(scope="module")
def watched(corpus, tmp_path_factory):
    """What happened when a process of its own read and ingested the corpus."""
    store = tmp_path_factory.mktemp("watched") / "store"
    command = [sys.executable, str(TESTS / "bad_watch.py"), str(corpus), str(store)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | {"HOME": str(store)})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) | {"store": str(store)}


def test_the_corpus_is_large_and_of_many_kinds():
    assert len(set(NAMES)) == len(NAMES) >= 200
    kinds = Counter(name.partition("-")[0] for name in NAMES)
    wanted = ("tiff", "png", "jpeg", "pds3", "pds4", "isis3", "vicar", "fits", "netcdf", "hdf5", "zarr", "path", "time")
    assert all(kinds[kind] >= 3 for kind in wanted), kinds


def test_the_corpus_is_the_same_each_time(corpus, tmp_path):
    make_corpus(tmp_path / "again")
    for path in sorted((tmp_path / "again").rglob("*")):
        twin = corpus / path.relative_to(tmp_path / "again")
        assert twin.lstat().st_mode == path.lstat().st_mode
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 1 << 22:
            assert twin.read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("name", NAMES)
def test_it_is_refused_by_number_with_cause_and_fix(corpus, watched, name):
    entry = next(entry for entry in entries_of(corpus) if entry.name == name)
    result = watched["results"][name]
    assert result["codes"], f"{name} was taken for sound"
    assert set(result["codes"]) <= (set(entry.codes) or set(PROBLEMS)), result["texts"]
    assert result["sound"] == entry.survivors, result["texts"]
    for text in result["texts"]:
        assert SAID.fullmatch(text), text
        assert text.isprintable()
        assert UNFORESEEN not in text


def test_an_ingest_of_all_names_the_same_and_keeps_the_good_rows(watched):
    read = Counter(code for result in watched["results"].values() for code in result["codes"])
    assert not read - Counter(watched["ingest"])
    assert "a" in watched["epochs"]  # the good row under an id of its own
    assert any(name.startswith("red-19990703t060000z-") for name in watched["epochs"])


def test_memory_stays_bounded(watched):
    assert watched["growth_mb"] < GROWTH_MB


def test_nothing_is_reached_and_nothing_else_is_opened(corpus, watched):
    # HDF5 files are tried in a process of iovolc's own, which opens that one file.
    trial = f"'-m', 'iovolc.archive.formats.netcdf_trial', '{corpus}/"
    assert [text for text in watched["reached"] if not (text.startswith("subprocess.Popen") and trial in text)] == []
    places = {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values(), *sys.path, TESTS.parent, watched["store"]}
    allowed = [os.path.realpath(place) for place in (*places, corpus, "/dev/null") if place]
    strange = [path for path in watched["opened"] if not any(Path(path).is_relative_to(place) for place in allowed)]
    assert [path for path in strange if not re.fullmatch(r"/proc/\d+/(status|clear_refs)", path)] == []
    assert [path for path in watched["opened"] if Path(path).is_relative_to(corpus / "outside")] == []
    assert any(Path(path).is_relative_to(corpus / "tiff-no-tags") for path in watched["opened"])


def test_the_command_line_shows_no_traceback(corpus):
    usual = [entry for entry in entries_of(corpus) if entry.survivors]
    chosen = [entry.catalogue for entry in usual[::9]]
    answer = iovolc("check", *chosen, "--json")
    assert answer.code == 3
    assert "Traceback" not in answer.out + answer.err
    assert len(answer.values["findings"]) >= len(chosen)
    for name in NAMES[-4:]:
        answer = iovolc("check", next(entry.catalogue for entry in entries_of(corpus) if entry.name == name))
        assert answer.code == 3
        assert SAID.search(answer.out + answer.err)


@pytest.mark.parametrize("name", RINGS)
def test_the_command_line_survives_links_in_a_ring(corpus, name):
    answer = iovolc("check", corpus / name / "catalogue.csv")
    assert answer.code == 3
    assert "E106" in answer.out + answer.err
