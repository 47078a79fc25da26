"""The volcano of 2024 east of Kanehekili: three looks by sunlight without it, one by Jupitershine with it."""

from datetime import UTC, datetime

from light_render.epochs import Shot
from light_render.geometries import DAY_A, DAY_B, NIGHT_B
from light_render.scene import Deposit, View

LAT, LON_E, DIAMETER_KM = -18.0, -27.5, 180.0
DEPOSITS = (
    Deposit(-18.6, -28.8, 50.0, 14.0, -0.9),
    Deposit(-16.4, -28.6, 50.0, 14.0, -0.9),
    Deposit(-17.6, -25.7, 45.0, 60.0, -0.22, soft=0.6, red_dlna=-0.05),
    Deposit(-19.2, -27.4, 45.0, 45.0, -0.25),
    Deposit(-16.8, -27.0, 45.0, 45.0, -0.25),
)
"""Two dark flows of 100 km in the west, red ground in the east, two grey sheets that overlap."""

PASSES = (
    ("galileo-c3", datetime(1996, 11, 7, 9, tzinfo=UTC), View(-1.28, -47.65, 0.5, -15.0, 3e5), DAY_A),
    ("galileo-c10", datetime(1997, 11, 6, 22, tzinfo=UTC), View(0.41, -36.34, 0.3, -20.0, 5e5), DAY_A),
    ("galileo-c21", datetime(1999, 7, 3, 13, tzinfo=UTC), View(2.80, -52.64, 0.4, -30.0, 2e5), DAY_B),
)
NIGHT = ("juno-58", datetime(2024, 2, 3, 17, 48, tzinfo=UTC), View(3.09, 121.24, -12.0, -30.0, 6000.0), NIGHT_B)
"""Name, time, view, camera; the Sun stands where it stood at these times (astronomy-engine)."""


def shots(*, erupted=True, law="lunar-lambert"):
    """The four exposures, with the volcano in the last one or without it."""
    days = [
        Shot(name, view, camera, time, law=law, seed=n, shift_km=(3.0 * n - 4.0, 2.0 - 2.0 * n))
        for n, (name, time, view, camera) in enumerate(PASSES)
    ]
    name, time, view, camera = NIGHT
    deposits = DEPOSITS if erupted else ()
    return [*days, Shot(name, view, camera, time, law, deposits, (2.0, 3.0), 9)]
