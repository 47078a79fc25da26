import numpy as np
import pytest

from iovolc.geometry import lattice
from iovolc.model.epoch import Lattice


def linear_in_latitude(step_deg: float) -> Lattice:
    lat, lon_e = lattice.nodes(step_deg)
    values = np.stack(np.broadcast_arrays(lat[:, None], np.cos(np.radians(lon_e))[None, :], 1.0), axis=-1)
    return Lattice(values.astype(np.float32), step_deg)


def test_nodes_reach_both_poles_and_stop_before_the_seam() -> None:
    lat, lon_e = lattice.nodes(30.0)
    assert lat.tolist() == [-90, -60, -30, 0, 30, 60, 90]
    assert (lon_e[0], lon_e[-1], lon_e.size) == (-180.0, 150.0, 12)


@pytest.mark.parametrize("step_deg", [7.0, 0.0, -5.0, 400.0])
def test_a_step_that_does_not_divide_the_sphere_is_refused(step_deg: float) -> None:
    with pytest.raises(ValueError, match="divide 180"):
        lattice.nodes(step_deg)


def test_nodes_and_the_middle_between_them_are_exact() -> None:
    found = lattice.sample(linear_in_latitude(30.0), [30.0, 45.0, 90.0, -90.0], [60.0, 75.0, 10.0, 10.0])
    assert found[:, 0] == pytest.approx([30.0, 45.0, 90.0, -90.0])
    assert found[:2, 1] == pytest.approx([0.5, 0.25], abs=1e-6)


def test_the_seam_is_closed() -> None:
    item = linear_in_latitude(30.0)
    across = lattice.sample(item, 0.0, [165.0, -195.0, 525.0])[:, 1]
    assert across == pytest.approx([0.5 * (-1.0 + np.cos(np.radians(150.0)))] * 3, abs=1e-6)


def test_all_components_keep_the_broadcast_shape() -> None:
    found = lattice.sample(linear_in_latitude(45.0), np.zeros((2, 1)), np.zeros(5))
    assert found.shape == (2, 5, 3)
    assert np.all(found[..., 2] == 1.0)
