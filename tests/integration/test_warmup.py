"""The warm-up leaves nothing to compile for the first run."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


def test_the_warm_up_fills_the_cache_and_leaves_nothing_else(tmp_path):
    cache, work = tmp_path / "cache", tmp_path / "work"
    cache.mkdir()
    work.mkdir()
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(cache), "TMPDIR": str(work)}
    environment.pop("NUMBA_DISABLE_JIT", None)
    subprocess.run([sys.executable, "-m", "iovolc.pipeline.warmup"], check=True, cwd=work, env=environment)
    kernels = {path.name.split(".")[0] for path in cache.rglob("*.nbi")}
    assert {"smooth", "separable", "fused", "matched", "pyramid", "residual"} <= kernels
    assert not list(work.iterdir())
