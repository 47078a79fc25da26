"""Measurements of heat of known places, and how well tracking tells them apart."""

from datetime import UTC, datetime, timedelta

from iovolc import body
from iovolc.geometry.sphere import lat_lon, tangent_basis, unit_vectors
from iovolc.model.glow import Glow

START = datetime(2013, 1, 1, tzinfo=UTC)


def glow(day, lat, lon_e, value=10.0, *, sigma_km=70.0, limit="detection", band="Lp", **facts):
    known = {
        "observation_id": f"obs{day:g}{band}", "time_utc": START + timedelta(days=day), "lat": lat, "lon_e": lon_e,
        "covariance_km2": (sigma_km**2, sigma_km**2, 0.0), "band": band, "wavelength_um": 3.78,
        "quantity": "intensity", "value": value, "sigma": 0.05 * value, "limit": limit, "source": "sim",
    }  # fmt: skip
    return Glow(**(known | facts))


def scattered(rng, day, lat, lon_e, value=10.0, *, sigma_km=70.0, **facts):
    """A measurement off its true place by its own error."""
    east, north = tangent_basis(lat, lon_e)
    off_km = rng.normal(0.0, sigma_km, 2)
    vector = unit_vectors(lat, lon_e) + (east * off_km[0] + north * off_km[1]) / body.RADIUS_KM
    seen_lat, seen_lon_e = lat_lon(vector)
    return glow(day, float(seen_lat), float(seen_lon_e), value, sigma_km=sigma_km, **facts)


def purity_and_completeness(sites, truth):
    """Share of measurements that lie with the majority of their site, and with that of their true place."""
    groups = [[truth[sighting.glow] for sighting in site.sightings] for site in sites]
    count = sum(map(len, groups))
    names = set(truth.values())
    pure = sum(max(group.count(name) for name in names) for group in groups)
    complete = sum(max(group.count(name) for group in groups) for name in names)
    return pure / count, complete / count
