"""Whatever bytes a stranger sends, the answer is an observation or numbered findings; never anything else.

Seconds by default; ``make soak`` looks as long as ``IOVOLC_SOAK_MINUTES`` says, from another seed each round.
"""

import itertools
import os
import random
import re
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from bad_catalogues import GOOD, HEADER, LINE
from bad_contents import CONTENTS
from bad_labels import FITS_DATA, PIXELS, fits, isis3, netcdf_classic, pds3, pds4, vicar, write_netcdf
from bad_pictures import jpeg, png, tiff
from bad_words import beside, worded_files, words_changed
from iovolc.archive.access import Access
from iovolc.archive.catalogue import CatalogueContent, read_catalogue
from iovolc.archive.families import UNFORESEEN, label_families
from iovolc.archive.fields import COLUMNS
from iovolc.archive.images import read_observation
from iovolc.archive.paths import why_not_plain
from iovolc.archive.rows import Row, parse_row
from iovolc.errors import InputError

SAID = re.compile(r"E\d{3} .+: .+: .+\. Mend: .+\.")
ACCESS = Access(max_megapixels=4.0)
GOOD_CELLS = GOOD | {"quantity": "iof"}
PLACED = GOOD_CELLS | {"band_index": "1"}
UNPLACED = {name: PLACED[name] for name in ("time_utc", "channel", "quantity", "band_index")}
BESIDE = {"data.img": PIXELS}
"""That of the PDS4 label."""
LAST = Path(tempfile.gettempdir()) / "iovolc-soak-last"
SECONDS = 60.0 * float(os.environ.get("IOVOLC_SOAK_MINUTES", "60"))
QUICK = settings(deadline=None, max_examples=60)
COLUMN_NAMES = st.sampled_from([*COLUMNS, "unknown", ""])
HOSTILE = st.sampled_from(
    ["=1+1", "@x", "../a", "/vsizip/a", "1e308", "-1e308", "5e-324", "nan", "inf", "9" * 5000, "\x00", "\x1b[0m", '"',
     "\r", "\n", "disc", "label", "bounds", "IAU_2015:50110", "EPSG:4326", "1999-02-30", "9999-12-31", "0001-01-01",
     "good.png", "good.tif", "-0", "360", "720", "٣", "\u202e", "ﬁ"]
)  # fmt: skip
CELLS = st.one_of(HOSTILE, st.text(max_size=8), st.floats().map(str), st.integers(-500, 500).map(str))


def _netcdf():
    with tempfile.TemporaryDirectory() as folder:
        write_netcdf(Path(folder) / "a.nc").close()
        return (Path(folder) / "a.nc").read_bytes()


with warnings.catch_warnings(action="ignore"):  # pvl warns of itself while it is imported
    label_families()

PICTURES = {"a.tif": tiff(), "a.png": png(), "a.jpg": jpeg()}
WORDED = worded_files()
SOUND = PICTURES | {
    "a.img": pds3() + PIXELS, "a.xml": pds4(), "a.cub": isis3() + PIXELS, "a.vic": vicar() + PIXELS,
    "a.fits": fits() + FITS_DATA, "classic.nc": netcdf_classic(), "a.nc": _netcdf(),
}  # fmt: skip


@st.composite
def mutations(draw, sound):
    """A sound file with bytes changed, taken out, put in, or cut off; its name and content."""
    name = draw(st.sampled_from(sorted(sound)))
    content = bytearray(sound[name])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        length = draw(st.sampled_from([1, 1, 2, 4, 8, 64]))
        kind = draw(st.sampled_from(["set", "set", "set", "drop", "insert", "cut", "copy"]))
        if kind == "set":
            content[at : at + length] = draw(st.binary(min_size=length, max_size=length))
        elif kind == "drop":
            del content[at : at + length]
        elif kind == "insert":
            content[at:at] = draw(st.binary(max_size=length))
        elif kind == "copy":
            content[at:at] = content[at : at + 4 * length]
        elif at > len(content) // 8:
            del content[at:]
    return name, bytes(content)


def well_said(findings):
    """Each finding has number, cause and fix, on one line."""
    assert all(SAID.fullmatch(str(finding)) for finding in findings), findings
    assert not any(UNFORESEEN in finding.detail for finding in findings), findings


def judged(row, folder):
    """True for an observation, False for findings that say cause and fix."""
    observation, findings = None, ()
    try:
        observation = read_observation(row, folder, ACCESS)
    except InputError as error:
        findings = error.findings
    well_said(findings)
    assert findings or np.isfinite(observation.pixels).any()
    return not findings


