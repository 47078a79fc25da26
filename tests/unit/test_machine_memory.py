import os
import subprocess
import sys

import pytest

from iovolc import machine

PLANES = """
import resource, sys
import numpy as np
if sys.argv[1] == "flows":
    import flows
if sys.argv[1] == "again":
    from iovolc.machine import use_freed_memory_again
    use_freed_memory_again()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    np.ones(10_000_000, np.float32)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how, **environment):
    """How often 20 planes of 40 MB, one after the other, asked the system for a page."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    # Large pages would hide what is counted.
    variables |= {"NUMPY_MADVISE_HUGEPAGE": "0", **environment}
    done = subprocess.run(
        [sys.executable, "-c", PLANES, how], env=variables, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc's malloc is told")
@pytest.mark.parametrize("how", ["again", "flows"])
def test_a_plane_that_was_freed_is_used_again(how):
    assert faults(how) < 0.2 * faults("plain")


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc's malloc is told")
def test_what_the_user_has_set_stays():
    assert faults("again", MALLOC_MMAP_MAX_="65536") > 0.8 * faults("plain")


def test_another_malloc_is_left_alone(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    monkeypatch.delenv("MALLOC_MMAP_MAX_", raising=False)
    machine.use_freed_memory_again()
    assert "MALLOC_MMAP_MAX_" not in os.environ


FILES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (64, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
from iovolc.machine import allow_many_files
allow_many_files()
held = [open("/dev/null") for _ in range(500)]
"""


def test_a_process_may_hold_more_files_than_it_was_given():
    subprocess.run([sys.executable, "-c", FILES], check=True)
