"""Hapke's model against the formulas of the papers, written out once more without sharing code."""

import math

import numpy as np
import pytest
from tests.unit.photometry_sample import angles

from iovolc.light.photometric import Photometry, derivatives, reflectance


def as_printed(i: float, e: float, g: float, w: float, b: float, theta: float, b0: float, h: float) -> float:
    """Equations of Hapke (1984) and (1986), angle by angle; i, e, g and theta in radians."""
    chi = 1.0 / math.sqrt(1.0 + math.pi * math.tan(theta) ** 2)

    def e1(y: float) -> float:
        return math.exp(-2.0 / math.pi / math.tan(theta) / math.tan(y))

    def e2(y: float) -> float:
        return math.exp(-1.0 / math.pi / math.tan(theta) ** 2 / math.tan(y) ** 2)

    def eta(y: float) -> float:
        return chi * (math.cos(y) + math.sin(y) * math.tan(theta) * e2(y) / (2.0 - e1(y)))

    psi = math.acos((math.cos(g) - math.cos(i) * math.cos(e)) / (math.sin(i) * math.sin(e)))
    f = math.exp(-2.0 * math.tan(psi / 2.0))
    s2, tan = math.sin(psi / 2.0) ** 2, math.tan(theta)
    if i <= e:
        left = 2.0 - e1(e) - psi / math.pi * e1(i)
        mu0 = chi * (math.cos(i) + math.sin(i) * tan * (math.cos(psi) * e2(e) + s2 * e2(i)) / left)
        mu = chi * (math.cos(e) + math.sin(e) * tan * (e2(e) - s2 * e2(i)) / left)
        shadow = chi / (1.0 - f + f * chi * math.cos(i) / eta(i))
    else:
        left = 2.0 - e1(i) - psi / math.pi * e1(e)
        mu0 = chi * (math.cos(i) + math.sin(i) * tan * (e2(i) - s2 * e2(e)) / left)
        mu = chi * (math.cos(e) + math.sin(e) * tan * (math.cos(psi) * e2(i) + s2 * e2(e)) / left)
        shadow = chi / (1.0 - f + f * chi * math.cos(e) / eta(e))
    shadow *= mu / eta(e) * math.cos(i) / eta(i)
    lobe = (1.0 - b**2) / (1.0 + 2.0 * b * math.cos(g) + b**2) ** 1.5
    surge = b0 / (1.0 + math.tan(g / 2.0) / h)
    gamma = math.sqrt(1.0 - w)
    many = math.prod((1.0 + 2.0 * x) / (1.0 + 2.0 * x * gamma) for x in (mu0, mu))
    return w / 4.0 * mu0 / (mu0 + mu) * ((1.0 + surge) * lobe + many - 1.0) * shadow


@pytest.mark.parametrize("parameters", [(0.94, -0.30, 27.0, 0.7, 0.04), (0.55, -0.25, 10.0, 0.3, 0.1)])
def test_it_is_the_papers_formula(parameters: tuple[float, ...]) -> None:
    w, b, theta, b0, h = parameters
    incidence, emission, phase = angles(200, most_deg=85.0)
    sample = Photometry("hapke", parameters)
    ours = reflectance(sample, incidence, emission, phase)
    place = zip(*(np.radians(plane) for plane in (incidence, emission, phase)), strict=True)
    printed = np.array([as_printed(*where, w, b, math.radians(theta), b0, h) for where in place])
    top = as_printed(1e-7, 1e-7, 0.0, w, b, math.radians(theta), b0, h)
    np.testing.assert_allclose(ours, printed / top, rtol=1e-6)


def test_smooth_ground_is_the_limit_of_rough_ground() -> None:
    place = angles(300, most_deg=80.0)
    smooth, nearly = (reflectance(Photometry("hapke", (0.9, -0.3, deg, 0.5, 0.05)), *place) for deg in (0.0, 0.1))
    np.testing.assert_allclose(nearly, smooth, rtol=1e-4)
    assert np.all(derivatives(Photometry("hapke", (0.9, -0.3, 0.0, 0.5, 0.05)), *place)[2] == 0.0)


def test_shadows_darken_rough_ground_at_large_phase_only() -> None:
    rough, smooth = (Photometry("hapke", (0.9, -0.3, deg, 0.5, 0.05)) for deg in (30.0, 0.0))
    ratio = reflectance(rough, 60.0, [60.0, 60.0], [0.0, 120.0]) / reflectance(smooth, 60.0, [60.0, 60.0], [0.0, 120.0])
    assert ratio[0] > 0.95
    assert ratio[1] < 0.8


def test_dark_ground_without_surge_and_lobe_is_lommel_seeliger() -> None:
    place = angles(300, most_deg=85.0)
    dark = reflectance(Photometry("hapke", (0.001, 0.0, 0.0, 0.0, 0.05)), *place)
    single = reflectance(Photometry("lommel_seeliger", (0.0, 0.0, 3.0)), *place)
    np.testing.assert_allclose(dark, single, rtol=2e-3)
