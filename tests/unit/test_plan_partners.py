"""Which earlier epochs of a store an epoch is compared with, as the plan of a run tells it."""

from datetime import timedelta

import numpy as np
import pytest

from iovolc.config import load
from iovolc.cube.epochs import write_epoch
from iovolc.cube.manifest import commit
from iovolc.model.epoch import Epoch, Layers
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import plan
from store_sample import GRID, PROVENANCE, START, sample_record, sample_registration

NEAR, FAR = 40, 760
DISCS = 30
FEWER = ("detect.max_predecessors=3",)


def disc(store, number, first_col, resolution_km=8.0, cols=80):
    """A stored epoch that shows one part of the equator from this column on."""
    value = np.full(GRID.sheet("equator").shape, np.nan, np.float32)
    value[160:240, first_col : first_col + cols] = 0.5
    layers = Layers(value, value * np.float32(0.01), np.where(np.isnan(value), 1, 0).astype(np.uint16))
    time = START + timedelta(days=number)
    record = sample_record(number, id=f"disc-{number:02d}", time_utc=time, start_utc=time, stop_utc=time)
    epoch = Epoch(record, {"equator": layers}, sample_registration(), resolution_km)
    return write_epoch(store, epoch, GRID, PROVENANCE)


@pytest.fixture
def compared(tmp_path):
    """The numbers of the discs that the last of a channel is compared with, from where each of them looks."""

    def of(first_cols, *, far_km=8.0, settings=()):
        discs = [disc(tmp_path, k, col, far_km if col == FAR else 8.0) for k, col in enumerate(first_cols)]
        manifest = commit(tmp_path, GRID, discs)
        context = Context(tmp_path, load(None, ("grid.pixels_per_degree=4", *settings)), Threads(1))
        return [int(entry.observation_id[-2:]) for entry in plan(manifest, context)[-1].predecessors]

    return of


def test_discs_of_the_far_side_do_not_crowd_out_the_few_that_show_the_same_ground(compared):
    few = (0, 3, 9)
    cols = [NEAR if number in few else FAR for number in range(DISCS - 1)]
    assert compared([*cols, NEAR], far_km=2.0) == list(few)


def test_a_disc_of_new_ground_is_compared_with_one_so_that_the_run_tells_of_it(compared):
    assert len(compared([FAR] * 4 + [NEAR], settings=FEWER)) == 1


def test_in_a_small_channel_all_are_compared(compared):
    assert compared([FAR] * 3 + [NEAR], settings=FEWER) == [0, 1, 2]


def test_a_strip_that_fills_no_block_keeps_its_predecessors(tmp_path):
    discs = [disc(tmp_path, number, NEAR) for number in range(5)]
    strip = disc(tmp_path, 5, NEAR, cols=3)
    context = Context(tmp_path, load(None, ("grid.pixels_per_degree=4", *FEWER)), Threads(1))
    assert len(plan(commit(tmp_path, GRID, [*discs, strip]), context)[-1].predecessors) == 3
