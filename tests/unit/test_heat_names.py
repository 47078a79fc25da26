"""Which hot spot a text means."""

import pandas as pd
import pytest

from iovolc.pipeline.heat import Heat, site_rows

SPOTS = pd.DataFrame(
    {
        "site_id": ["aa11", "bb22", "cc33"],
        "name": ["Loki", "Loki Patera", None],
        "aliases": [[], ["309W"], []],
    }
)


def meant(text):
    return list(site_rows(Heat(SPOTS, pd.DataFrame()), text)["site_id"])


@pytest.mark.parametrize(
    ("text", "ids"),
    [("loki", ["aa11"]), ("Loki Patera", ["bb22"]), ("309w", ["bb22"]), ("cc", ["cc33"]), ("none", [])],
)
def test_a_whole_name_goes_before_a_first_word(text, ids):
    assert meant(text) == ids


def test_a_first_word_means_what_it_begins():
    only = Heat(SPOTS.iloc[1:], pd.DataFrame())
    assert list(site_rows(only, "LOKI")["site_id"]) == ["bb22"]
