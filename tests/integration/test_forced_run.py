"""A change that one comparison finds is measured where others are too faint to find it: channels and later visits."""

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


def followed(folder, dlna, workers, **facts):
    """Events near the place after maps of one channel, the change in the third and last ones."""
    rows = []
    for index, strength in enumerate((0.0, 0.0, dlna, dlna)):
        name = f"map{index}.tif"
        write_tif(folder / name, picture(30 + index, (Spot(*PLACE, strength),)))
        rows.append(row(name, TIMES[index], channel="red", **facts))
    catalogue = write_catalogue(folder / "catalogue.csv", rows)
    overrides = ("grid.pixels_per_degree=4", f"registration.reference={write_reference(folder / 'reference.png')}")
    context = Context(folder / "store", override(Config(), overrides), workers)
    manifest = ingest([catalogue], context).manifest
    scan = detect(manifest, context)
    return near(track(manifest, scan, context).events, Spot(*PLACE, dlna)), context


@pytest.mark.parametrize("facts", [{}, {"quantity": "relative"}])
def test_a_later_visit_makes_an_event_plainer(tmp_path, facts):
    with runner(workers=2) as workers:
        found, context = followed(tmp_path, -0.2, workers, **facts)
    event = found.sort_values("combined_snr").iloc[-1]
    assert event["combined_snr"] > event["snr"] + 1.0
    kept = list((context.store / "cache" / "forced").glob("*/*.parquet"))
    assert len(kept) == 2, "the third and the fourth map, after the second, which has none before it to follow"
