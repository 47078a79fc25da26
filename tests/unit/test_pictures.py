"""`iovolc figure` and `iovolc wallpaper`: what a user gets from a published run, and what is refused."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from publish_sample import PLACES, published, utc
from tests.small_maps import iovolc

from iovolc.model.frames import conform
from iovolc.model.tables import LIGHT_CURVES

LABELS = {
    "event": ("darkening, tier A", "evt-equator", "-60° E", "60° W", "10° N", "200 km", "1st to 99th", "change of ln"),
    "changes": ("Changes on Io up to 2023-12-30", "tier B (2)", "darkening (4)", "120° E", "240° W", "1000 km on the"),
    "coverage": ("What was observed of Io", "red", "16.8 yr", "nobody looked for more than a year"),
    "light-curve": (
        "Loki $x_1$ <Patera>",
        "13.0° N, 51.2° E = 308.8° W",
        "L$p$ (3.78 µm)",
        "upper limit",
        "lower limit",
    ),
}


def looks():
    rows = [
        {
            "site_id": "hot-1", "time_utc": utc(2013 + 2 * number, 1, 1), "observation_id": f"obs{number}",
            "band": band, "wavelength_um": {"L$p$": 3.78, "Ms": 4.67}[band], "radiance_gw_um_sr": value,
            "sigma_gw_um_sr": 0.1 * value, "limit": limit, "quantity": "intensity",
            "source": "sim", "rivals": [], "blended": False, "flags": [],
        }
        for number, (band, value, limit) in enumerate(
            (("L$p$", 60.0, "detection"), ("L$p$", 1.0, "upper"), ("Ms", 90.0, "detection"), ("L$p$", 5.0, "lower"))
        )
    ]  # fmt: skip
    return conform(pd.DataFrame(rows), LIGHT_CURVES)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The sample's outputs, with a light curve, whose place has a name that must stay text."""
    folder = tmp_path_factory.mktemp("pictures") / "out"
    shutil.copytree(published(), folder)
    spots = pd.read_parquet(folder / "hotspots.parquet")
    spots.assign(name="Loki $x_1$ <Patera>").to_parquet(folder / "hotspots.parquet")
    looks().to_parquet(folder / "light_curves.parquet")
    return folder


def draw(run, out, kind, *options):
    site = ("--site", "hot-1") if kind == "light-curve" else ()
    return iovolc("figure", kind, "--run", run, "--out", out, *site, *options)


def words(svg: Path) -> str:
    """All text of a picture, as a reader or a search would find it."""
    found = re.findall(r"<text[^>]*>(.*?)</text>", svg.read_text(encoding="utf-8"), re.DOTALL)
    return "\n".join(found).replace("&lt;", "<").replace("&gt;", ">")


@pytest.mark.parametrize("kind", LABELS)
def test_what_a_figure_says_is_text_in_its_svg(run, tmp_path, kind):
    assert draw(run, tmp_path / "a.svg", kind).code == 0
    told = words(tmp_path / "a.svg")
    assert [label for label in LABELS[kind] if label not in told] == []


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize(("ending", "head"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("PDF", b"%PDF")])
def test_the_ending_says_how_it_is_written_and_twice_is_the_same(run, tmp_path, kind, ending, head):
    one, other = tmp_path / f"one.{ending}", tmp_path / f"other.{ending}"
    assert draw(run, one, kind).code == draw(run, other, kind).code == 0
    assert one.read_bytes().startswith(head)
    assert one.read_bytes() == other.read_bytes()
    assert str(tmp_path).encode() not in one.read_bytes()


def test_the_figure_of_an_event_is_that_of_the_page(run, tmp_path):
    assert draw(run, tmp_path / "a.png", "event", "--event", "evt-sea").code == 0
    assert (tmp_path / "a.png").read_bytes() == (run / "page" / "figures" / "evt-seam.png").read_bytes()


def test_a_blink_shows_before_and_after_for_ever(run, tmp_path):
    for name in ("one.gif", "other.gif"):
        assert draw(run, tmp_path / name, "blink").code == 0
    assert (tmp_path / "one.gif").read_bytes() == (tmp_path / "other.gif").read_bytes()
    with Image.open(tmp_path / "one.gif") as film:
        assert (film.n_frames, film.info["loop"]) == (2, 0)
        frames = []
        for number in range(2):
            film.seek(number)
            frames.append(np.asarray(film.convert("L")).astype(int))
            assert film.info["duration"] >= 500
    changed = np.abs(frames[1] - frames[0])[72:632, 80:640]
    assert changed[280, 280] > 20, "the middle of the event differs"
    assert changed[20:40, 20:40].max() <= 4, "what did not change does not blink"


