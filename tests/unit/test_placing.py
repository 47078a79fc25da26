"""Where an image lies on Io, and every refusal of a guess."""

import math
from pathlib import Path

import pytest
import rasterio
from archive_sample import DEGREES, EDGES, GLOBE, METRES, ramp, refusal, row, write_picture, write_tiff
from PIL import Image
from pyproj import Transformer

from iovolc.archive.discs import view_of
from iovolc.archive.images import read_observation
from iovolc.errors import AmbiguousGeometry
from iovolc.model.observation import Bounds, Disc, Projected

VIEW = {"sub_observer_lat": 1.0, "sub_observer_lon_e": 160.0, "range_km": 1e5, "north_angle_deg": 10.0}
LIMB = {"disc_x": 10.0, "disc_y": 5.0, "disc_radius_px": 4.0}


@pytest.mark.parametrize("code", ["IAU_2015:50110", "IAU_2015:50115", "IAU_2015:50130", "IAU_2015:50135"])
@pytest.mark.parametrize("projection", ["label", ""])
def test_io_systems_are_read_from_the_file(tmp_path: Path, code: str, projection: str) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs=code)
    placement = read_observation(row("a.tif", quantity="iof", projection=projection), tmp_path).record.placement
    assert isinstance(placement, Projected)
    assert placement.transform == tuple(METRES)[:6]
    lat = -75.0 if code.endswith("35") else 75.0
    to_map = [Transformer.from_crs("IAU_2015:50100", crs, always_xy=True) for crs in (code, placement.crs_wkt)]
    expected, found = (transformer.transform(40.0, lat) for transformer in to_map)
    assert found == pytest.approx(expected, abs=1e-3)


def test_the_code_is_kept_where_the_file_keeps_it(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs="IAU_2015:50110")
    placement = read_observation(row("a.tif", quantity="iof"), tmp_path).record.placement
    assert placement == Projected("IAU_2015:50110", tuple(METRES)[:6])


@pytest.mark.parametrize("crs", ["ESRI:104918", "+proj=eqc +R=1821460 +units=m +no_defs"])
def test_an_older_sphere_of_io_is_accepted(tmp_path: Path, crs: str) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs=crs, transform=DEGREES)
    placement = read_observation(row("a.tif", quantity="iof"), tmp_path).record.placement
    assert isinstance(placement, Projected)
    assert "1821460" in placement.crs_wkt


@pytest.mark.parametrize(
    ("crs", "said"), [("EPSG:4326", "radius of 6378.14 km"), ("+proj=longlat +R=1737400", "radius of 1737.40 km")]
)
def test_other_bodies_are_refused(tmp_path: Path, crs: str, said: str) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs=crs, transform=DEGREES)
    finding = refusal(tmp_path, AmbiguousGeometry, path="a.tif", quantity="iof", edges=GLOBE)
    assert (finding.code, finding.column) == ("E202", "projection")
    assert said in finding.detail
    assert "reproject the file, or give `projection=bounds`" in str(finding)


def test_edges_place_a_file_that_says_earth(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs="EPSG:4326", transform=DEGREES)
    assert read_observation(row("a.tif", quantity="iof", **EDGES), tmp_path).record.placement == GLOBE


def test_a_picture_without_place_is_refused(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    finding = refusal(tmp_path, AmbiguousGeometry)
    assert (finding.code, finding.column) == ("E201", "projection")
    assert "`bounds` with the four edges" in str(finding)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")  # of writing the file
def test_a_system_without_transform_is_no_place(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), transform=None)
    assert refusal(tmp_path, AmbiguousGeometry, path="a.tif", quantity="iof").code == "E201"


