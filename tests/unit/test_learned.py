from types import SimpleNamespace

import pytest

from iovolc.detect.artefacts import Artefacts
from iovolc.detect.flags import LIMITS
from iovolc.detect.ranking import MEASURES, features
from iovolc.pipeline import learned as module
from iovolc.pipeline.learned import learned_reliability


def test_the_learned_order_prefers_strong_changes_without_signs_of_artefacts():
    learned = learned_reliability()
    clean, weak = (learned.probability(features(z, 200.0, Artefacts())) for z in (8.0, 4.0))
    spoilt = learned.probability(features(8.0, 200.0, Artefacts(**{name: LIMITS[name] for name in MEASURES})))
    assert clean > weak
    assert clean > 0.8
    assert spoilt < 0.2


@pytest.mark.parametrize("weight", ["relief: 0.5", "sorcery: -1.0"])
def test_a_measure_that_speaks_for_a_change_or_is_none_is_refused(weight, tmp_path, monkeypatch):
    text = f"source: a test\nheld_out: {{auc: 0.9}}\noffset: 0.0\nweights: {{strength: 1.0, area: 0.1, {weight}}}\n"
    (tmp_path / "reliability.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "data_path", lambda name: tmp_path / name)
    fresh = SimpleNamespace(read=learned_reliability.__wrapped__)
    with pytest.raises(ValueError, match="no artefact measure"):
        fresh.read()