def test_a_wallpaper_has_the_size_asked_for_and_the_same_bytes(run, tmp_path):
    for name in ("one.png", "other.png"):
        answer = iovolc("wallpaper", "--run", run, "--out", tmp_path / name, "--size", "1600x900", "--json")
        assert json.loads(answer.out) == {"wallpaper": str(tmp_path / name)}
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "other.png").read_bytes()
    with Image.open(tmp_path / "one.png") as image:
        assert image.size == (1600, 900)
        pixels = np.asarray(image.convert("RGB")).astype(int)
    scale = 900 / 1080
    middles = [pixels[round(500 * scale) + 8, round((left + 350) * scale) + 8].sum() for left in (90, 820)]
    assert middles[1] < middles[0] - 30, "the place is darker after than before"


def test_a_wallpaper_shows_the_event_asked_for(run, tmp_path):
    for name in ("evt-seam", "evt-pole"):
        answer = iovolc("wallpaper", "--run", run, "--out", tmp_path / f"{name}.png", "--size", "1280x720",
                        "--event", name)  # fmt: skip
        assert answer.code == 0
    assert (tmp_path / "evt-seam.png").read_bytes() != (tmp_path / "evt-pole.png").read_bytes()


def test_coverage_of_a_place_differs_from_that_of_all_of_io(run, tmp_path):
    assert draw(run, tmp_path / "a.svg", "coverage", "--site", "Loki Patera").code == 0
    assert "What was observed of Loki Patera" in words(tmp_path / "a.svg")


@pytest.mark.parametrize(
    ("kind", "name", "options", "told"),
    [
        ("rainbow", "a.png", (), "choose one of event, changes, coverage, light-curve, blink"),
        ("event", "a.jpg", (), ".png or .svg or .pdf"),
        ("event", "a", (), ".png or .svg or .pdf"),
        ("blink", "a.mp4", (), "films are not written"),
        ("blink", "a.png", (), ".gif"),
        ("event", "missing/a.png", (), "a folder that exists"),
        ("event", "a.png", ("--event", "evt-nowhere"), "no event is called `evt-nowhere`"),
        ("event", "a.png", ("--event", "evt-e"), "2 events start with `evt-e`"),
        ("event", "a.png", ("--event", "evt-edge"), "publish.figures"),
        ("coverage", "a.png", ("--site", "Mordor"), "no feature of Io is named `Mordor`"),
        ("light-curve", "a.png", ("--site", "Mordor"), "`Mordor` means none"),
    ],
)
def test_what_cannot_be_drawn_is_told_and_leaves_no_file(run, tmp_path, kind, name, options, told):
    answer = iovolc("figure", kind, "--run", run, "--out", tmp_path / name, *options)
    assert answer.code == 2
    assert told in answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", ["4k", "100x100", "1080x1920", "99999x50000", "1920"])
def test_a_size_that_cannot_be_drawn_is_told(run, tmp_path, size):
    answer = iovolc("wallpaper", "--run", run, "--out", tmp_path / "a.png", "--size", size)
    assert answer.code == 2
    assert f"--size {size}" in answer.err


def test_the_outputs_of_a_run_are_left_alone(run):
    answer = draw(run, run / "page" / "mine.png", "changes")
    assert answer.code == 2
    assert "name another folder" in answer.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")
@pytest.mark.parametrize("command", [("figure", "changes"), ("figure", "event"), ("wallpaper", "--size", "1280x720")])
def test_a_disk_that_refuses_is_told_without_a_traceback(run, tmp_path, command):
    full = tmp_path / "full.png"
    full.symlink_to("/dev/full")
    answer = iovolc(*command, "--run", run, "--out", full)
    assert answer.code == 5
    assert "full.png cannot be written" in answer.err
    assert "Traceback" not in answer.err


def test_a_light_curve_needs_a_place_and_values(run, tmp_path):
    answer = iovolc("figure", "light-curve", "--run", run, "--out", tmp_path / "a.png")
    assert (answer.code, "needs --site" in answer.err) == (2, True)
    bare = tmp_path / "bare"
    shutil.copytree(run, bare)
    looks().head(0).to_parquet(bare / "light_curves.parquet")
    answer = draw(bare, tmp_path / "a.png", "light-curve")
    assert (answer.code, "no value to draw" in answer.err) == (0, True), "nothing to do is no failure"


def test_an_older_output_without_views_and_backdrop_can_still_be_drawn(run, tmp_path):
    old = tmp_path / "old"
    shutil.copytree(run, old, ignore=shutil.ignore_patterns("views", "backdrop.tif", "completeness"))
    record = json.loads((old / "run.json").read_text())
    (old / "run.json").write_text(json.dumps(record | {"completeness": None}))
    for kind in ("changes", "coverage"):
        assert draw(old, tmp_path / f"{kind}.png", kind).code == 0
    answer = draw(old, tmp_path / "event.png", "event")
    assert (answer.code, "`iovolc publish` writes them" in answer.err) == (0, True)
    assert len(PLACES) == record["counts"]["events"]
