"""Why an event is listed, in words."""

import pandas as pd
import pytest
from publish_sample import detections, events, utc

from iovolc.publish.page_evidence import evidence


def told(**changes):
    row = {**events().set_index("event_id", drop=False).loc["evt-equator"].to_dict(), **changes}
    return evidence(row, detections().head(1).to_dict("records"))


def test_what_speaks_for_it_comes_first():
    texts = told()
    assert texts[0] == "Tier A: significant in two statistically independent data sets."
    assert texts[1] == "The search found it in 1 observation (red, green)."
    assert "9.5 times the noise" in texts[2]
    assert "probability of 1.2e-05" in texts[2]
    assert texts[-2].startswith("To bear in mind, relief: shading of mountains")
    assert texts[-1].startswith("To bear in mind, edge: it touches the edge")


@pytest.mark.parametrize(
    ("after", "before", "text"),
    [
        (
            utc(1999, 7, 3),
            utc(2007, 2, 28),
            "It began after 1999-07-03, the last good look without it, and before 2007",
        ),
        (pd.NaT, utc(2007, 2, 28), "It began before 2007-02-28."),
        (pd.NaT, pd.NaT, "When it began is not claimed"),
    ],
)
def test_when_it_began(after, before, text):
    assert any(line.startswith(text) for line in told(onset_after_utc=after, onset_before_utc=before))


def test_the_kind_and_its_rival_only_where_worth_telling():
    rival = {"second_kind": "fading", "second_kind_probability": 0.17}
    assert "The kind, darkening, has a probability of 82%; next comes fading with 17%." in told(
        kind_probability=0.82, **rival
    )
    sure = told(kind_probability=1.0, second_kind="fading", second_kind_probability=0.001)
    assert "The kind, darkening, has a probability of 100%." in sure
    assert not any("The kind" in line for line in told())


@pytest.mark.parametrize(("combined", "text"), [(9.4, "stands out more: 9.4"), (3.0, "stands out less: 3.0")])
def test_what_other_looks_add_where_it_is_worth_telling(combined, text):
    assert any(text in line for line in told(snr=6.0, combined_snr=combined))
    assert not any("other looks" in line for line in told(snr=6.0, combined_snr=6.1))
    assert not any("other looks" in line for line in told(combined_snr=None))


def test_without_rate_or_flags():
    texts = told(q_value=None, flags=[])
    assert "no false-discovery rate was measured" in texts[2]
    assert texts[-1] == "No flag is set: nothing special speaks against it."
