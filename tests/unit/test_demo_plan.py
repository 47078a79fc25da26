from iovolc.data import data_path
from iovolc.demo.maps import whole_frame
from iovolc.demo.plan import load_views

VIEWS = load_views(data_path("demo/epochs.csv"))


def test_there_are_a_dozen_epochs_from_voyager_to_juno() -> None:
    assert len({view.epoch for view in VIEWS}) >= 12
    assert [view.time_utc for view in VIEWS] == sorted(view.time_utc for view in VIEWS)
    assert {"Voyager 1", "Voyager 2", "Galileo", "Cassini", "New Horizons", "Juno"} == {view.mission for view in VIEWS}
    assert (VIEWS[0].time_utc.year, VIEWS[-1].time_utc.year) == (1979, 2024)


def test_names_are_unique_and_a_pair_of_polar_maps_shares_its_epoch() -> None:
    assert len({view.name for view in VIEWS}) == len(VIEWS)
    pair = [view for view in VIEWS if view.epoch == "pj57"]
    assert [view.part for view in pair] == ["north", "south"]


def test_maps_come_in_several_frames_and_bands() -> None:
    frames = {view.projection for view in VIEWS}
    assert {"bounds", "IAU_2015:50110", "IAU_2015:50115", "IAU_2015:50130", "IAU_2015:50135"} <= frames
    assert any(code in frames for code in ("IAU_2015:50120", "IAU_2015:50125"))
    assert all(whole_frame(code, 500.0).rows > 0 for code in frames)
    assert any(len(view.bands) < 3 for view in VIEWS)
    assert {view.one_file for view in VIEWS} == {True, False}


def test_noise_light_and_registration_are_realistic() -> None:
    for view in VIEWS:
        assert 0.01 <= view.noise <= 0.02
        assert 0.01 <= view.light_residual <= 0.05
        assert 3.0 <= view.warp_km <= 6.0
        assert view.resolution_km >= 14.0
