"""Maps land where their labels say, in every convention, by formulas written here anew."""

import math
from pathlib import Path

import label_sample as sample
import numpy as np
import pytest

from iovolc.archive.formats import isis3, pds3, vicar
from iovolc.archive.labels.cartography import MapError, MapLabel, place_map
from iovolc.archive.origin import Origin
from iovolc.archive.product import Product
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Projected

LAT = np.array([-62.0, -17.0, 3.0, 41.0, 77.0])
LON_E = np.array([-171.0, -33.0, 12.0, 97.0, 158.0])
ORIGIN = Origin("map")


def global_pixels(centre_lon_e: float, lat: np.ndarray) -> np.ndarray:
    """Where ten-degree pixels of a map of the whole globe hold the test's places."""
    return np.stack((((LON_E - centre_lon_e + 180.0) % 360.0) / 10.0, (90.0 - lat) / 10.0))


def found_pixels(product: Product) -> np.ndarray:
    facts = product.bands[0]
    assert facts.misplaced is None
    assert isinstance(facts.placement, Projected)
    places = locate(source(facts.placement, product.shape), unit_vectors(LAT, LON_E))
    return np.stack((places.col % 36.0, places.row))


@pytest.mark.parametrize("centre", [0.0, 90.0, 180.0])
@pytest.mark.parametrize("direction", ["East", "West"])
@pytest.mark.parametrize(("kind", "c_km"), [("centric", 1821.49), ("graphic", 1821.49), ("graphic", 1815.7)])
@pytest.mark.parametrize("family", ["ISIS3", "PDS3", "VICAR"])
def test_a_map_lands_on_the_same_grid_in_every_convention(
    tmp_path: Path, family: str, kind: str, c_km: float, direction: str, centre: float
) -> None:
    words = {"direction": direction, "centre": centre, "kind": f"planeto{kind}", "c_km": c_km}
    if family == "ISIS3":
        words["kind"] = words["kind"].title()
        path = sample.isis3(tmp_path / "m.cub", mapping=sample.mapping(**words))
        product = isis3.open_isis3(path, ORIGIN)
    elif family == "PDS3":
        path = sample.pds3(tmp_path / "m.img", more=sample.pds3_map(**words).upper())
        product = pds3.open_pds3(path, ORIGIN)
    else:
        pairs = sample.pds3_map(**words).upper().splitlines()[1:-1]
        line = " ".join(pair.split("<")[0].strip().replace(" = ", "=") for pair in pairs if pair.strip())
        line = line.replace('"', "'").replace(f"={kind}".upper(), "")
        for word in ("PLANETOCENTRIC", "PLANETOGRAPHIC", "EAST", "WEST"):
            line = line.replace(f"={word}", f"='{word}'")
        text = f"{sample.vicar_words()} PROPERTY='MAP' {line}"
        product = vicar.open_vicar(sample.vicar(tmp_path / "m.vic", sample.PIXELS.tobytes(), text), ORIGIN)
    lat = LAT
    if kind == "graphic":
        lat = np.degrees(np.arctan(np.tan(np.radians(LAT)) * (1821.49 / c_km) ** 2))
    expected = global_pixels(-centre if direction == "West" else centre, lat)
    assert found_pixels(product) == pytest.approx(expected, abs=0.05)
    np.testing.assert_array_equal(product.read(0).numbers, sample.PIXELS)


@pytest.mark.parametrize("offsets", [(17.5, 8.5), (18.0, 9.0), (-17.5, -8.5)])
def test_labelled_edges_settle_how_offsets_are_counted(tmp_path: Path, offsets: tuple[float, float]) -> None:
    edges = "\n".join(
        ("MAXIMUM_LATITUDE = 90.0", "MINIMUM_LATITUDE = -90.0", "WESTERNMOST_LONGITUDE = 360.0",
         "EASTERNMOST_LONGITUDE = 0.0")
    )  # fmt: skip
    words = sample.pds3_map(direction="WEST", centre=180.0, offsets=offsets, more=edges)
    product = pds3.open_pds3(sample.pds3(tmp_path / "m.img", more=words), ORIGIN)
    facts = product.bands[0]
    if offsets[0] > 0:
        assert found_pixels(product) == pytest.approx(global_pixels(180.0, LAT), abs=0.01)
    else:
        # GDAL takes the other sign, so both are printed and neither is believed.
        assert facts.placement is None
        assert facts.misplaced is not None
        assert facts.misplaced.findings[0].code == "E207"
        assert "by the label, but at column" in facts.misplaced.findings[0].detail


