"""A corpus of bad files and catalogues: ``python tests/bad_files.py DIR`` writes it, the same each time.

Each fault has a folder of its own, named after what is wrong, with a catalogue that names the bad file beside a good
one. What nothing may read lies in ``outside``.
"""

import csv
import io
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from bad_catalogues import CATALOGUES, CELLS, DEVISED, GOOD, PATHS
from bad_contents import CONTENTS
from bad_labels import PIXELS, pds3, write_netcdf
from bad_pictures import png

NAMES = (*CONTENTS, *PATHS, *CELLS, *DEVISED, *CATALOGUES, "catalogue-is-a-folder", "catalogue-missing")
"""What is wrong, entry by entry."""


@dataclass(frozen=True)
class Bad:
    """One entry of the corpus.

    ``codes`` are the numbers that its findings may have, empty where the reader may choose; ``survivors`` is how many
    rows of the catalogue are sound.
    """

    name: str
    catalogue: Path
    codes: tuple[str, ...]
    survivors: int


def entries_of(folder: Path) -> list[Bad]:
    """The entries of a corpus that was written into a folder."""
    codes = {name: content.codes for name, content in CONTENTS.items()}
    codes |= {name: numbers for name, (*_, numbers) in (PATHS | CELLS | DEVISED).items()}
    entries = [Bad(name, folder / name / "catalogue.csv", numbers, 1) for name, numbers in codes.items()]
    for name, broken in CATALOGUES.items():
        entries.append(Bad(name, folder / name / "catalogue.csv", broken.codes, broken.survivors))
    return entries + [Bad(name, folder / f"{name}.csv", ("E501",), 0) for name in NAMES[-2:]]


def make_corpus(folder: Path) -> list[Bad]:
    """Write the corpus into an empty folder."""
    outside = folder / "outside"
    outside.mkdir(parents=True)
    (outside / "good.png").write_bytes(png())
    (outside / "outside.img").write_bytes(PIXELS)
    (outside / "outside.lbl").write_bytes(pds3(pointer='"A.IMG"'))
    write_netcdf(outside / "outside.nc").close()
    for name, content in CONTENTS.items():
        _write(folder / name, {"path": content.file, "quantity": "iof"} | content.cells)
        for file, data in {content.file: content.data, **content.beside}.items():
            (folder / name / file).write_bytes(data)
    for name, (path, _) in PATHS.items():
        _write(folder / name, {"path": path})
    for name, (cells, _) in CELLS.items():
        _write(folder / name, {"time_utc": "1998-01-01"} | cells)
    for name, (path, make, _) in DEVISED.items():
        _write(folder / name, {"path": path, "quantity": "iof"})
        make(folder / name)
    for name, broken in CATALOGUES.items():
        (folder / name).mkdir()
        (folder / name / "good.png").write_bytes(png())
        (folder / name / "catalogue.csv").write_bytes(broken.data)
        os.truncate(folder / name / "catalogue.csv", max(broken.size, len(broken.data)))
    (folder / "catalogue-is-a-folder.csv").mkdir()
    return entries_of(folder)


def _write(folder: Path, cells: dict[str, str]) -> None:
    """A catalogue of a good row and one with these cells."""
    folder.mkdir()
    (folder / "good.png").write_bytes(png())
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(dict.fromkeys([*GOOD, *cells])))
    writer.writeheader()
    writer.writerows([GOOD, GOOD | cells])
    text = stream.getvalue().replace('"0,NASA"', "0,NASA")  # the comma that nobody quoted
    (folder / "catalogue.csv").write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    made = make_corpus(Path(sys.argv[1]))
    sys.stdout.write(f"{len(made)} bad files and catalogues in {sys.argv[1]}\n")
