"""How the ground of the truth scatters light: ``law(mu0, mu, g_deg, albedo)`` is I/F under the Sun's normal irradiance.

The albedo is the normal one at zero phase: every law gives it for light and view from the zenith. Three kinds, so that
what normalises need not be what rendered; in the last two, bright ground scatters otherwise than dark ground.
"""

import numpy as np


def surge(g_deg):
    """Fall of brightness with phase, 1 at 0: an opposition surge of 15 % and 0.012 magnitudes a degree."""
    return (1.0 + 0.15 * np.exp(-g_deg / 4.0)) / 1.15 * 10.0 ** (-0.4 * 0.012 * g_deg)


def lunar_lambert(mu0, mu, g_deg, albedo):
    """McEwen (1991), with a limb that darkens more at large phase."""
    share = np.clip(0.72 - 0.005 * g_deg, 0.15, None)
    return albedo * surge(g_deg) * (2.0 * share * mu0 / (mu0 + mu) + (1.0 - share) * mu0)


def minnaert(mu0, mu, g_deg, albedo):
    """Minnaert (1941), with exponents that rise with brightness as Simonelli and Veverka (1984) found."""
    exponent = 0.45 + 0.2 * albedo + 0.0012 * g_deg
    return albedo * surge(g_deg) * mu0**exponent * mu ** (exponent - 1.0)


def hapke(mu0, mu, g_deg, albedo, *, asymmetry=-0.3, surge_size=0.7, surge_width=0.04, roughness_deg=25.0):
    """Hapke (1981, 1984) with values as given for Io; the single-scattering albedo is what the normal albedo needs."""
    shape = (asymmetry, surge_size, surge_width, roughness_deg)
    grid = np.linspace(0.02, 0.9995, 400)
    normal = _hapke(np.ones(400), np.ones(400), np.zeros(400), grid, *shape)
    return _hapke(mu0, mu, g_deg, np.interp(albedo, normal, grid), *shape)


def _hapke(mu0, mu, g_deg, w, asymmetry, surge_size, surge_width, roughness_deg):
    g = np.radians(g_deg)
    mu0e, mue, shade = _rough(mu0, mu, g, np.radians(roughness_deg))
    single = (1.0 - asymmetry**2) / (1.0 + 2.0 * asymmetry * np.cos(g) + asymmetry**2) ** 1.5
    back = 1.0 + surge_size / (1.0 + np.tan(np.minimum(g, 3.1) / 2.0) / surge_width)
    many = _chandrasekhar(mu0e, w) * _chandrasekhar(mue, w) - 1.0
    return w / 4.0 * mu0e / (mu0e + mue) * (back * single + many) * shade


def _chandrasekhar(x, w):
    return (1.0 + 2.0 * x) / (1.0 + 2.0 * x * np.sqrt(1.0 - w))


def _rough(mu0, mu, g, theta):
    """Effective cosines and the shadowing function of Hapke (1984)."""
    i, e = np.arccos(np.clip(mu0, 1e-4, 1.0)), np.arccos(np.clip(mu, 1e-4, 1.0))
    sines = np.maximum(np.sin(i) * np.sin(e), 1e-6)
    psi = np.arccos(np.clip((np.cos(g) - np.cos(i) * np.cos(e)) / sines, -1.0, 1.0))
    slope, chi = np.tan(theta), 1.0 / np.sqrt(1.0 + np.pi * np.tan(theta) ** 2)
    near, far = np.minimum(i, e), np.maximum(i, e)
    e1_near, e1_far = (np.exp(-2.0 / np.pi / slope / np.tan(np.maximum(x, 1e-6))) for x in (near, far))
    e2_near, e2_far = (np.exp(-1.0 / np.pi / slope**2 / np.tan(np.maximum(x, 1e-6)) ** 2) for x in (near, far))
    half = np.sin(psi / 2.0) ** 2
    below = 2.0 - e1_far - psi / np.pi * e1_near
    tilt_near = chi * (np.cos(near) + np.sin(near) * slope * (np.cos(psi) * e2_far + half * e2_near) / below)
    tilt_far = chi * (np.cos(far) + np.sin(far) * slope * (e2_far - half * e2_near) / below)
    flat_near = chi * (np.cos(near) + np.sin(near) * slope * e2_near / (2.0 - e1_near))
    flat_far = chi * (np.cos(far) + np.sin(far) * slope * e2_far / (2.0 - e1_far))
    seen = np.exp(-2.0 * np.tan(np.minimum(psi, 3.1) / 2.0))
    higher = np.cos(near) / flat_near
    first = i <= e
    mu0e, mue = np.where(first, tilt_near, tilt_far), np.where(first, tilt_far, tilt_near)
    flat_0, flat = np.where(first, flat_near, flat_far), np.where(first, flat_far, flat_near)
    shade = mue / flat * mu0 / flat_0 * chi / (1.0 - seen + seen * chi * higher)
    return mu0e, mue, shade


LAWS = {"lunar-lambert": lunar_lambert, "minnaert": minnaert, "hapke": hapke}
