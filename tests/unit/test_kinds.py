import numpy as np
import pytest

from iovolc.track.colour import DIRECTIONS, colour_chances
from iovolc.track.kinds import is_ring
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
        ({"red": -0.6, "green": -0.3, "blue": -0.2}, "darkening"),
        ({"red": -0.6, "blue": -0.35}, "darkening"),
        ({"red": -0.3, "blue": 0.3}, "mixed"),
        ({"K": 0.1, "L": 0.9}, "brightening"),
        ({"K": -0.1, "L": 0.9}, "mixed"),
    ],
)
def test_colours_of_known_deposits(dlna, kind):
    sigma = dict.fromkeys(dlna, 0.02)
    chances = colour_chances(dlna, sigma)
    assert next(iter(chances)) == kind
    assert sum(chances.values()) == pytest.approx(1.0)
    mirrored = colour_chances(dict(reversed(dlna.items())), sigma)
    assert mirrored == pytest.approx(chances)


@pytest.mark.parametrize("kind", DIRECTIONS)
def test_drawn_deposits_are_told_with_the_stated_probability(kind):
    generator = np.random.default_rng(1)
    channels = ("blue", "green", "red")
    right, stated = [], []
    for _ in range(200):
        shape = np.array(DIRECTIONS[kind]) * (1.0 + 0.15 * generator.standard_normal(3))
        vector = 0.4 * shape / np.linalg.norm(shape) + 0.02 * generator.standard_normal(3)
        chances = colour_chances(dict(zip(channels, vector, strict=True)), dict.fromkeys(channels, 0.02))
        right.append(next(iter(chances)) == kind)
        stated.append(chances[kind])
    assert np.mean(right) >= 0.9
    assert np.mean(stated) > 0.8


def test_noise_leaves_the_colour_open():
    clear, noisy = (colour_chances({"blue": -0.2, "red": -0.02}, {"blue": s, "red": s}) for s in (0.005, 0.15))
    assert clear["reddening"] > 0.8
    assert noisy["reddening"] < 0.6


def test_one_channel_tells_the_sign_alone():
    chances = colour_chances({"red": -0.03}, {"red": 0.02})
    assert list(chances) == ["darkening", "brightening"]
    assert 0.6 < chances["darkening"] < 0.99


def test_events_say_how_sure_their_kind_is():
    found = [
        detection("a", "r", 0, 0, contrast=-0.03), detection("c", "g", 0, 0, channel="green", contrast=-0.2),
        detection("b", "b", 0, 0, channel="blue", contrast=-0.45),
    ]  # fmt: skip
    row = event_of(run(found, EPOCHS, channels=("red", "green", "blue")), "a")
    assert row["kind"] == "reddening"
    assert row["kind_probability"] > 0.9
    assert row["second_kind_probability"] < 0.1
    annulus = event_of(run([detection("a", "r", 0, 0, kind="ring")], EPOCHS), "a")
    assert (annulus["kind"], annulus["kind_probability"], annulus["second_kind"]) == ("ring", 1.0, "darkening")


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
