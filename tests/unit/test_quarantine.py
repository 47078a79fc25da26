from iovolc.cube.manifest import commit
from iovolc.cube.quarantine import quarantined, read_quarantine, refuse
from iovolc.errors import PROBLEMS, Finding
from store_sample import GRID, listing

SHA = "ab" * 32
NO_TIME = Finding("E302", "map.tif", "no time is given", row=4, column="time_utc")
NO_PIXEL = Finding("E402", "map.tif", "all 10 pixels are blank")


def test_a_refusal_says_where_what_and_how_to_mend_it(tmp_path):
    refuse(tmp_path, SHA, "map.tif", [NO_TIME])
    (finding,) = read_quarantine(tmp_path, SHA)["map.tif"]["findings"]
    assert (finding["code"], finding["row"], finding["column"]) == ("E302", 4, "time_utc")
    assert finding["detail"] == "no time is given"
    assert finding["title"] == PROBLEMS["E302"].title
    assert finding["fix"] == PROBLEMS["E302"].fix


def test_what_the_manifest_names_carries_the_codes(tmp_path):
    refused = refuse(tmp_path, SHA, "map.tif", [NO_PIXEL, NO_TIME, NO_TIME])
    assert (refused.product, refused.sha256, refused.codes) == ("map.tif", SHA, ("E302", "E402"))
    assert commit(tmp_path, GRID, refused=[refused]).refused == (refused,)


def test_bands_of_one_file_are_kept_apart(tmp_path):
    refuse(tmp_path, SHA, "map-red", [NO_TIME])
    refuse(tmp_path, SHA, "map-green", reason="only 2 tiles could be registered")
    kept = read_quarantine(tmp_path, SHA)
    assert set(kept) == {"map-red", "map-green"}
    assert kept["map-green"] == {"findings": [], "reason": "only 2 tiles could be registered"}
    assert quarantined(tmp_path) == (SHA,)


def test_the_same_refusal_again_writes_nothing(tmp_path):
    refuse(tmp_path, SHA, "map.tif", [NO_TIME])
    before = listing(tmp_path)
    refuse(tmp_path, SHA, "map.tif", [NO_TIME])
    assert listing(tmp_path) == before


def test_nothing_refused_reads_as_nothing(tmp_path):
    assert read_quarantine(tmp_path, SHA) == {}
    assert quarantined(tmp_path) == ()
