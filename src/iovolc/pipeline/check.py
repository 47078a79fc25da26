"""Check: every problem of catalogues and their files, before any heavy work."""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from iovolc.archive.access import Access
from iovolc.archive.catalogue import read_catalogue
from iovolc.archive.convention import diagnose
from iovolc.archive.files import read_bytes
from iovolc.archive.images import with_pixels
from iovolc.archive.mending import Mend, mended
from iovolc.archive.points import read_points
from iovolc.archive.quality import quality
from iovolc.archive.rows import Row, parse_row
from iovolc.archive.understanding import understand
from iovolc.config import Config
from iovolc.errors import Finding, InputError
from iovolc.pipeline.check_report import Checked, Report
from iovolc.pipeline.points import sorted_out
from iovolc.pipeline.reading import base_map, even_base_map


def check(
    files: Sequence[Path], *, config: Config | None = None, catalogue: Path | None = None, fix: bool = False
) -> Report:
    """Problems of catalogues and of images.

    Parameters
    ----------
    files : sequence of Path
        CSV catalogues, tables of point measurements, or images.
    config : Config or None
        For the base map and the error of labels; None is the default.
    catalogue : Path or None
        Where the images' rows stand; without it their labels must say everything.
    fix : bool
        Whether to write each catalogue that cells can mend, as ``<name>.fixed.csv`` beside it.

    Raises
    ------
    InputError
        If a catalogue cannot be read at all.
    ConfigError
        If the base map cannot be used.
    """
    config = config or Config()
    now_utc = datetime.now(UTC)
    findings: list[Finding] = []
    rows: list[Checked] = []
    written: list[Path] = []
    others, tables = sorted_out(files)
    findings += [finding for path in tables for finding in read_points(path).findings]
    images = [path for path in others if path.suffix.lower() != ".csv"]
    sources = {path: _rows_of(path) for path in others if path not in images}
    if catalogue is not None and images:
        sources |= {catalogue: _rows_of(catalogue, only=images)}
    named = {os.path.realpath(path.parent / row.path) for path, (found, _) in sources.items() for row in found}
    for path in images:
        if catalogue is None or os.path.realpath(path) not in named:
            sources[path] = _row_of_image(path)
    for path, (found, problems) in sources.items():
        findings += problems
        checked = [check_row(row, path.parent, config, now_utc) for row in found]
        findings += [finding for item in checked for finding in item.findings]
        rows += checked
        if fix and path not in images:
            written += _fix(path, checked)
    return Report(tuple(findings), tuple(rows), tuple(written))


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
    findings = (*quality(observation, row.origin, now_utc=now_utc), *diagnosis.findings)
    usable = all(finding.severity == "warning" for finding in findings)
    return Checked(row, findings, usable, diagnosis, understood)


def _rows_of(path: Path, only: Sequence[Path] = ()) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
    """Rows and findings of a catalogue; those of some images alone if any are given."""
    content = read_catalogue(path)
    if not only:
        return content.rows, content.findings
    wanted = {os.path.realpath(image) for image in only}
    rows = tuple(row for row in content.rows if os.path.realpath(path.parent / row.path) in wanted)
    findings = (item for item in content.findings if os.path.realpath(path.parent / item.product) in wanted)
    return rows, tuple(findings)


def _row_of_image(path: Path) -> tuple[tuple[Row, ...], tuple[Finding, ...]]:
    """An image alone: a row that leaves everything to the label."""
    parsed = parse_row({"path": path.name}, number=2)
    return ((parsed,), ()) if isinstance(parsed, Row) else ((), parsed)


def _fix(path: Path, checked: Sequence[Checked]) -> list[Path]:
    mends: dict[int, tuple[Mend, ...]] = {
        item.row.number: item.diagnosis.mends for item in checked if item.diagnosis is not None and item.diagnosis.mends
    }
    if not mends:
        return []
    target = path.with_name(f"{path.stem}.fixed.csv")
    target.write_text(mended(read_bytes(path).decode("utf-8-sig"), mends), encoding="utf-8", newline="")
    return [target]