@pytest.mark.parametrize(
    ("words", "code", "detail"),
    [
        ({"projection": "HAMMER"}, "E208", "HAMMER"),
        ({"projection": "POINT_PERSPECTIVE"}, "E208", "a view"),
        ({"projection": "SINUSOIDAL", "kind": "PLANETOGRAPHIC", "c_km": 1815.7}, "E208", "planetographic"),
        ({"a_km": 1560.8, "c_km": 1560.8}, "E202", "1560.80 km"),
        ({"direction": '"N/A"', "kind": '"N/A"', "centre": 90.0}, "E205", "east or west"),
        ({"kind": '"N/A"', "c_km": 1815.7}, "E205", "planetocentric or planetographic"),
        ({"projection": "POLAR STEREOGRAPHIC"}, "E205", "centre latitude"),
        ({"more": "MAXIMUM_LATITUDE = 60\nMINIMUM_LATITUDE = -150"}, "E207", "edges"),
        ({"offsets": ('"N/A"', 1.0)}, "E205", "SAMPLE_PROJECTION_OFFSET"),
    ],
)
def test_a_label_that_does_not_place_its_map_says_why(tmp_path: Path, words: dict, code: str, detail: str) -> None:
    product = pds3.open_pds3(sample.pds3(tmp_path / "m.img", more=sample.pds3_map(**words)), ORIGIN)
    facts = product.bands[0]
    assert facts.placement is None
    assert facts.misplaced is not None
    assert facts.misplaced.findings[0].code == code
    assert detail in facts.misplaced.findings[0].detail


def test_a_scale_in_metres_written_as_kilometres_is_a_contradiction(tmp_path: Path) -> None:
    words = sample.pds3_map().replace("MAP_RESOLUTION = 0.1", "MAP_RESOLUTION = 100.0")
    facts = pds3.open_pds3(sample.pds3(tmp_path / "m.img", more=words), ORIGIN).bands[0]
    assert facts.misplaced is not None
    assert facts.misplaced.findings[0].code == "E207"
    assert "MAP_SCALE" in facts.misplaced.findings[0].detail


def label(projection: str, **words: object) -> MapLabel:
    plain = {"west": False, "graphic": False, "centre_lon": 30.0, "centre_lat": 0.0, "a_km": sample.R_KM}
    plain |= {"c_km": sample.R_KM, "step_km": 10.0, "left_km": -500.0, "top_km": 400.0}
    return MapLabel(projection=projection, **(plain | words))


def pixel(said: MapLabel, lat: float, lon_e: float) -> tuple[float, float]:
    places = locate(source(place_map(said, (80, 100)), (80, 100)), unit_vectors([lat], [lon_e]))
    return float(places.col[0]), float(places.row[0])


def test_projections_follow_their_formulas() -> None:
    phi, dlon = math.radians(12.0), math.radians(-5.0)
    r = sample.R_KM / 10.0
    x, y = r * dlon * math.cos(phi), r * phi
    assert pixel(label("SINUSOIDAL"), 12.0, 25.0) == pytest.approx((50.0 + x, 40.0 - y), abs=1e-3)
    x, y = r * math.cos(phi) * math.sin(dlon), r * math.sin(phi)
    assert pixel(label("Orthographic"), 12.0, 25.0) == pytest.approx((50.0 + x, 40.0 - y), abs=1e-3)
    x, y = r * dlon, r * math.log(math.tan(math.pi / 4.0 + phi / 2.0))
    assert pixel(label("MERCATOR"), 12.0, 25.0) == pytest.approx((50.0 + x, 40.0 - y), abs=1e-3)
    rho = 2.0 * r * math.tan(math.radians(90.0 - 80.0) / 2.0)
    x, y = rho * math.sin(dlon), -rho * math.cos(dlon)
    north = label("PolarStereographic", centre_lat=90.0)
    assert pixel(north, 80.0, 25.0) == pytest.approx((50.0 + x, 40.0 - y), abs=1e-3)
    south = label("PolarStereographic", centre_lat=-90.0)
    assert pixel(south, -80.0, 25.0) == pytest.approx((50.0 + x, 40.0 + y), abs=1e-3)


def test_a_west_label_turns_the_centre_and_leaves_the_columns() -> None:
    east, west = label("SINUSOIDAL", centre_lon=-30.0), label("SINUSOIDAL", centre_lon=30.0, west=True)
    assert pixel(east, 12.0, -25.0) == pytest.approx(pixel(west, 12.0, -25.0), abs=1e-9)
    assert pixel(west, 12.0, -25.0)[0] > 50.0


def test_a_cylindrical_map_at_its_pole_is_refused() -> None:
    with pytest.raises(MapError, match="centre latitude"):
        place_map(label("EQUIRECTANGULAR", centre_lat=90.0), (80, 100))
