"""What the arguments of a command are: catalogues (CSV, or STAC items in JSON), point tables, images, patterns.

The one place that decides it. A table of point measurements is known by its header or its declaration, all else by its
name: ``.csv`` is a table, and so is a pipe; ``.json`` and ``.geojson`` are items; what holds ``*``, ``?`` or ``[`` and
is no file is a pattern; the rest are images that their labels must describe.
"""

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.contents import CatalogueContent
from iovolc.archive.point_marks import is_points_table
from iovolc.archive.rows import Row, parse_row
from iovolc.errors import Finding, InputError

Kind = Literal["table", "items", "points", "image", "pattern"]

_BY_SUFFIX: Final[dict[str, Kind]] = {".csv": "table", ".json": "items", ".geojson": "items"}
_STORE: Final = ".zarr"


@dataclass(frozen=True, slots=True)
class Listing:
    """What one file that was named, or that a pattern found, says of images.

    Parameters
    ----------
    path : Path
        The catalogue or the image; a pattern that found nothing.
    kind : str
        ``table``, ``items``, ``image``, ``points``, or ``pattern`` for one that found nothing.
    folder : Path
        What the rows' paths are relative to, and out of which they must not lead.
    rows : tuple of Row
        Usable rows; of an image one with a path alone, of point measurements none (they are no images).
    findings : tuple of Finding
        Numbered problems.
    is_found : bool
        Whether a pattern found it, so that nobody named it: what cannot be read of it stops nothing else.
    is_part : bool
        Whether these are some of its rows alone (:func:`batches`), without what is wrong with the others.
    """

    path: Path
    kind: Kind
    folder: Path
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]
    is_found: bool = False
    is_part: bool = False

    @property
    def is_catalogue(self) -> bool:
        """Whether other files are named in it."""
        return self.kind in ("table", "items")

    @property
    def catalogue(self) -> str:
        """Its name with its folder's, which tells catalogues of several missions apart; empty if it is none."""
        return "/".join(Path(os.path.realpath(self.path)).parts[-2:]) if self.is_catalogue else ""


def read_inputs(arguments: Sequence[Path]) -> tuple[Listing, ...]:
    """The rows of all that is named, in the order of the arguments; a pattern's files in the order of their names.

    A file that is named twice counts once. A catalogue that a pattern found and that cannot be read has no rows, but a
    finding: one that is half written must not stop a monitor.

    Parameters
    ----------
    arguments : sequence of Path
        Catalogues, images and patterns, relative to the working directory.

    Raises
    ------
    InputError
        If a catalogue that was named cannot be read at all (E501).
    TransientIOError
        If reading failed in a way that may pass.
    """
    listings: dict[str, Listing] = {}
    for argument in arguments:
        for path, folder, is_found in _files(argument):
            name = os.path.realpath(path)
            if name not in listings or (listings[name].is_found and not is_found):
                listings[name] = _listing(path, folder, is_found=is_found)
    return tuple(listings.values())


def batches(listings: Sequence[Listing], size: int) -> Iterator[tuple[Listing, ...]]:
    """The same rows, at most ``size`` at a time; what is not made of rows comes with the first.

    Parameters
    ----------
    listings : sequence of Listing
        Of :func:`read_inputs`.
    size : int
        At least 1.
    """
    whole = tuple(replace(listing, rows=()) for listing in listings)
    cuts = [
        replace(listing, rows=listing.rows[start : start + size], findings=(), is_part=True)
        for listing in listings
        for start in range(0, len(listing.rows), size)
    ]
    held: list[Listing] = []
    first = whole
    for cut in cuts:
        if held and sum(len(part.rows) for part in held) + len(cut.rows) > size:
            yield (*first, *held)
            first, held = (), []
        held.append(cut)
    if first or held:
        yield (*first, *held)


def kind_of(path: Path) -> Kind:
    """What an argument is.

    Parameters
    ----------
    path : Path
        As it was given.
    """
    if glob.has_magic(str(path)) and not os.path.lexists(path):
        return "pattern"
    if path.name and is_points_table(path):  # the folder itself has no name
        return "points"
    return _BY_SUFFIX.get(path.suffix.lower(), "table" if path.is_fifo() else "image")


def _files(argument: Path) -> Iterator[tuple[Path, Path, bool]]:
    """Each file that an argument means, the folder out of which it must not lead, and whether a pattern found it."""
    found = _matches(argument) if kind_of(argument) == "pattern" else []
    folder = _fixed_part(argument)
    yield from ((path, folder, True) for path in found)
    if not found:
        yield argument, argument.parent, False


def _matches(pattern: Path) -> list[Path]:
    found = glob.glob(str(pattern), recursive=True)  # noqa: PTH207 (pathlib finds hidden files too)
    return [path for path in map(Path, sorted(found)) if not path.is_dir() or path.suffix.lower() == _STORE]


def _fixed_part(pattern: Path) -> Path:
    """The folder in front of a pattern's first wildcard."""
    folder = pattern.parent
    while glob.has_magic(str(folder)):
        folder = folder.parent
    return folder


def _listing(path: Path, folder: Path, *, is_found: bool) -> Listing:
    kind = kind_of(path)
    if kind == "pattern":
        finding = Finding("E506", str(path), "there is no such file")
        return Listing(path, kind, folder, (), (finding,))
    if kind == "points":
        return Listing(path, kind, folder, (), (), is_found)
    if kind == "image":
        content = _of_image(path, folder)
    else:
        folder = path.parent
        try:
            content = _of_items(path) if kind == "items" else read_catalogue(path)
        except InputError as error:
            if not is_found:
                raise
            content = CatalogueContent((), error.findings)
    return Listing(path, kind, folder, content.rows, content.findings, is_found)


def _of_items(path: Path) -> CatalogueContent:
    # Items bring PROJ, which takes a tenth of a second to load.
    from iovolc.archive.stac import read_items  # noqa: PLC0415

    return read_items(path)


def _of_image(path: Path, folder: Path) -> CatalogueContent:
    parsed = parse_row({"path": path.relative_to(folder).as_posix()})
    return CatalogueContent((parsed,), ()) if isinstance(parsed, Row) else CatalogueContent((), parsed)
