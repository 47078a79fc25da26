"""Every peer ranks a plain change above quiet ground, gaps or not."""

from datetime import UTC, datetime

import numpy as np
import pytest
from benchmarks.iobench.peers import PEERS, Peer, two_date

TIMES = tuple(datetime(1996 + k, 1, 1, tzinfo=UTC) for k in range(8))
PLACE = np.s_[20:26, 30:38]


def bands():
    """Two bands of noise with gaps; from the sixth look on a square is darker."""
    rng = np.random.default_rng(5)
    cubes = {}
    for name in ("red", "blue"):
        terrain = 0.3 * rng.standard_normal((48, 64))
        cube = (terrain + 0.02 * rng.standard_normal((8, 48, 64))).astype(np.float32)
        cube[5:, *PLACE] -= 0.5
        cube[2, :, :20] = np.nan
        cube[6, 40:] = np.nan
        cubes[name] = cube
    return cubes


RUNNABLE = [peer for peer in PEERS if not peer.missing]


@pytest.mark.parametrize("peer", RUNNABLE, ids=lambda peer: peer.name)
def test_a_plain_change_stands_out(peer):
    score = peer.score(bands(), TIMES)
    assert score.shape == (48, 64)
    quiet = np.ones(score.shape, bool)
    quiet[PLACE] = False
    assert np.median(score[PLACE]) > np.quantile(score[quiet], 0.99)


def test_what_is_not_installed_is_said():
    assert "no_such_package" in Peer("x", two_date, "", "no_such_package").missing
    assert Peer("x", two_date, "").missing == ""


def test_places_never_seen_have_no_score():
    cubes = {name: np.where(np.arange(64) < 3, np.float32(np.nan), cube) for name, cube in bands().items()}
    assert np.isneginf(two_date(cubes, TIMES)[:, :3]).all()