def looked_at(name, content, cells=GOOD_CELLS, beside=BESIDE):
    row = parse_row({**cells, "path": name.partition("/")[0]}, number=2)
    assert isinstance(row, Row)
    with tempfile.TemporaryDirectory() as folder:
        for path, data in {**beside, name: content}.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_bytes(data)
        return judged(row, Path(folder))


def understood(name, content):
    """Whether a file is read where its label says the place, and where the row does."""
    return [looked_at(name, content, cells, beside(name)) for cells in (UNPLACED, PLACED)]


def catalogue_judged(data):
    """Read a catalogue of these bytes beside two sound pictures, and all that its rows name."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("good.png", png()), ("good.tif", tiff())):
            (Path(folder) / name).write_bytes(content)
        path = Path(folder) / "catalogue.csv"
        path.write_bytes(data)
        try:
            content = read_catalogue(path)
        except InputError as error:
            content = CatalogueContent((), error.findings)
        well_said(content.findings)
        for row in content.rows:
            judged(row, Path(folder))
        return content


def test_the_sound_files_are_those_that_are_changed():
    for name, content in SOUND.items():
        assert looked_at(name, content), name
    for name, content in WORDED.items():
        assert any(understood(name, content)), name
    assert catalogue_judged(f"{HEADER}\n{LINE}\n".encode()).findings == ()


@QUICK
@given(mutations(PICTURES))
def test_changed_pictures_are_read_or_refused(mutated):
    looked_at(*mutated)


@QUICK
@given(mutations(SOUND))
def test_changed_labels_are_read_or_refused(mutated):
    looked_at(*mutated)


@QUICK
@given(st.binary(max_size=300), st.sampled_from([content.data[:16] for content in CONTENTS.values()]))
def test_made_up_bytes_are_refused(tail, start):
    assert not looked_at("a.dat", start[:8] + tail[:40])


@QUICK
@given(st.dictionaries(COLUMN_NAMES, CELLS, max_size=6))
def test_cells_of_any_kind_stop_no_other_row(cells):
    columns = list(dict.fromkeys([*GOOD, *cells]))
    quoted = ['"' + str((GOOD | cells).get(name, "")).replace('"', '""') + '"' for name in columns]
    good = ",".join(GOOD.get(name, "") for name in columns)
    content = catalogue_judged("\n".join([",".join(columns), good, ",".join(quoted)]).encode())
    assert [row.number for row in content.rows][:1] == [2]


@QUICK
@given(st.one_of(st.binary(max_size=300), mutations({"catalogue.csv": f"{HEADER}\n{LINE}\n{LINE}\n".encode()})))
def test_catalogues_of_any_bytes_are_read_or_refused(data):
    catalogue_judged(data if isinstance(data, bytes) else data[1])


@QUICK
@given(st.lists(st.sampled_from(["..", ".", "a", "/", "\\", "link", "out", "\0", "vsizip", ":", "~"]), max_size=8))
def test_no_path_leads_out_of_the_folder(parts):
    text = "/".join(parts)
    row = Row(number=2, path=text)
    with tempfile.TemporaryDirectory() as outer:
        folder = Path(outer) / "in"
        (folder / "a").mkdir(parents=True)
        (folder / "link").symlink_to(".")
        (folder / "out").symlink_to("..")
        with pytest.raises(InputError) as caught:
            read_observation(row, folder, ACCESS)
        assert caught.value.findings[0].code in ({"E106"} if why_not_plain(text) else {"E101", "E102", "E105", "E106"})


@QUICK
@given(words_changed(WORDED))
def test_labels_with_changed_words_are_read_or_refused(mutated):
    understood(*mutated)


@pytest.mark.soak
def test_an_hour_of_changed_bytes(capsys):
    """Rounds of all mutations until the time is over; what fails is shrunk and shown by Hypothesis.

    Should a file kill the interpreter itself, it is the one that lies in the folder for temporary files.
    """
    start = time.monotonic()
    many = settings(QUICK, max_examples=500, database=None)
    rows = {"catalogue.csv": f"{HEADER}\n{LINE}\n{LINE}\n".encode()}
    files = Counter()

    def look(mutated):
        name, content = mutated
        files[name] += 1
        LAST.write_bytes(name.encode() + b"\n" + content)
        catalogue_judged(content) if name in rows else (understood if name in WORDED else looked_at)(name, content)

    rounds = [mutations(sound) for sound in (SOUND, PICTURES, WORDED, rows)]
    rounds += [words_changed(sound) for sound in (WORDED, SOUND, rows)]
    for number in itertools.count(random.SystemRandom().getrandbits(32)):
        for sound in rounds:
            seed(number)(many(given(sound)(look)))()
            with capsys.disabled():
                sys.stdout.write(f"\n{files.total()} files in {time.monotonic() - start:.0f} s: {dict(files)}")
        if time.monotonic() > start + SECONDS:
            break
