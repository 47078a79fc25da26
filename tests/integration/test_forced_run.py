"""A change that one channel finds is measured in the other channel of its visit, where it is too faint to be found."""

import pytest
from tests.small_maps import (
    TIMES,
    Spot,
    near,
    picture,
    row,
    write_catalogue,
    write_reference,
    write_tif,
)

from iovolc.config import Config, override
from iovolc.parallel import runner
from iovolc.pipeline.context import Context
from iovolc.pipeline.detect import detect
from iovolc.pipeline.ingest import ingest
from iovolc.pipeline.track import track
from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED

PLACE = (13.0, 51.0, 130.0)
CONTRAST = {"blue": 0.3, "red": 0.012}


def test_the_colour_of_a_change_rests_on_both_channels_of_its_visit(tmp_path):
    rows = []
    for seed, (channel, dlna) in enumerate(CONTRAST.items()):
        for index, spots in enumerate(((), (Spot(*PLACE, dlna),))):
            name = f"map{index}-{channel}.tif"
            write_tif(tmp_path / name, picture(10 * seed + index, spots))
            rows.append(row(name, TIMES[index], channel=channel))
    catalogue = write_catalogue(tmp_path / "catalogue.csv", rows)
    reference = write_reference(tmp_path / "reference.png")
    overrides = ("grid.pixels_per_degree=4", f"registration.reference={reference}")
    with runner(workers=2) as workers:
        context = Context(tmp_path / "store", override(Config(), overrides), workers)
        manifest = ingest([catalogue], context).manifest
        found = near(track(manifest, detect(manifest, context), context).events, Spot(*PLACE, CONTRAST["blue"]))
    assert len(found) == 1
    event = found.iloc[0]
    assert list(event["channels"]) == ["blue"]
    assert event["dlna_blue"] == pytest.approx(CONTRAST["blue"], abs=0.03)
    assert event["dlna_red"] == pytest.approx(CONTRAST["red"], abs=0.03)
    assert event["kind"] == "whitening"
    assert len(list((tmp_path / "store" / "cache" / "forced").glob("*/*.parquet"))) == 1, "each visit is measured once"
