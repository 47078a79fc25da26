"""Jupitershine against integrations that share nothing with it: rays shot at random, and the renderer's lamp."""

import numpy as np
import pytest

from iovolc.light.jupiter import facet_factor, irradiance_ratio, normal_irradiance_ratio
from light_render.jupiter import ALBEDO, DISTANCE_KM, EQUATOR_KM, EXPONENT, POLE_KM, direction, far_phase, lamp

SHAPE = np.array([EQUATOR_KM, EQUATOR_KM, POLE_KM])
RAYS = 300_000
CONE = np.radians(10.0)


def brightness(places_km, towards, sun):
    """I/F of Jupiter at places, seen from a direction, as Minnaert's law has it; 0 at night."""
    normals = places_km / SHAPE**2
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    mu0, mu = np.clip(normals @ sun, 0.0, None), np.clip(np.sum(normals * towards, axis=1), 1e-9, None)
    return mu0**EXPONENT * mu ** (EXPONENT - 1.0)


def shot_at_random(alpha_deg, rng):
    """Irradiance at Io, by rays from Io into a cone; scaled by random points on the disc as seen from far away."""
    sun = direction(0.0, 180.0 - alpha_deg)
    cosine, turn = 1.0 - rng.random(RAYS) * (1.0 - np.cos(CONE)), 2.0 * np.pi * rng.random(RAYS)
    sine = np.sqrt(1.0 - cosine**2)
    rays = np.stack([cosine, sine * np.cos(turn), sine * np.sin(turn)], axis=-1)
    start = np.array([-DISTANCE_KM, 0.0, 0.0]) / SHAPE
    along = rays / SHAPE
    a, b, c = np.sum(along**2, axis=1), along @ start, start @ start - 1.0
    hits = b**2 - a * c > 0.0
    length = (-b[hits] - np.sqrt(b[hits] ** 2 - a[hits] * c)) / a[hits]
    places = np.array([-DISTANCE_KM, 0.0, 0.0]) + length[:, None] * rays[hits]
    near = np.sum(brightness(places, -rays[hits], sun) * cosine[hits]) * 2.0 * (1.0 - np.cos(CONE)) / RAYS
    radius, turn = np.sqrt(rng.random(RAYS)), 2.0 * np.pi * rng.random(RAYS)
    y, z = radius * np.cos(turn), radius * np.sin(turn)
    far_places = np.stack([-np.sqrt(1.0 - y**2 - z**2), y, z], axis=-1) * SHAPE
    far = np.mean(brightness(far_places, np.array([-1.0, 0.0, 0.0]), sun))
    return near / far * ALBEDO["V"] * far_phase(alpha_deg)


@pytest.mark.parametrize("alpha_deg", [0, 30, 60, 90, 120])
def test_rays_shot_at_random_agree_to_a_percent(alpha_deg):
    told = float(irradiance_ratio(alpha_deg, ALBEDO["V"]))
    assert told == pytest.approx(shot_at_random(alpha_deg, np.random.default_rng(alpha_deg)), rel=0.01)


@pytest.mark.parametrize("alpha_deg", [0, 20, 45, 75, 100, 125, 140])
def test_the_renderers_lamp_agrees_to_a_percent(alpha_deg):
    light = lamp(0.0, 180.0 - alpha_deg, patch_deg=0.0)
    assert float(irradiance_ratio(alpha_deg, ALBEDO["V"])) == pytest.approx(light.total, rel=0.01)
    facing = float(normal_irradiance_ratio(alpha_deg, ALBEDO["V"]))
    assert facing == pytest.approx(light.on(light.light_centre), rel=0.01)


@pytest.mark.parametrize("alpha_deg", [0, 50, 90, 120])
def test_facets_of_every_slope_agree(alpha_deg):
    light, sun = lamp(0.0, 180.0 - alpha_deg, patch_deg=0.4), direction(0.0, 180.0 - alpha_deg)
    normals = np.random.default_rng(7).standard_normal((300, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    told = facet_factor(normals, sun, np.array([1.0, 0.0, 0.0]))
    real = np.array([light.on(normal) for normal in normals]) / light.on(light.light_centre)
    assert np.abs(told - real).max() < 0.01
