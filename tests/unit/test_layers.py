"""Which source has the say over a field."""

import math

from archive_sample import NOON, row

from iovolc.archive.layers import CATALOGUE, LABEL, Layer, choose
from iovolc.archive.product import Facts

FACTS = Facts(mission="GALILEO", instrument="SSI", unit="", range_km=2.5e5, nodata=math.nan, scale=0.0)


def test_the_catalogue_comes_before_the_label() -> None:
    layers = (Layer.of(CATALOGUE, row(mission="Galileo")), Layer.of(LABEL, FACTS))
    values, sources = choose(("mission", "instrument"), layers)
    assert values == {"mission": "Galileo", "instrument": "SSI"}
    assert sources == {"mission": "catalogue", "instrument": "label"}


def test_blanks_say_nothing_but_zero_does() -> None:
    values, _ = choose(("unit", "nodata", "scale", "psf_km"), (Layer.of(LABEL, FACTS),))
    assert values == {"scale": 0.0}


def test_other_fields_are_left_alone() -> None:
    values, _ = choose(("range_km",), (Layer.of(LABEL, FACTS), Layer(CATALOGUE, {"time_utc": NOON})))
    assert values == {"range_km": 2.5e5}
