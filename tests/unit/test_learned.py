from types import SimpleNamespace

import pytest

from iovolc.detect.artefacts import Artefacts
from iovolc.detect.flags import LIMITS
from iovolc.detect.ranking import MEASURES
from iovolc.pipeline import learned as module
from iovolc.pipeline.learned import learned_reliability


def test_the_learned_order_puts_changes_without_signs_of_artefacts_first():
    learned = learned_reliability()
    assert learned.probability(Artefacts()) > 0.8
    assert learned.probability(Artefacts(**{name: LIMITS[name] for name in MEASURES})) < 0.2


@pytest.mark.parametrize("weight", ["relief: 0.5", "sorcery: -1.0"])
def test_a_measure_that_speaks_for_a_change_or_is_none_is_refused(weight, tmp_path, monkeypatch):
    text = f"source: a test\nheld_out: {{auc: 0.9}}\noffset: 0.0\nweights: {{{weight}}}\n"
    (tmp_path / "reliability.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "data_path", lambda name: tmp_path / name)
    fresh = SimpleNamespace(read=learned_reliability.__wrapped__)
    with pytest.raises(ValueError, match="no artefact measure"):
        fresh.read()
