"""The near-side view of the triaxial body against NAIF's geometry, which needs no kernels for it."""

import numpy as np
import pytest

from iovolc import body
from iovolc.geometry.disc import place_disc
from iovolc.geometry.ellipsoid import disc_lat_lon, disc_pixel
from iovolc.geometry.outline import limb_km, outline
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.discview import DiscView

spice = pytest.importorskip("spiceypy")

X, Y, RADIUS = 41.3, 37.8, 30.0
VIEWS = [
    DiscView(2.0, 40.0, 15.0, 7e8),
    DiscView(-63.0, 310.0, -70.0, 9_000.0),
    DiscView(37.0, 128.0, 110.0, 2_400.0),
]


def observer(view):
    return unit_vectors(view.sub_observer_lat, view.sub_observer_lon_e) * view.range_km


def pixel_ray(view, col, row):
    """A line of sight by a rotation matrix of our own: north up first, then turned by the north angle."""
    km = limb_km(view.range_km) / RADIUS
    lon, lat = np.radians(view.sub_observer_lon_e), np.radians(view.sub_observer_lat)
    turn = spice.eul2m(-np.radians(view.north_angle_deg), -lat, lon, 1, 2, 3)
    # Rows of the matrix: towards the observer, image right and image up.
    return turn.T @ np.array([-view.range_km, (col - X) * km, (Y - row) * km])


@pytest.mark.parametrize("view", VIEWS)
def test_pixels_show_what_naifs_rays_hit(view):
    disc = place_disc(view, centre_x=X, centre_y=Y, radius_px=RADIUS)
    cols, rows = np.meshgrid(np.arange(8.5, 80.0, 4.0), np.arange(4.5, 80.0, 4.0))
    lat, lon_e = disc_lat_lon(disc, cols, rows)
    hits = 0
    for col, row, at, along in zip(cols.flat, rows.flat, lat.flat, lon_e.flat, strict=True):
        try:
            point = spice.surfpt(observer(view), pixel_ray(view, col, row), *body.TRIAXIAL_RADII_KM)
        except spice.utils.exceptions.NotFoundError:
            assert np.isnan(at)
            continue
        _, lon, latitude = spice.reclat(point)
        assert at == pytest.approx(np.degrees(latitude), abs=1e-6)
        assert np.cos(np.radians(along) - lon) == pytest.approx(1.0, abs=1e-12)
        back = disc_pixel(disc, at, along)
        assert (float(back.col), float(back.row)) == pytest.approx((col, row), abs=1e-6)
        normal = spice.surfnm(*body.TRIAXIAL_RADII_KM, point)
        emission = spice.vsep(normal, observer(view) - point)
        assert float(back.cos_emission) == pytest.approx(np.cos(emission), abs=1e-9)
        hits += 1
    assert hits > 100


@pytest.mark.parametrize("view", VIEWS)
def test_the_outline_is_naifs_limb(view):
    limb = spice.edlimb(*body.TRIAXIAL_RADII_KM, observer(view))
    angle = np.linspace(0.0, 2.0 * np.pi, 24, endpoint=False)
    edge = outline(view, angle)
    for away, reach in zip(angle, edge.reach, strict=True):
        inside, outside = (
            pixel_ray(view, X + share * RADIUS * reach * np.cos(away), Y + share * RADIUS * reach * np.sin(away))
            for share in (1.0 - 1e-6, 1.0 + 1e-6)
        )
        point = spice.surfpt(observer(view), inside, *body.TRIAXIAL_RADII_KM)
        with pytest.raises(spice.utils.exceptions.NotFoundError):
            spice.surfpt(observer(view), outside, *body.TRIAXIAL_RADII_KM)
        across = np.stack((limb.semi_major / spice.vnorm(limb.semi_major) ** 2,
                           limb.semi_minor / spice.vnorm(limb.semi_minor) ** 2))  # fmt: skip
        assert np.linalg.norm(across @ (point - limb.center)) == pytest.approx(1.0, abs=2e-3)
