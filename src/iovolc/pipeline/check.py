"""Check: every problem of catalogues and their files, before any heavy work."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from iovolc.archive.access import Access
from iovolc.archive.convention import Diagnosis, diagnose
from iovolc.archive.files import read_bytes
from iovolc.archive.filters import by_colour, by_wavelength, namesake
from iovolc.archive.images import with_pixels
from iovolc.archive.inputs import Listing, read_inputs
from iovolc.archive.mending import Mend, mended
from iovolc.archive.mosaics import seams
from iovolc.archive.quality import quality
from iovolc.archive.rows import Row
from iovolc.archive.understanding import Understood, understand
from iovolc.config import Config
from iovolc.cube.files import disk_errors
from iovolc.errors import Finding, InputError
from iovolc.geometry.variants import STATED
from iovolc.model.observation import Observation
from iovolc.pipeline.check_report import Checked, Report
from iovolc.pipeline.reading import base_colour, base_map, even_base_map


def check(
    files: Sequence[Path], *, config: Config | None = None, catalogue: Path | None = None, fix: bool = False
) -> Report:
    """Problems of catalogues and of images.

    Parameters
    ----------
    files : sequence of Path
        Catalogues, images and patterns (:mod:`iovolc.archive.inputs`), and tables of point measurements.
    config : Config or None
        For the base map and the error of labels; None is the default.
    catalogue : Path or None
        Where the images' rows stand; without it their labels must say everything.
    fix : bool
        Whether to write each catalogue that cells can mend, as ``<name>.fixed.csv`` beside it; those in CSV alone.

    Raises
    ------
    InputError
        If a catalogue that was named cannot be read at all.
    ConfigError
        If the base map cannot be used.
    """
    config = config or Config()
    now_utc = datetime.now(UTC)
    findings: list[Finding] = []
    rows: list[Checked] = []
    written: list[Path] = []
    measurements = 0
    listings = read_inputs(files)
    for listing in listings if catalogue is None else _told_by(catalogue, listings):
        told, count = _of_points(listing) if listing.kind == "points" else (listing.findings, 0)
        findings += told
        measurements += count
        checked = [check_row(row, listing.folder, config, now_utc) for row in listing.rows]
        findings += [finding for item in checked for finding in item.findings]
        rows += checked
        if fix and listing.kind == "table":
            written += _fix(listing.path, checked)
    return Report(tuple(findings), tuple(rows), tuple(written), measurements)


def check_row(row: Row, folder: Path, config: Config, now_utc: datetime) -> Checked:
    """Read one row's image and judge it."""
    try:
        understood = understand(row, folder, replace(Access.of(config.ingest), now_utc=now_utc))
        observation = with_pixels(understood, row.origin)
    except InputError as error:
        return Checked(row, error.findings, usable=False)
    name = config.registration.reference
    diagnosis = diagnose(
        observation, base_map(name), even_base_map(name), row.origin,
        default_sigma_km=config.registration.default_sigma_km,
    )  # fmt: skip
    judged = quality(observation, row.origin, now_utc=now_utc)
    odd = (*by_wavelength(understood, row), *_odd_colours(understood, observation, diagnosis, row, name))
    findings = (*judged, *odd, *seams(observation, row.origin), *diagnosis.findings)
    usable = all(finding.severity == "warning" for finding in findings)
    return Checked(row, findings, usable, diagnosis, understood)


def _odd_colours(
    understood: Understood, observation: Observation, diagnosis: Diagnosis, row: Row, reference: str
) -> tuple[Finding, ...]:
    """What the colours of the base map say of the band, where the image certainly lies as stated."""
    table = diagnosis.table
    as_stated = table.can_be_told and table.scores[0].variant == STATED
    colour = base_colour(reference) if as_stated and namesake(understood) is not None else None
    return () if colour is None else by_colour(understood, observation, colour, row)


def _of_points(listing: Listing) -> tuple[tuple[Finding, ...], int]:
    """What is wrong with a table of point measurements, and how many of its rows are usable."""
    # Astropy, which reads such tables, takes longer to load than a check of an image takes.
    from iovolc.pipeline.points import read_listed  # noqa: PLC0415

    table = read_listed(listing)
    return (table, 0) if isinstance(table, tuple) else (table.findings, len(table.glows))


def _told_by(catalogue: Path, listings: Sequence[Listing]) -> list[Listing]:
    """The listings, those of images that have rows in a catalogue replaced by these rows."""
    images = {os.path.realpath(listing.path) for listing in listings if listing.kind == "image"}
    (told,) = read_inputs([catalogue])
    rows = tuple(row for row in told.rows if os.path.realpath(told.folder / row.path) in images)
    findings = (item for item in told.findings if os.path.realpath(told.folder / item.product) in images)
    named = {os.path.realpath(told.folder / row.path) for row in rows}
    others = [listing for listing in listings if os.path.realpath(listing.path) not in named]
    return [replace(told, rows=rows, findings=tuple(findings)), *others]


def _fix(path: Path, checked: Sequence[Checked]) -> list[Path]:
    mends: dict[int, tuple[Mend, ...]] = {
        item.row.number: item.diagnosis.mends
        for item in checked
        if item.row.number is not None and item.diagnosis is not None and item.diagnosis.mends
    }
    if not mends:
        return []
    target = path.with_name(f"{path.stem}.fixed.csv")
    with disk_errors(f"{target} cannot be written"):
        target.write_text(mended(read_bytes(path).decode("utf-8-sig"), mends), encoding="utf-8", newline="")
    return [target]
