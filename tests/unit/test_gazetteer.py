import pytest

from iovolc.archive.gazetteer import load_features
from iovolc.geometry.sphere import distance_km


@pytest.fixture(scope="module")
def features():
    return {feature.name: feature for feature in load_features()}


@pytest.mark.parametrize(
    ("name", "lat", "lon_w"),
    [
        ("Loki Patera", 13.0, 308.8),
        ("Pele", -18.7, 255.3),
        ("Pillan Patera", -12.3, 243.3),
        ("Prometheus", -1.5, 153.9),
        ("Tvashtar Paterae", 62.8, 123.5),
        ("Dazhbog Patera", 55.1, 301.5),
        ("Ra Patera", -8.6, 325.3),
        ("Thor", 39.2, 133.1),
    ],
)
def test_known_volcanoes_are_where_the_literature_has_them(features, name, lat, lon_w):
    feature = features[name]
    assert distance_km(feature.lat, feature.lon_e, lat, -lon_w) < 16.0


def test_all_adopted_names_but_broad_regions_are_given_east_positive(features):
    assert len(features) == 214
    assert all(-180.0 <= feature.lon_e < 180.0 and abs(feature.lat) <= 90.0 for feature in features.values())
    assert not any(name.endswith("Regio") or name.startswith("[") for name in features)


def test_accents_survive_and_order_is_by_name(features):
    assert "Boösaule Montes" in features
    assert [feature.name for feature in load_features()] == sorted(features)


def test_size_is_given_where_it_is_known(features):
    assert features["Loki Patera"].diameter_km == pytest.approx(226.57)
    assert features["Pele"].diameter_km == 0.0
