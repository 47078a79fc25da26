"""The benchmark's fine base map, beside the map of the package to which its epochs are registered."""

import numpy as np
import pytest
from benchmarks.iobench.surface import PACKAGED, REAL_MAP, columns_apart, load_base

pytestmark = pytest.mark.real


def test_places_of_the_fine_map_lie_where_the_packaged_one_shows_them(real_maps, monkeypatch):
    monkeypatch.setenv("IOVOLC_REAL_DATA", str(real_maps.parent))
    fine = load_base(8)
    monkeypatch.delenv("IOVOLC_REAL_DATA")
    packaged = load_base(8)
    assert (fine.name, packaged.name) == (REAL_MAP, PACKAGED)
    assert abs(columns_apart(packaged.surface.planes, fine.surface.planes)) < 0.05
    assert np.isfinite(fine.surface.planes).all()
