import pytest

from iovolc.track.kinds import colour_kind, is_ring
from track_sample import GRID, cap, detection, epoch, event_of, ring, run

EPOCHS = [epoch("r", 2007), epoch("g", 2007, channel="green"), epoch("b", 2007, channel="blue"), epoch("r2", 2023)]


@pytest.mark.parametrize(
    ("dlna", "kind"),
    [
        ({"red": -0.48, "green": -0.46, "blue": -0.44}, "darkening"),
        ({"red": 0.2, "green": 0.25, "blue": 0.3}, "brightening"),
        ({"red": -0.05, "green": -0.24, "blue": -0.5}, "reddening"),
        ({"red": 0.1, "blue": -0.15}, "reddening"),
        ({"red": -0.1, "green": -0.3}, "reddening"),
        ({"red": 0.08, "green": 0.2, "blue": 0.34}, "whitening"),
        ({"nir": 0.05, "violet": 0.4}, "whitening"),
        ({"red": -0.3, "green": 0.1, "blue": -0.2}, "greening"),
        ({"red": -0.6, "green": -0.3, "blue": -0.2}, "mixed"),
        ({"red": -0.3, "blue": 0.3}, "mixed"),
        ({"K": 0.1, "L": 0.9}, "brightening"),
        ({"K": -0.1, "L": 0.9}, "mixed"),
    ],
)
def test_colours_of_known_deposits(dlna, kind):
    assert colour_kind(dlna) == kind
    assert colour_kind(dict(reversed(dlna.items()))) == kind


@pytest.mark.parametrize(("lat", "lon_e"), [(0.0, 0.0), (62.8, -123.5), (-10.0, 179.0), (89.0, 0.0)])
def test_annuli_are_rings_anywhere_on_io(lat, lon_e):
    assert is_ring(ring(lat, lon_e, 250.0, 450.0), GRID)
    assert not is_ring(cap(lat, lon_e, 450.0), GRID)


def test_arcs_and_specks_are_no_rings():
    whole = ring(0.0, 0.0, 250.0, 450.0)
    name, pixels = whole.pixels[0]
    cols = GRID.sheet("equator").shape[1]
    half = type(whole)(((name, pixels[pixels % cols < cols // 2]),))
    assert not is_ring(half, GRID)
    assert not is_ring(ring(0.0, 0.0, 8.0, 16.0), GRID)


def test_one_channel_gives_the_majority_weighted_by_snr():
    found = [detection("a", "r", 0, 0, snr=5.0, kind="mixed"), detection("b", "r2", 0, 0, snr=9.0)]
    assert event_of(run(found, EPOCHS), "a")["kind"] == "darkening"
    found[0][0]["snr"] = 20.0
    assert event_of(run(found, EPOCHS), "a")["kind"] == "mixed"


def test_the_shape_of_the_largest_footprint_makes_the_ring():
    annulus = ring(0.0, 0.0, 250.0, 450.0)
    assert event_of(run([detection("a", "r", 0, 0, shape=annulus)], EPOCHS), "a")["kind"] == "ring"


def test_thermal_stays_thermal_whatever_the_channels_say():
    found = [
        detection("a", "r", 0, 0, kind="thermal", contrast=0.1),
        detection("b", "b", 0, 0, channel="blue", kind="thermal", contrast=0.9),
    ]
    assert event_of(run(found, EPOCHS, channels=("red", "blue")), "a")["kind"] == "thermal"
