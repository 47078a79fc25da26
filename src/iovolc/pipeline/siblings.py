"""Which epochs of a manifest are bands of one image: same mission, instrument and times."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from iovolc.cube.entry import EpochEntry

Image = tuple[str, str, datetime, datetime]
Bands = Mapping[Image, Sequence[tuple[int, EpochEntry]]]
"""The epochs of each image, with their places in the manifest."""


def by_image(entries: Sequence[EpochEntry]) -> Bands:
    """The epochs of a manifest by image: made once, so that nobody looks through all of them for each."""
    found: dict[Image, list[tuple[int, EpochEntry]]] = {}
    for place, entry in enumerate(entries):
        found.setdefault(image_of(entry), []).append((place, entry))
    return found


def siblings(mine: Sequence[EpochEntry], bands: Bands) -> tuple[EpochEntry, ...]:
    """All epochs that share an image with one of these, those included, in the order of the manifest."""
    images = dict.fromkeys(image_of(entry) for entry in mine)
    return tuple(entry for _, entry in sorted((one for image in images for one in bands[image]), key=itemgetter(0)))


def image_of(entry: EpochEntry) -> Image:
    """What the bands of one image have in common."""
    return entry.mission, entry.instrument, entry.start_utc, entry.stop_utc
