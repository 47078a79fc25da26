import numpy as np
import pytest
from pyproj import Transformer

from iovolc import body
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry import views
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Bounds, Disc, Projected

KM_10 = (10_000.0, 0.0, -2_000_000.0, 0.0, -10_000.0, 2_000_000.0)
SHAPE = (400, 400)
LAT, LON_E = (
    item.ravel() for item in np.meshgrid((-80.0, -33.0, 5.0, 48.0, 85.0), (-170.0, -95.0, -20.0, 60.0, 140.0))
)


def proj_positions(crs: str, transform: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Column and row as PROJ and the affine give them."""
    x, y = Transformer.from_crs("IAU_2015:50100", crs, always_xy=True).transform(LON_E, LAT)
    x, y = np.where(np.isfinite(x), x, np.nan), np.where(np.isfinite(y), y, np.nan)
    a, b, c, d, e, f = transform
    det = a * e - b * d
    return (e * (x - c) - b * (y - f)) / det, (a * (y - f) - d * (x - c)) / det


@pytest.mark.parametrize(
    ("crs", "kind"),
    [
        ("IAU_2015:50110", views.EQUIRECTANGULAR),
        ("IAU_2015:50115", views.EQUIRECTANGULAR),
        ("+proj=eqc +R=1821490 +lat_ts=35 +lon_0=-70 +x_0=3000 +y_0=-500", views.EQUIRECTANGULAR),
        ("+proj=eqc +R=1821490 +units=km +lat_0=10", views.EQUIRECTANGULAR),
        ("IAU_2015:50130", views.STEREOGRAPHIC),
        ("IAU_2015:50135", views.STEREOGRAPHIC),
        ("+proj=stere +R=1821490 +lat_0=-90 +lat_ts=-70 +lon_0=25 +x_0=1000", views.STEREOGRAPHIC),
        ("IAU_2015:50125", views.SINUSOIDAL),
        ("+proj=ortho +R=1821490 +lat_0=20 +lon_0=-40", views.ORTHOGRAPHIC),
        ("IAU_2015:50140", views.MAPPED),
        ("+proj=eqc +R=1821490 +axis=wnu", views.MAPPED),
    ],
)
def test_positions_are_those_of_proj(crs: str, kind: int) -> None:
    unit = 1e-3 if "units=km" in crs else 1.0
    transform = tuple(unit * item for item in KM_10)
    item = source(Projected(crs, transform), SHAPE)
    found = locate(item, unit_vectors(LAT, LON_E))
    col, row = proj_positions(crs, transform)
    off = found.col - col
    if kind == views.EQUIRECTANGULAR:
        off = (off + 0.5) % abs(item.period) - 0.5
    seen = np.isfinite(col) & np.isfinite(found.col)
    assert item.kind == kind
    assert seen.sum() >= 8
    assert np.abs(off[seen]).max() < 1e-6
    assert np.abs(found.row - row)[seen].max() < 1e-6


def test_a_rotated_affine_is_followed() -> None:
    turned = (8_000.0, 6_000.0, -2_000_000.0, 6_000.0, -8_000.0, 2_000_000.0)
    for crs in ("IAU_2015:50110", "IAU_2015:50130"):
        found = locate(source(Projected(crs, turned), SHAPE), unit_vectors(LAT, LON_E))
        col, row = proj_positions(crs, turned)
        assert found.col == pytest.approx(col, abs=1e-6)
        assert found.row == pytest.approx(row, abs=1e-6)


def test_metres_on_the_older_sphere_are_the_same_degrees() -> None:
    degrees = locate(source(Bounds(-180.0, 180.0, 90.0, -90.0), (180, 360)), unit_vectors(LAT, LON_E))
    for radius in (1_821_460.0, 1_821_490.0, 1_816_000.0):
        step = np.pi * radius / 180.0
        placement = Projected(f"+proj=eqc +R={radius}", (step, 0.0, -180.0 * step, 0.0, -step, 90.0 * step))
        found = locate(source(placement, (180, 360)), unit_vectors(LAT, LON_E))
        assert found.col == pytest.approx(degrees.col, abs=1e-6)
        assert found.row == pytest.approx(degrees.row, abs=1e-6)
        assert found.coarse_km == pytest.approx(degrees.coarse_km)


def test_geographic_codes_are_degrees() -> None:
    placement = Projected("IAU_2015:50100", (0.5, 0.0, -180.0, 0.0, -0.5, 90.0))
    item = source(placement, (360, 720))
    assert np.array_equal(item.parameters, source(Bounds(-180.0, 180.0, 90.0, -90.0), (360, 720)).parameters)
    assert source(Projected("ESRI:104918", placement.transform), (360, 720)).period == pytest.approx(720.0)


@pytest.mark.parametrize(
    ("left", "right", "closed"), [(0.0, 360.0, True), (180.0, -180.0, True), (160.0, 200.0, False)]
)
def test_only_a_full_turn_closes_the_circle_and_the_poles(left: float, right: float, closed: bool) -> None:
    item = source(Bounds(left, right, 90.0, -60.0), (150, 360))
    assert (item.period > 0.0) == closed
    assert item.top_gap == pytest.approx(1.0 if closed else 0.0)
    assert item.bottom_gap == 0.0


def test_a_mosaic_in_whole_kilometres_closes_although_it_overlaps_by_a_fraction() -> None:
    """The USGS maps: 11445 x 5723 pixels of 1 km on a circumference of 11444.57 km."""
    placement = Projected("+proj=eqc +R=1821460 +lon_0=180", (1e3, 0.0, -5_722_500.0, 0.0, -1e3, 2_861_500.0))
    item = source(placement, (5723, 11445))
    assert item.period == pytest.approx(11444.57, abs=0.01)
    assert 0.0 < item.top_gap < 1.0
    assert 0.0 < item.bottom_gap < 1.0


@pytest.mark.parametrize(
    "crs", ["IAU_2015:50130", "IAU_2015:50120", "+proj=ortho +R=1821490 +lat_0=20", "IAU_2015:50140"]
)
def test_pixel_sizes_on_the_ground_are_those_of_difference_quotients(crs: str) -> None:
    item = source(Projected(crs, KM_10), SHAPE)
    lat, lon_e, step = 40.0, 30.0, 1e-4
    places = unit_vectors([lat, lat, lat + step], [lon_e, lon_e + step / np.cos(np.radians(lat)), lon_e])
    found = locate(item, places)
    per_km = np.radians(step) * body.RADIUS_KM
    jacobian = np.array([(found.col[1:] - found.col[0]), (found.row[1:] - found.row[0])]) / per_km
    fine, coarse = 1.0 / np.linalg.svd(jacobian, compute_uv=False)
    assert found.fine_km[0] == pytest.approx(fine, rel=1e-3)
    assert found.coarse_km[0] == pytest.approx(coarse, rel=1e-3)


def test_a_disc_knows_its_foreshortening() -> None:
    disc = Disc(0.0, 0.0, 0.0, 50.0, 50.0, 20.0, 400_000.0)
    found = locate(source(disc, (100, 100)), unit_vectors([0.0, 0.0], [0.0, 60.0]))
    assert found.fine_km == pytest.approx([20.0, 20.0], rel=0.01)
    assert found.coarse_km == pytest.approx([20.0, 40.0], rel=0.03)


@pytest.mark.parametrize(
    ("crs", "detail"),
    [
        ("EPSG:4326", "6378.14 km"),
        ("IAU_2015:30100", "1737.40 km"),
        ("IAU_2015:50210", "Europa"),
        ("nonsense", "cannot be read"),
        ('LOCAL_CS["grid",UNIT["metre",1]]', "neither geographic"),
        ("+proj=longlat +a=1829400 +b=1715700", "1715.70 km"),
    ],
)
def test_what_is_not_of_the_size_of_io_is_refused(crs: str, detail: str) -> None:
    with pytest.raises(AmbiguousGeometry, match=detail) as caught:
        source(Projected(crs, KM_10), SHAPE, product="map.tif")
    assert [(item.code, item.product) for item in caught.value.findings] == [("E202", "map.tif")]


@pytest.mark.parametrize(
    "placement",
    [
        Bounds(10.0, 10.0, 90.0, -90.0),
        Bounds(0.0, 360.0, 5.0, 5.0),
        Bounds(-180.0, 400.0, 90.0, -90.0),
        Projected("IAU_2015:50110", (0.0, 0.0, 0.0, 0.0, -1.0, 0.0)),
    ],
)
def test_a_placement_without_extent_is_refused(placement: Bounds | Projected) -> None:
    with pytest.raises(AmbiguousGeometry, match="E203"):
        source(placement, SHAPE)
