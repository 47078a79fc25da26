"""Files of detection curves."""

import pytest

from iovolc.archive.curves import load_curves
from iovolc.data import data_path
from iovolc.errors import ConfigError
from iovolc.pipeline.reach import curves_key, curves_of


def test_the_packaged_curves_say_what_they_rest_on():
    curves = load_curves("packaged")
    assert curves.source
    assert curves.date
    assert {curve.maps for curve in curves.curves} == {"calibrated", "relative"}


@pytest.mark.parametrize("relative", [False, True])
def test_the_packaged_curves_are_sound(relative):
    curves = curves_of("packaged")
    large, small = (curves.of(relative=relative, elements=elements) for elements in (10.0, 1.0))
    assert large.probability(0.3) < 0.05
    assert large.probability(2.0) > 0.9
    assert large.margin_at(0.9) < 1.6
    assert (small.probability(2.0) < 0.1) == relative, (
        "on stretched maps one resolution element is below the least area"
    )


def test_what_is_written_is_read_back(tmp_path):
    curves = load_curves("packaged")
    path = tmp_path / "mine.yaml"
    path.write_text(curves.to_yaml(), encoding="utf-8")
    assert load_curves(str(path)) == curves
    assert curves_key(str(path)) == curves_key("packaged")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("middle: [", "middle: [-", "greater than 0"),
        ("maps: relative", "maps: blurred", "calibrated"),
        ("date:", "x:", "date"),
    ],
)
def test_a_file_that_is_not_sound_is_refused(tmp_path, before, after, told):
    text = data_path("completeness/packaged.yaml").read_text(encoding="utf-8")
    path = tmp_path / "bad.yaml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        load_curves(str(path))


def test_a_missing_file_is_named():
    with pytest.raises(ConfigError, match="nowhere"):
        load_curves("nowhere/curves.yaml")
