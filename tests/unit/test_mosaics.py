import numpy as np
import pytest
from misread_sample import observed
from registration_scene import WHOLE

from iovolc.archive import mosaics
from iovolc.archive.origin import Origin
from iovolc.geometry.seams import Seam

PIXELS = np.zeros((90, 180), np.float32)


def test_a_map_without_seams_says_nothing():
    assert mosaics.seams(observed(PIXELS, WHOLE), Origin("a.tif", 2)) == ()


@pytest.mark.parametrize(("count", "said"), [(1, "one line stands out"), (5, "5 lines stand out")])
def test_the_clearest_seams_are_told_with_place_and_size(monkeypatch, count, said):
    seams = (
        Seam((70.0, -74.6), (36.0, -77.0), 0.6, 2.53, 7.0),
        *(count - 1) * (Seam((0.0, 10.0), (-20.0, 12.0), 0.0, 2.0, 6.1),),
    )
    monkeypatch.setattr(mosaics, "find_seams", lambda *_: seams)
    (finding,) = mosaics.seams(observed(PIXELS, WHOLE), Origin("a.tif", 2))
    assert (finding.code, finding.severity, finding.row) == ("E413", "warning", 2)
    assert said in finding.detail
    assert (
        "70 N 285 E to 36 N 283 E (grain changes 2.5-fold, tone steps by 0.6 of its spread, 7.0 sigma)"
        in finding.detail
    )
    assert finding.detail.count("0 N 10 E to 20 S 12 E (grain changes 2.0-fold, 6.1 sigma)") == min(count - 1, 2)
