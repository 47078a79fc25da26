"""One light: pictures by the Sun and by Jupiter, rendered by other code, come to one albedo and to no false event."""

import numpy as np
import pytest

from iovolc.geometry.ephemeris import sky_from_place
from iovolc.parallel import runner
from iovolc.pipeline.ingest import ingest
from light_render import kanehekili
from light_render.compared import looked_at, scatter
from light_render.epochs import LATER, UNREGISTERED, Shot, changes_of, context_of, near, sure, told, write_shots
from light_render.geometries import null_pairs, round_trip
from light_render.scene import Camera
from small_grid import ALL_SLOW_UNCOMPILED

pytestmark = ALL_SLOW_UNCOMPILED

WITHIN, ACROSS, BY_JUPITER = 0.04, 0.08, 0.05
ROUND_TRIP = {
    "sun-020": ("sun", WITHIN),
    "sun-070": ("sun", ACROSS),
    "sun-120": ("sun", WITHIN),
    "jupiter-065": ("jupiter", BY_JUPITER),
    "mixed-075": ("jupiter", BY_JUPITER),
}
"""Source and largest scatter."""
OTHER_GROUND = ("sun-070", "jupiter-065")
NULL = ("day-15-70", "night-58-day", "night-58-90")


@pytest.fixture(scope="module")
def residuals(tmp_path_factory):
    """Of a few geometries, by name and law of the ground, for each source of light."""
    folder = tmp_path_factory.mktemp("relit")
    shots = [
        Shot(f"{name}-{law}", view, camera, law=law)
        for name, view, camera in round_trip()
        for law in ("lunar-lambert", "minnaert")
        if name in (ROUND_TRIP if law == "lunar-lambert" else OTHER_GROUND)
    ]
    with runner(workers=1) as workers:
        context = context_of(folder / "store", workers, UNREGISTERED)
        entries = ingest([write_shots(folder / "maps", shots)], context).manifest.entries
        by_id = {entry.observation_id: entry for entry in entries}
        found = {shot.name: looked_at(context, by_id[shot.name], shot.camera) for shot in shots}
    return {(name, one.source): one for name, parts in found.items() for one in parts}


@pytest.mark.parametrize("name", ROUND_TRIP)
def test_the_albedo_comes_back(residuals, name):
    source, bar = ROUND_TRIP[name]
    found = residuals[f"{name}-lunar-lambert", source]
    assert found.used > 0.3
    assert scatter(found.cells)[0] <= bar


@pytest.mark.parametrize("name", OTHER_GROUND)
def test_ground_that_scatters_by_another_law_keeps_its_contrasts(residuals, name):
    source, bar = ROUND_TRIP[name]
    assert scatter(residuals[f"{name}-minnaert", source].surface)[0] <= bar


def test_ground_that_drowns_in_noise_is_left_out(tmp_path):
    view = next(view for name, view, _ in round_trip() if name == "jupiter-065")
    camera = Camera(noise=0.01, full=0.02, floor=4e-4)
    with runner(workers=1) as workers:
        context = context_of(tmp_path / "store", workers, UNREGISTERED)
        catalogue = write_shots(tmp_path / "maps", [Shot("noisy", view, camera)])
        (entry,) = ingest([catalogue], context).manifest.entries
        careless = context_of(tmp_path / "store", workers, "light.min_snr=[0.0, 0.0]")
        kept, whole = (
            next(part for part in looked_at(each, entry, camera) if part.source == "jupiter")
            for each in (context, careless)
        )
    assert 0.2 < kept.used / whole.used < 0.9
    lost = np.where(np.isnan(kept.cells), whole.cells, np.nan)
    assert scatter(lost)[0] > 1.2 * scatter(kept.cells)[0]


@pytest.mark.parametrize("name", NULL)
def test_a_change_of_light_alone_is_no_event(tmp_path, name):
    _, older, newer = next(pair for pair in null_pairs() if pair[0] == name)
    shots = [Shot("older", *older, seed=1), Shot("newer", *newer, LATER, seed=2)]
    scan, tracked = changes_of(tmp_path, shots, UNREGISTERED)
    assert scan.statistics[0]["compared_km2"] > 3e6
    assert told(sure(tracked)) == "none"


def test_a_volcano_seen_by_jupitershine_alone_is_found_and_nothing_else(tmp_path):
    _, tracked = changes_of(tmp_path, kanehekili.shots())
    here = near(tracked.events, kanehekili.LAT, kanehekili.LON_E, 100.0)
    assert told(sure(tracked)) == told(here)
    (event,) = here.itertuples()
    assert event.kind == "darkening"
    assert event.light_class == "jupiter"
    assert event.onset_after_utc < kanehekili.NIGHT[1] <= event.onset_before_utc
    assert 0.5 * kanehekili.DIAMETER_KM < event.diameter_km < 1.5 * kanehekili.DIAMETER_KM


@pytest.mark.parametrize("shot", kanehekili.shots(), ids=lambda shot: shot.name)
def test_the_suns_of_the_volcanos_passes_are_the_real_ones(shot):
    view = shot.view
    sky = sky_from_place(
        shot.time_utc,
        sub_observer_lat=view.sub_observer_lat,
        sub_observer_lon_e=view.sub_observer_lon_e,
        range_km=view.range_km,
    )
    assert (sky.sub_solar_lat, sky.sub_solar_lon_e) == pytest.approx(
        (view.sub_solar_lat, view.sub_solar_lon_e), abs=0.1
    )
