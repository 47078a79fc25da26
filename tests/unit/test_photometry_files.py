"""Photometric parameters on disk: those that iovolc carries, those of users, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from iovolc.archive.photometry import PhotometrySet, bundled_photometry, load_photometry
from iovolc.data import data_path
from iovolc.errors import InputError
from iovolc.light.photometric import MODELS, PARAMETERS, Photometry, reflectance
from iovolc.model.observation import CHANNELS

REFLECTED = set(CHANNELS) - {"L", "M"}


def written(tmp_path: Path, change: dict[str, Any], name: str = "minnaert") -> str:
    """The path of a set in which some keys are replaced."""
    content = yaml.safe_load((data_path("photometry") / f"{name}.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump({**content, **change}), encoding="utf-8")
    return str(path)


def one_entry(**change: Any) -> list[dict[str, Any]]:
    numbers = {name: [0.5, 0.1, "M-l", "assumed"] for name in PARAMETERS["minnaert"]}
    numbers |= {key: [0.001, 0.001, "M-l", "assumed"] for key in ("k_per_deg", "phase_slope_per_deg")}
    return [{"channels": ["green"], "parameters": numbers, **change}]


@pytest.mark.parametrize("name", MODELS)
def test_every_function_has_parameters_where_sunlight_counts(name: str) -> None:
    photometry = bundled_photometry()[name]
    assert photometry.id == photometry.model == name
    for channel in REFLECTED:
        estimate = photometry.of(channel)
        assert estimate is not None
        assert estimate.photometry.model == name
        assert len(estimate.sigmas()) == len(PARAMETERS[name])
        assert min(estimate.sigmas()) > 0.0
        assert reflectance(estimate.photometry, 0.0, 0.0, 0.0) == pytest.approx(1.0)
    assert photometry.of("M") is None
    assert all(len(text) > 10 for text in photometry.sources.values())


def test_every_set_lies_in_the_folder_under_its_name() -> None:
    assert {path.stem for path in data_path("photometry").glob("*")} == {*MODELS, "jupiter"}


@pytest.mark.parametrize("name", ["lambert", "lommel_seeliger", "lunar_lambert", "minnaert", "akimov"])
def test_the_green_disc_has_ios_phase_integral(name: str) -> None:
    """Bond over geometric albedo in V, as the file says."""
    estimate = bundled_photometry()[name].of("green")
    assert estimate is not None
    nodes, weights = np.polynomial.legendre.leggauss(24)
    phases = 90.0 * (nodes + 1.0)
    curve = np.array([disc_integrated(estimate.photometry, phase) for phase in phases])
    integral = np.pi * np.sum(weights * curve * np.sin(np.radians(phases)))
    assert integral / disc_integrated(estimate.photometry, 0.0) == pytest.approx(0.84, abs=0.015)


def disc_integrated(photometry: Photometry, phase_deg: float) -> float:
    """Brightness of a uniform sphere, by quadrature over the lit and seen lune."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    low, high = np.radians(phase_deg) - np.pi / 2.0, np.pi / 2.0
    lon = (0.5 * (low + high) + 0.5 * (high - low) * nodes)[:, None]
    lat = 0.5 * np.pi * nodes
    mu, mu0 = np.cos(lat) * np.cos(lon), np.cos(lat) * np.cos(lon - np.radians(phase_deg))
    seen = reflectance(photometry, np.degrees(np.arccos(mu0)), np.degrees(np.arccos(mu)), phase_deg) * mu * np.cos(lat)
    return float(weights @ seen @ weights) * (high - low) / 4.0


def test_the_green_disc_has_the_measured_surge() -> None:
    """13 % between 0.5 and 4.1 degrees (Simonelli et al. 1997)."""
    for name in ("lambert", "lommel_seeliger", "lunar_lambert", "minnaert", "akimov"):
        estimate = bundled_photometry()[name].of("green")
        assert estimate is not None
        near, far = reflectance(estimate.photometry, 0.0, 0.0, [0.5, 4.1])
        assert near / far == pytest.approx(1.13, abs=0.01)


def test_a_file_of_ones_own_is_read_with_its_correlation(tmp_path: Path) -> None:
    correlation = np.eye(5)
    correlation[0, 2] = correlation[2, 0] = -0.5
    path = written(tmp_path, {"entries": one_entry(correlation=correlation.tolist()), "sources": {"assumed": "mine"}})
    photometry = load_photometry(path)
    estimate = photometry.of("green")
    assert estimate is not None
    assert estimate.covariance[0][2] == pytest.approx(-0.5 * 0.1 * 0.001)
    assert photometry.of("red") is None


def test_what_is_written_reads_the_same(tmp_path: Path) -> None:
    for photometry in bundled_photometry().values():
        path = tmp_path / f"{photometry.id}.yaml"
        path.write_text(photometry.to_yaml(), encoding="utf-8")
        assert load_photometry(str(path)) == photometry


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"model": "oren_nayar"}, "model"),
        ({"entries": one_entry(channels=["pink"])}, "no channel `pink`"),
        ({"entries": one_entry() * 2}, "green stands twice"),
        ({"entries": one_entry(parameters={"k": [0.5, 0.1, "V", "assumed"]})}, "minnaert takes k, k_per_deg"),
        ({"entries": one_entry(correlation=[[1.0]])}, "not of 5 parameters"),
        ({"entries": one_entry(correlation=[[1.0, 0.5], [0.2, 1.0]])}, "not symmetric"),
        ({"entries": one_entry(correlation=[[1.0, 0.5]])}, "not square"),
        ({"entries": []}, "entries"),
        ({"sources": {}}, "not given or not used"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_broken_file_is_refused_by_number_and_key(tmp_path: Path, change: dict[str, Any], says: str) -> None:
    path = written(tmp_path, {"sources": {"assumed": "mine"}, **change})
    with pytest.raises(InputError, match="E108") as caught:
        load_photometry(path)
    assert says in str(caught.value)
    assert "own.yaml" in str(caught.value)


@pytest.mark.parametrize(
    "number", [[9.0, 0.1, "V", "assumed"], [0.5, 0.0, "V", "assumed"], [0.5, 0.1, "sure", "assumed"]]
)
def test_a_number_that_cannot_be_is_refused(tmp_path: Path, number: list[Any]) -> None:
    entries = one_entry()
    entries[0]["parameters"]["k"] = number
    with pytest.raises(InputError, match="E108"):
        load_photometry(written(tmp_path, {"entries": entries, "sources": {"assumed": "mine"}}))


@pytest.mark.parametrize("content", [b"id: [", b"\xff\xfe", b"- a\n- list\n", None])
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "x.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="E108"):
        load_photometry(str(path))


def test_a_misspelled_name_lists_the_names() -> None:
    with pytest.raises(InputError, match="lunar_lambert"):
        load_photometry("lunar-lambert")


def test_a_set_is_a_value() -> None:
    assert isinstance(load_photometry("akimov"), PhotometrySet)
    assert hash(load_photometry("akimov").of("green")) == hash(load_photometry("akimov").of("green"))