def test_blank_projection_takes_the_edges_of_a_picture(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    assert read_observation(row(edges=GLOBE), tmp_path).record.placement == GLOBE


def test_pixel_is_point_is_moved_by_half_a_pixel(tmp_path: Path) -> None:
    path = write_tiff(tmp_path / "a.tif", ramp())
    with rasterio.open(path, "r+") as dataset:
        dataset.update_tags(AREA_OR_POINT="Point")
        dataset.transform = METRES
    with Image.open(path) as image:
        tie_point = image.tag_v2[33922]
    assert tie_point[3:5] == (METRES.c + 250_000.0, METRES.f - 250_000.0), "the file must name the pixel's centre"
    placement = read_observation(row("a.tif", quantity="iof"), tmp_path).record.placement
    assert isinstance(placement, Projected)
    assert placement.transform == tuple(METRES)[:6]


def test_a_code_goes_with_the_files_transform(tmp_path: Path) -> None:
    write_tiff(tmp_path / "a.tif", ramp(), crs=None)
    found = read_observation(row("a.tif", quantity="iof", projection="IAU_2015:50130"), tmp_path)
    assert found.record.placement == Projected("IAU_2015:50130", tuple(METRES)[:6])


def test_an_even_code_may_take_the_edges(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    assert read_observation(row(projection="IAU_2015:50110", edges=GLOBE), tmp_path).record.placement == GLOBE


@pytest.mark.parametrize(
    ("code", "edges", "said"),
    [("IAU_2015:50110", None, "give the four edges"), ("IAU_2015:50130", GLOBE, "save the image as GeoTIFF")],
)
def test_a_code_without_transform_is_refused(tmp_path: Path, code: str, edges: Bounds | None, said: str) -> None:
    write_picture(tmp_path / "a.png", ramp())
    finding = refusal(tmp_path, AmbiguousGeometry, projection=code, edges=edges)
    assert finding.code == "E205"
    assert said in finding.detail


@pytest.mark.parametrize("shape", [(10, 20), (10, 10), (10, 40)])
def test_pixels_may_be_stretched_twofold(tmp_path: Path, shape: tuple[int, int]) -> None:
    write_picture(tmp_path / "a.png", ramp(*shape))
    assert read_observation(row(**EDGES), tmp_path).pixels.shape == shape


@pytest.mark.parametrize("shape", [(10, 9), (10, 41)])
def test_pixels_stretched_more_than_twofold_are_refused(tmp_path: Path, shape: tuple[int, int]) -> None:
    write_picture(tmp_path / "a.png", ramp(*shape))
    finding = refusal(tmp_path, AmbiguousGeometry, **EDGES)
    assert finding.code == "E204"
    assert f"{shape[1]} x {shape[0]} pixels" in finding.detail
    assert "check the four edges" in str(finding)


def test_a_disc_is_taken_from_the_row(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    placement = read_observation(row(projection="disc", **VIEW, **LIMB), tmp_path).record.placement
    assert isinstance(placement, Disc)
    assert (placement.centre_x, placement.centre_y, placement.north_angle_deg) == (10.0, 5.0, 10.0)
    assert (placement.sub_observer_lat, placement.sub_observer_lon_e) == (1.0, 160.0)
    tangent_km = math.tan(math.asin(1821.49 / 100_000.0)) * 100_000.0
    assert placement.km_per_px == pytest.approx(tangent_km / 4.0, rel=1e-12)


@pytest.mark.parametrize("blank", [*VIEW])
def test_a_view_that_nothing_gives_names_row_and_column(tmp_path: Path, blank: str) -> None:
    write_picture(tmp_path / "a.png", ramp())
    finding = refusal(tmp_path, AmbiguousGeometry, projection="disc", **(VIEW | LIMB | {blank: None}))
    column = blank.replace("lon_e", "lon_w")
    assert (finding.code, finding.row, finding.column) == ("E205", 5, column)
    assert column in finding.detail


@pytest.mark.parametrize(("range_km", "column"), [(1e5, "sub_solar_lat"), (6e8, None)])
def test_a_limb_seen_from_near_needs_the_sun(range_km: float, column: str | None) -> None:
    values = VIEW | {"range_km": range_km, "disc_radius_px": 4.0}
    if column is None:
        assert view_of(values, row().origin).sub_solar_lat is None
        return
    with pytest.raises(AmbiguousGeometry) as caught:
        view_of(values, row().origin)
    assert caught.value.findings[0].column == column
    assert view_of(values | {"sub_solar_lat": 2.0, "sub_solar_lon_e": 170.0}, row().origin).sub_solar_lon_e == 170.0


@pytest.mark.parametrize("projection", ["disc", "bounds"])
def test_a_row_without_its_fields_is_refused(tmp_path: Path, projection: str) -> None:
    write_picture(tmp_path / "a.png", ramp())
    assert refusal(tmp_path, AmbiguousGeometry, projection=projection).code == "E205"
