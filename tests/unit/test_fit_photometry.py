"""`iovolc fit-photometry` on a store of small epochs under different light."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.photometry_scene import brightness
from tests.small_maps import Answer, iovolc
from tests.store_sample import GRID, PROVENANCE, sample_record, sample_registration

from iovolc.archive.photometry import load_photometry
from iovolc.cube.epochs import write_epoch
from iovolc.cube.manifest import commit
from iovolc.geometry.backplanes import backplanes
from iovolc.geometry.sky import Sky
from iovolc.geometry.sphere import pixel_lat_lon
from iovolc.light.photometric import PARAMETERS
from iovolc.model.epoch import Epoch, Layers
from iovolc.model.flags import Flag
from iovolc.model.grid import Window

TRUTH = (0.50, -0.002, 0.008, 0.18, 3.0)
EQUATOR = GRID.sheet("equator")
SHOWN = Window(60, 460, 560, 1160)
SIDES = (  # sub-solar longitude, sub-observer latitude and longitude
    (30.0, 0.0, 35.0),
    (30.0, 10.0, 70.0),
    (60.0, -5.0, 10.0),
    (20.0, 0.0, 90.0),
    (75.0, 5.0, 40.0),
)


def write(store: Path, index: int, side: tuple[float, float, float], **changes) -> None:
    """Put an epoch of a patterned Io under this light into the store."""
    sun_lon_e, lat, lon_e = side
    point = {"sub_observer_lat": lat, "sub_observer_lon_e": lon_e, "range_km": 300_000.0, "sub_solar_lat": 1.0}
    record = sample_record(index, **{**point, "sub_solar_lon_e": sun_lon_e, **changes})
    angles = backplanes(EQUATOR, Sky(**point, sub_solar_lon_e=sun_lon_e), window=SHOWN)
    mu0, mu = (np.cos(np.radians(plane)) for plane in (angles.incidence_deg, angles.emission_deg))
    where = pixel_lat_lon(EQUATOR, SHOWN)
    albedo = 0.6 + 0.2 * np.sin(np.radians(7.0 * where[1])) * np.cos(np.radians(5.0 * where[0]))
    lit = (mu0 > 0.02) & (mu > 0.3)
    shown = albedo * brightness("lunar_lambert", TRUTH, np.maximum(mu0, 0.02), np.maximum(mu, 0.3), angles.phase_deg)
    shown *= 1.0 + 0.02 * np.random.default_rng(index).standard_normal(shown.shape)
    value = np.full(EQUATOR.shape, np.nan, np.float32)
    value[SHOWN.slices] = np.where(lit, shown, np.nan)
    flags = np.where(np.isnan(value), Flag.NO_DATA, 0).astype(np.uint16)
    epoch = Epoch(record, {"equator": Layers(value, value * np.float32(0.02), flags)}, sample_registration(), 8.0)
    commit(store, GRID, [write_epoch(store, epoch, GRID, PROVENANCE)])


def fit(store: Path, out: Path, *options: str) -> Answer:
    return iovolc("fit-photometry", "--store", store, "--out", out, *options)


@pytest.fixture(name="store", scope="module")
def make_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = tmp_path_factory.mktemp("photometry") / "store"
    for index, side in enumerate(SIDES):
        write(store, index, side)
    write(store, 10, SIDES[0], is_mosaic=True)
    write(store, 11, SIDES[0], unit="normal albedo")
    write(store, 12, SIDES[0], quantity="relative")
    write(store, 13, SIDES[0], sub_solar_lat=float("nan"), sub_solar_lon_e=float("nan"))
    write(store, 14, (0.0, 0.0, 30.0))
    write(store, 20, SIDES[0], channel="M", quantity="radiance", unit="W m-2 sr-1 um-1")
    write(store, 30, SIDES[0], channel="red")
    write(store, 31, SIDES[0], channel="blue")
    write(store, 32, SIDES[0], channel="blue")
    return store


@pytest.fixture(name="fitted", scope="module")
def fit_all(store: Path) -> tuple[Answer, Path]:
    out = store.parent / "own.yaml"
    return fit(store, out, "--json"), out


def test_the_parameters_of_the_ground_come_back(fitted: tuple[Answer, Path]) -> None:
    answer, out = fitted
    told = json.loads(answer.out)["channels"]["green"]
    assert told["places"] > 500
    assert set(told["gains"]) == {f"obs-{index}" for index in range(len(SIDES))}
    estimate = load_photometry(str(out)).of("green")
    assert estimate is not None
    for name, value, sigma, truth in zip(
        PARAMETERS["lunar_lambert"], estimate.photometry.parameters, estimate.sigmas(), TRUTH, strict=True
    ):
        assert abs(value - truth) < 3.0 * sigma, name
    assert estimate.sigmas()[0] < 0.05


def test_channels_that_cannot_be_fitted_degrade(fitted: tuple[Answer, Path]) -> None:
    answer, out = fitted
    assert answer.code == 4
    assert "refused: E223" in answer.err
    assert "channel red: 1 epochs can be used, two are needed" in answer.err
    assert "channel blue: 2 epochs narrow no parameter by half" in answer.err
    assert set(json.loads(answer.out)["channels"]) == {"green"}
    assert load_photometry(str(out)).of("red") is None


def test_epochs_that_tell_nothing_are_named_with_why(fitted: tuple[Answer, Path]) -> None:
    for code, name, why in (
        ("E221", "obs-10", "a mosaic has no single light"),
        ("E418", "obs-11", "its unit is normal albedo"),
        ("E418", "obs-12", "its quantity is `relative`"),
        ("E221", "obs-13", "sub-solar"),
        ("E222", "obs-14", "Jupiter's umbra"),
    ):
        line = next(line for line in fitted[0].err.splitlines() if f": {name}:" in line)
        assert line.startswith(f"left out: {code}")
        assert why in line


def test_the_file_says_what_is_fitted_and_what_is_not(store: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.yaml"
    answer = fit(store, out, "--channel", "green", "--model", "minnaert")
    assert answer.code == 0, answer.err
    written = load_photometry(str(out))
    assert (written.id, written.model) == ("own", "minnaert")
    parameters = written.entries[0].parameters
    assert (parameters["k"].tag, parameters["k"].source) == ("C", "fit")
    assert parameters["surge_width_deg"].source != "fit"
    assert "obs-0" in written.entries[0].note
    assert "manifest" in written.sources["fit"]
    assert f"--set light.photometry={out}" in answer.out


def test_a_channel_without_two_usable_epochs_is_no_input(store: Path, tmp_path: Path) -> None:
    answer = fit(store, tmp_path / "own.yaml", "--channel", "red")
    assert answer.code == 3
    assert "E223" in answer.err
    assert not (tmp_path / "own.yaml").exists()


def test_thermal_channels_are_nothing_to_do(store: Path, tmp_path: Path) -> None:
    answer = fit(store, tmp_path / "own.yaml", "--channel", "M")
    assert answer.code == 0
    assert "no epoch of a channel that shows reflected sunlight" in answer.err


def test_other_functions_are_not_fitted(store: Path, tmp_path: Path) -> None:
    assert fit(store, tmp_path / "own.yaml", "--model", "akimov").code == 2
