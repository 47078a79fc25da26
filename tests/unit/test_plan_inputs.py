from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from iovolc.config import load
from iovolc.parallel import Threads
from iovolc.pipeline.context import Context
from iovolc.pipeline.plan_inputs import _comparisons
from store_sample import put


def row(year=None, channel="green"):
    stop_utc = None if year is None else datetime(year, 1, 1, tzinfo=UTC)
    return SimpleNamespace(row=SimpleNamespace(channel=channel, stop_utc=stop_utc))


@pytest.mark.parametrize(
    ("new", "found"),
    [
        ([row(2001)], [3]),
        ([row(2001), row(2002)], [3, 3]),
        ([row()], [3]),
        ([row(channel="")], [3]),
        ([row(1990)], [1, 2, 3]),
        ([row(2001, "red")], []),
        ([row(2001, "red"), row(2002, "red")], [1]),
        ([row(2001, "M")], []),
    ],
)
def test_what_new_rows_entail(tmp_path, new, found):
    held = [put(tmp_path, index) for index in range(3)]  # 1996 and 1997
    context = Context(tmp_path, load(None, ("detect.max_predecessors=3",)), Threads(1))
    assert list(_comparisons(held, new, context)) == found


def test_no_more_predecessors_than_are_compared(tmp_path):
    held = [put(tmp_path, index) for index in range(3)]
    context = Context(tmp_path, load(None, ("detect.max_predecessors=2",)), Threads(1))
    assert list(_comparisons(held, [row(2001)], context)) == [2]
