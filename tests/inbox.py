"""An inbox into which epochs are dropped: plain ones, late ones, broken, mended, repeated and superseding ones.

`python -m tests.inbox FOLDER COUNT SECONDS` drops them by itself, one after the other, as a mission's pipeline does.
"""

import json
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import count as counting
from itertools import cycle, islice
from pathlib import Path

from tests.small_maps import FAST, Spot, bounded, contents, picture, row, write_catalogue, write_reference, write_tif

REGION = (20.0, 80.0, 30.0, -30.0)
SHAPE = (120, 120)
DARK = Spot(5.0, 50.0, 200.0, -0.4)
APPEARS = 1983
PATTERN = ("plain", "broken", "plain", "late", "broken", "twice", "superseding", "mended")
CHEAP = ("grid.pixels_per_degree=4", "publish.figures=0", "detect.scales_km=[30,150]", "detect.null_draws=1", *FAST)


@dataclass(frozen=True)
class Drop:
    """Files that appear in an inbox one after the other, each complete or not at all; the catalogue comes last."""

    kind: str
    files: tuple[tuple[str, bytes], ...]

    def into(self, inbox):
        """Let it fall."""
        inbox.mkdir(parents=True, exist_ok=True)
        for name, content in self.files:
            partial = inbox / f".{name}.part"
            partial.write_bytes(content)
            partial.replace(inbox / name)


def image(year, *, noise=0.01):
    """A map of a part of Io in some year, as the bytes of a GeoTIFF; from 1984 on with a dark spot."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "map.tif"
        spots = (DARK,) if year > APPEARS else ()
        return write_tif(path, picture(year, spots, bounds=REGION, shape=SHAPE, noise=noise)).read_bytes()


def catalogue(year):
    """The catalogue of one map, as bytes."""
    with tempfile.TemporaryDirectory() as folder:
        cells = row(f"y{year}.tif", f"{year}-06-28T00:00:00Z", **bounded(REGION))
        return write_catalogue(Path(folder) / "map.csv", [cells]).read_bytes()


def drops(number):
    """So many drops, in their order; all kinds are among eight of them."""
    years = counting(1980, 2)
    sound, broken = list[int](), list[int]()
    done = list[Drop]()
    for place, kind in enumerate(islice(cycle(PATTERN), number)):
        csv = f"{place:03d}.csv"
        if kind in {"plain", "broken"}:
            year = next(years)
            (sound if kind == "plain" else broken).append(year)
            content = image(year) if kind == "plain" else b"half of it got lost on the way"
            files = ((f"y{year}.tif", content), (csv, catalogue(year)))
        elif kind == "late":
            year = sound[-1] - 1
            files = ((f"y{year}.tif", image(year)), (csv, catalogue(year)))
        elif kind == "twice":
            files = ((f"y{sound[-1]}.tif", image(sound[-1])), (csv, catalogue(sound[-1])))
        elif kind == "superseding":
            files = ((f"y{sound[-1]}.tif", image(sound[-1], noise=0.005)),)
        else:
            year = broken.pop()
            files = ((f"y{year}.tif", image(year)),)
        done.append(Drop(kind, files))
    return done


def overrides(folder):
    """The settings that go with the maps: a cheap grid, and a reference map of the same surface in this folder."""
    return (*CHEAP, f"registration.reference={write_reference(folder / 'reference.png')}")


def published(out):
    """Every file of a run's outputs but its seconds, without the number of the manifest, which counts the ingests."""
    found = contents(out, but=("timings.json",))
    record = json.loads(found["run.json"])
    number = str(record["manifest"].pop("number"))
    found["run.json"] = json.dumps(record).encode()
    found["page/index.html"] = found["page/index.html"].replace(f"<dd>{number}, ".encode(), b"<dd>")
    return found


if __name__ == "__main__":
    inbox, wanted, pause_s = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    for drop in drops(wanted):
        drop.into(inbox)
        time.sleep(pause_s)
