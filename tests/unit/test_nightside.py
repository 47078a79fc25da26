from iovolc.pipeline.nightside import jupitershine, light_notes

NIGHT = {
    "observation_id": "pj57", "jupiter_lit_km2": 1e6, "night_day_ratio": 0.0073, "measured_ratio": None,
    "night_factor": 140.0,
}  # fmt: skip


def compared(**gain):
    told = {"gain": 1.0, "sigma": 0.1, "pull": 0.2, "predecessors": 1, "doubtful": False} | gain
    return {"observation_id": "pj58", "light_gains": {"jupiter": told}}


def test_a_reader_is_told_how_dark_a_night_side_is():
    (note,) = light_notes([NIGHT], [])
    assert "pj57" in note
    assert "1/137" in note
    assert "brightened 140 times" in note


def test_a_night_side_that_is_too_bright_was_stretched():
    notes = light_notes([NIGHT | {"measured_ratio": 0.73}], [])
    assert "100 times as bright as Jupiter can make it" in notes[1]
    assert len(light_notes([NIGHT | {"measured_ratio": 0.011}], [])) == 1


def test_only_doubtful_gains_are_told():
    assert light_notes([], [compared(), {"observation_id": "unlit"}]) == ()
    (note,) = light_notes([], [compared(gain=1.9, pull=4.06, doubtful=True)])
    assert "pj58" in note
    assert "lit by Jupiter come out 1.90 times as bright" in note


def test_epochs_without_a_night_side_are_passed_over():
    told = {key: value for key, value in NIGHT.items() if key != "observation_id"}
    heads = [
        {"record": {"id": "day"}, "provenance": {"key": "a"}},
        {"record": {"id": "pj57"}, "provenance": {"key": "b", "night_side": told}},
    ]
    assert jupitershine(heads) == (NIGHT,)
