"""What holds of every photometric function, whatever its parameters."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from iovolc.light.photometric import PARAMETERS, Photometry, derivatives, reflectance

RANGES = {
    "limb_weight": (0.0, 1.0),
    "limb_weight_per_deg": (-0.01, 0.005),
    "k": (0.3, 1.2),
    "k_per_deg": (-0.002, 0.004),
    "phase_slope_per_deg": (0.0, 0.03),
    "surge": (0.0, 1.0),
    "surge_width_deg": (0.5, 10.0),
    "single_scattering_albedo": (0.05, 0.99),
    "asymmetry": (-0.6, 0.3),
    "roughness_deg": (0.0, 45.0),
    "surge_h": (0.01, 0.5),
}
ANGLES = st.tuples(st.floats(0.0, 89.0), st.floats(0.0, 89.0), st.floats(0.0, 180.0))


@st.composite
def photometries(draw: st.DrawFn) -> Photometry:
    model = draw(st.sampled_from(sorted(PARAMETERS)))
    return Photometry(model, tuple(draw(st.floats(*RANGES[name])) for name in PARAMETERS[model]))  # pyright: ignore[reportArgumentType]


def phase_deg(incidence: float, emission: float, azimuth: float) -> float:
    i, e, a = np.radians((incidence, emission, azimuth))
    return float(np.degrees(np.arccos(np.clip(np.cos(i) * np.cos(e) + np.sin(i) * np.sin(e) * np.cos(a), -1.0, 1.0))))


@settings(max_examples=200, deadline=None)
@given(photometries(), ANGLES)
def test_it_is_positive_finite_and_reciprocal(photometry: Photometry, angles: tuple[float, float, float]) -> None:
    incidence, emission, azimuth = angles
    phase = phase_deg(incidence, emission, azimuth)
    there = float(reflectance(photometry, incidence, emission, phase)) / np.cos(np.radians(incidence))
    back = float(reflectance(photometry, emission, incidence, phase)) / np.cos(np.radians(emission))
    assert np.isfinite(there)
    assert there >= 0.0
    assert abs(there - back) <= 1e-6 * max(there, back) + 1e-12
    assert np.isfinite(derivatives(photometry, incidence, emission, phase)).all()


@settings(max_examples=100, deadline=None)
@given(photometries())
def test_normal_albedo_is_seen_in_the_zenith_whatever_the_parameters(photometry: Photometry) -> None:
    assert abs(float(reflectance(photometry, 0.0, 0.0, 0.0)) - 1.0) < 1e-9
    assert np.abs(derivatives(photometry, 0.0, 0.0, 0.0)).max() < 1e-9


@settings(max_examples=100, deadline=None)
@given(photometries(), ANGLES)
def test_planes_of_single_precision_give_nearly_the_same(
    photometry: Photometry, angles: tuple[float, float, float]
) -> None:
    incidence, emission, azimuth = angles
    place = (incidence, emission, phase_deg(incidence, emission, azimuth))
    exact = float(reflectance(photometry, *place))
    single = float(reflectance(photometry, *(np.float32(angle) for angle in place)))
    assert abs(single - exact) <= 1e-3 * exact + 1e-4
