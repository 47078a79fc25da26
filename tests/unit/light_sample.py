"""A lit Io for the tests of light: a gibbous Jupiter, the Sun in the east, white paper or other ground."""

from dataclasses import replace

from iovolc.geometry.sky import Sky
from iovolc.light.photometric import PARAMETERS, Photometry, PhotometryEstimate
from iovolc.light.sources import Lighting

SKY = Sky(
    sub_observer_lat=10.0,
    sub_observer_lon_e=40.0,
    range_km=20_000.0,
    sub_solar_lat=2.0,
    sub_solar_lon_e=110.0,
    sun_distance_au=5.2,
    sub_jovian_lat=0.0,
    sub_jovian_lon_e=-0.5,
    jupiter_distance_km=421_800.0,
    eclipse="sunlit",
)


def law(model="lambert", sigma=0.01, **named):
    """A photometric function without a phase function, unless named, and equal errors of its parameters."""
    plain = {"limb_weight": 0.6, "k": 0.6, "surge_width_deg": 3.0}
    values = tuple({**plain, **named}.get(name, 0.0) for name in PARAMETERS[model])
    covariance = tuple(tuple(sigma**2 if i == j else 0.0 for j in range(len(values))) for i in range(len(values)))
    return PhotometryEstimate(Photometry(model, values), covariance)


def lighting(ground=None, jupiter_albedo=0.538, **changes):
    """The light under :data:`SKY` with changes."""
    return Lighting(replace(SKY, **changes), ground or law(), jupiter_albedo)
