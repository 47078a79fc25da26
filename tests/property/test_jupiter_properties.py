"""Jupiter's light, wherever Sun and Jupiter stand."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iovolc.geometry.sphere import unit_vectors
from iovolc.light.jupiter import jupiter_phase_deg, lit_centroid, lit_centroid_offset_deg, soft_horizon

skies = st.tuples(st.floats(-3.2, 3.2), st.floats(-180.0, 180.0), st.floats(-0.2, 0.2), st.floats(-1.0, 0.5))
NORMALS = np.random.default_rng(0).normal(size=(4000, 3))
NORMALS /= np.linalg.norm(NORMALS, axis=1, keepdims=True)


@given(skies)
@settings(max_examples=20, deadline=None)
def test_a_horizon_hides_light_but_never_makes_it(sky: tuple[float, float, float, float]) -> None:
    sun, jupiter = unit_vectors(*sky[:2]), unit_vectors(*sky[2:])
    factor = soft_horizon(sun, jupiter).factor(NORMALS, jupiter)
    point = NORMALS @ lit_centroid(sun, jupiter)
    assert (factor >= point.clip(0.0) * (NORMALS @ jupiter > -np.sin(np.radians(9.8))) - 5e-4).all()
    assert (factor <= 1.0).all()
    np.testing.assert_allclose(factor[point > 0.35], point[point > 0.35], atol=1e-12)
    assert (factor[NORMALS @ jupiter < -np.sin(np.radians(10.0))] == 0.0).all()


@given(skies)
@settings(max_examples=50, deadline=None)
def test_the_centroid_lies_between_jupiter_and_sun(sky: tuple[float, float, float, float]) -> None:
    sun, jupiter = unit_vectors(*sky[:2]), unit_vectors(*sky[2:])
    light, phase = lit_centroid(sun, jupiter), float(jupiter_phase_deg(sun, jupiter))
    assert abs(np.linalg.norm(light) - 1.0) < 1e-12
    assert abs(light @ np.cross(sun, jupiter)) < 1e-9
    if 0.01 < phase < 165.0:
        turned = np.degrees(np.arccos(np.clip(light @ jupiter, -1.0, 1.0)))
        assert abs(turned - lit_centroid_offset_deg(phase)) < 1e-4
        assert light @ sun > jupiter @ sun
