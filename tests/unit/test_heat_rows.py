import math

import numpy as np
import pytest
from heat_images import MAP, SIZE, STRICT, day, flux_of_snr, frame, night, record

from iovolc.detect.heat import find_heat
from iovolc.detect.heatrows import Unit, glows_of, limit_plane, limits_of, unit_of
from iovolc.geometry.native import ground_of
from iovolc.geometry.sphere import distance_km

LAT, LON_E = 8.0, 52.0


def shown(lat=LAT, lon_e=LON_E, flux=None, *, image=night, **facts):
    from iovolc.geometry.ellipsoid import disc_pixel

    found = disc_pixel(record().placement, lat, lon_e)
    flux = flux_of_snr(40.0) if flux is None else flux
    made = frame(image([(float(found.row) - 0.5, float(found.col) - 0.5, flux)]), eclipsed=image is night, **facts)
    return find_heat(made, STRICT), made.ground


def test_a_radiance_becomes_an_intensity_seen_face_on():
    hot, ground = shown()
    (glow,) = glows_of(hot, record(), ground, Unit("intensity", 1.0), 10.0)
    cosine = math.cos(math.radians(glow.emission_deg))
    assert glow.value == pytest.approx(flux_of_snr(40.0) * record().placement.km_per_px ** 2 * 1e-3 / cosine, rel=0.1)
    assert (glow.quantity, glow.band, glow.source, glow.limit) == ("intensity", "Ms", "Keck NIRC2", "detection")
    assert glow.snr == pytest.approx(38.0, rel=0.25)


def test_a_place_is_known_within_its_own_error():
    hot, ground = shown(lat=35.0, lon_e=70.0)
    (glow,) = glows_of(hot, record(), ground, Unit("intensity", 1.0), 5.0)
    sigma_km = math.sqrt(glow.covariance_km2[0] + glow.covariance_km2[1])
    assert float(distance_km(35.0, 70.0, glow.lat, glow.lon_e)) < 3.5 * sigma_km
    assert sigma_km < 40.0
    seen_obliquely = glow.covariance_km2[0] > glow.covariance_km2[1]  # it lies to the east
    assert seen_obliquely


def test_relative_pictures_never_become_watts():
    hot, ground = shown(flux=3.0, image=day)
    unit = unit_of(hot, None)
    (glow,) = glows_of(hot, record(quantity="relative", unit=""), ground, unit, 10.0)
    assert glow.quantity == "relative"
    brighter = 2.0 * glow.value
    doubled = unit_of(type(hot)(hot.sources, hot.limit, hot.unit_flux / 2.0, 0, 3.0), None)
    assert glows_of(hot, record(), ground, doubled, 10.0)[0].value == pytest.approx(brighter)


def test_a_dark_relative_picture_has_no_unit():
    hot, _ = shown()
    assert unit_of(type(hot)(hot.sources, hot.limit, 0.0, 0, 3.0), None) is None


def test_a_known_place_without_a_source_has_a_limit_and_a_hidden_one_none():
    hot, ground = shown()
    plane = limit_plane(hot, ground, Unit("intensity", 1.0))
    far_side, own, free = (0.0, -140.0), (LAT, LON_E), (-20.0, 30.0)
    (limit,) = limits_of(plane, record(), "intensity", [far_side, own, free])
    assert (limit.limit, limit.lat, limit.lon_e) == ("upper", *free)
    assert 0.0 < limit.value < glows_of(hot, record(), ground, Unit("intensity", 1.0), 10.0)[0].value
    assert limits_of(plane, record(), "intensity", []) == ()


def test_a_saturated_source_is_a_lower_limit():
    image = night([(40.0, 52.0, 3000.0)])
    clipped = np.minimum(image, 100.0)
    made = frame(clipped, saturated=clipped >= 100.0)
    (glow,) = glows_of(find_heat(made, STRICT), record(), made.ground, Unit("intensity", 1.0), 10.0)
    assert glow.limit == "lower"
    assert "saturated" in glow.flags


def test_maps_show_areas_of_the_ground():
    shape = (SIZE, 2 * SIZE)
    image = night([(48.0, 100.0, flux_of_snr(30.0))], shape=shape, psf_px=2.5)
    facts = {"placement": MAP, "is_mosaic": True, "psf_km": float("nan")}
    made = frame(image, **facts)
    (glow,) = glows_of(find_heat(made, STRICT), record(**facts), made.ground, Unit("intensity", 1.0), 10.0)
    km2 = float(ground_of(MAP, shape).pixel_km2[48, 100])
    assert glow.value == pytest.approx(flux_of_snr(30.0) * km2 * 1e-3, rel=0.25)
    assert glow.emission_deg is None
