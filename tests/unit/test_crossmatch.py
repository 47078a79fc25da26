import numpy as np
import pytest

from iovolc import body
from iovolc.archive.published_spots import read_published
from iovolc.errors import InputError
from iovolc.geometry.sphere import unit_vectors
from iovolc.track.crossmatch import crossmatch, unmatched


def vectors(rng, count):
    lat = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, count)))
    return unit_vectors(lat, rng.uniform(-180.0, 180.0, count))


def test_what_is_published_is_found_at_its_distance():
    published = unit_vectors([0.0, 45.0, -30.0], [0.0, 179.9, 90.0])
    found = crossmatch(unit_vectors([45.0, 0.0], [-179.9, 1.0]), published, within_km=100.0)
    assert found.partner.tolist() == [1, 0]
    assert found.distance_km == pytest.approx([0.2 * np.cos(np.radians(45.0)) * 31.791, 31.791], rel=1e-3)
    assert found.share_within(100.0) == 1.0
    assert unmatched(found, 3, 100.0) == [2]
    assert unmatched(found, 3, 10.0) == [0, 2]


def test_unrelated_places_match_as_often_as_chance_says():
    rng = np.random.default_rng(1)
    published, places = vectors(rng, 266), vectors(rng, 3000)
    found = crossmatch(places, published, within_km=100.0, rotations=50)
    assert found.share_within(100.0) == pytest.approx(0.18, abs=0.03)  # 5 / 18 / 55 % within 50 / 100 / 200 km
    assert found.share_within(50.0) == pytest.approx(0.05, abs=0.02)
    assert found.by_chance.mean() == pytest.approx(found.share_within(100.0), abs=0.03)
    near = np.argsort(np.abs(found.distance_km - 100.0))[:5]
    assert found.chance[near] == pytest.approx(0.18, abs=0.01)


def test_related_places_stand_out_from_the_rotations():
    rng = np.random.default_rng(2)
    published = vectors(rng, 266)
    places = published[:60] + rng.normal(0.0, 30.0 / body.RADIUS_KM, (60, 3))
    places /= np.linalg.norm(places, axis=1)[:, None]
    found = crossmatch(places, published, within_km=100.0)
    assert found.share_within(100.0) > 0.95
    assert found.by_chance.max() < 0.5
    assert found.by_chance.size == 500


def published(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text)
    return read_published(path)


def test_a_published_list_is_read_with_its_names(tmp_path):
    spots = published(tmp_path, "name,id,lat,lon_w\nLoki,,13,308.8\n,JRM7,0,180\n,,-5,0\n")
    assert [spot.name for spot in spots] == ["Loki", "JRM7", "row 4"]
    assert [spot.lon_e for spot in spots] == pytest.approx([51.2, -180.0, 0.0])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,lon_w\nLoki,308\n", "E501"),
        ("name,lat\nLoki,13\n", "E512"),
        ("lat,lon_w,lon_e\n13,308.8,308.8\n", "E512"),
        ("lat,lon_w\nx,308.8\n", "E401"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(tmp_path, text, code):
    with pytest.raises(InputError, match=code):
        published(tmp_path, text)
