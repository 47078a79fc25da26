"""The light model against points thrown at Jupiter: few here, many in the benchmark itself."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "jupitershine_monte_carlo.py"


@pytest.fixture(name="script", scope="module")
def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("jupitershine_monte_carlo", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_points_and_model_agree_to_a_percent(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(script, "PHASES", (0.0, 60.0, 120.0))
    assert script.main(0.4) == 0
    assert "beyond the limits: 0" in capsys.readouterr().out


@pytest.mark.parametrize("alpha", [0.0, 90.0])
def test_the_near_field_factor_is_that_of_the_points(script: ModuleType, alpha: float) -> None:
    found, error = script.sampled(alpha, 2)
    assert error[0] < 0.006
    assert script.expected(alpha)[0] == pytest.approx(found[0], rel=0.01)


def test_a_wrong_model_would_be_noticed(script: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a point source: no soft horizon."""
    monkeypatch.setattr(script, "PHASES", (90.0,))
    monkeypatch.setattr(script, "facet_factor", lambda normals, *_: normals[:, 0].clip(0.0))
    assert script.main(0.4) == 1
