"""Figures and wallpapers of a published run, from its folder alone: no store, no detection."""

from collections.abc import Callable, Mapping
from functools import reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.cube.files import disk_errors
from iovolc.errors import ConfigError, NoWork
from iovolc.pipeline.completeness import place_of
from iovolc.pipeline.light_curve import light_curve
from iovolc.publish.blink import draw_blink
from iovolc.publish.curve_plot import curve_title, draw_light_curve, drawable
from iovolc.publish.drawing import FORMATS, place_text
from iovolc.publish.figures import headline
from iovolc.publish.global_map import draw_changes
from iovolc.publish.page_view import near, strongest
from iovolc.publish.rasters import read_backdrop
from iovolc.publish.reach import read_reach
from iovolc.publish.run_output import Completeness
from iovolc.publish.saved import SavedRun
from iovolc.publish.timeline import draw_timeline, looks_of
from iovolc.publish.triplet import draw_triplet
from iovolc.publish.views import View, read_view
from iovolc.publish.wallpaper import Caption, check_size, draw_wallpaper
from iovolc.publish.wording import onset, quantity

Row = Mapping[Any, Any]


def figure(kind: str, run: SavedRun, out: Path, *, event: str = "", site: str = "") -> Path:
    """Draw a figure of a run; the same outputs give the same bytes.

    Parameters
    ----------
    kind : str
        One of :data:`KINDS`.
    run : SavedRun
        The run.
    out : Path
        The file; its ending says how it is written.
    event : str
        Id of an event or its first digits, for ``event`` and ``blink``; empty is the strongest one.
    site : str
        A hot spot, for ``light-curve``; a named feature, for ``coverage``.

    Raises
    ------
    ConfigError
        If kind, ending, event or site cannot be used, or the file cannot be written there.
    NoWork
        If the run has nothing to show.
    StoreError
        If the disk refuses.
    """
    if kind not in KINDS:
        raise ConfigError(f"there is no figure `{kind}`: choose one of {', '.join(KINDS)}")
    check_out(out, ("gif",) if kind == "blink" else FORMATS, run)
    with disk_errors(f"{out} cannot be written"):
        KINDS[kind](run, out, event, site)
    return out


def wallpaper(run: SavedRun, out: Path, *, size_px: tuple[int, int] = (3840, 2160), event: str = "") -> Path:
    """Draw the image of the month: an event's place before and after, with caption and credits.

    Parameters
    ----------
    run : SavedRun
        The run.
    out : Path
        A PNG file.
    size_px : tuple of int
        Width and height.
    event : str
        As for :func:`figure`.

    Raises
    ------
    ConfigError, StoreError
        As :func:`figure`; also if the size cannot be drawn.
    """
    check_size(size_px)
    check_out(out, ("png",), run)
    row, shown = chosen_view(run, event)
    with disk_errors(f"{out} cannot be written"):
        draw_wallpaper(out, shown, read_backdrop(run.folder), caption(run, row, shown), size_px)
    return out


def check_out(out: Path, endings: tuple[str, ...], run: SavedRun) -> None:
    """Refuse a file that could not be written, before any work.

    Raises
    ------
    ConfigError
        If its ending is none of these, its folder is missing, or it lies among the run's own outputs.
    """
    if out.suffix.lower().removeprefix(".") not in endings:
        film = ": films are not written, since no library that iovolc needs makes H.264" if out.suffix == ".mp4" else ""
        raise ConfigError(f"{out}: the file's name must end in .{' or .'.join(endings)}{film}")
    if out.is_dir() or not out.absolute().parent.is_dir():
        raise ConfigError(f"{out} cannot be written: name a file in a folder that exists")
    if out.resolve().is_relative_to(run.folder.resolve()):
        raise ConfigError(
            f"{out} lies among the outputs of the run, which are replaced as a whole: name another folder"
        )


def chosen_view(run: SavedRun, event: str) -> tuple[Row, View]:
    """An event's row and view: the one asked for, or the strongest that has a view.

    Raises
    ------
    ConfigError
        If there is no such event, or it has no view.
    NoWork
        If no event of the run has a view.
    """
    if event:
        (row,) = run.event(event).to_dict("records")
        shown = read_view(run.folder, str(row["event_id"]))
        if shown is None:
            raise ConfigError(
                f"run {run.run_id} keeps no view of event {row['event_id']}: it keeps those of the strongest ones; "
                "publish again with a higher publish.figures"
            )
        return row, shown
    for row in _ordered(run).to_dict("records"):
        shown = read_view(run.folder, str(row["event_id"]))
        if shown is not None:
            return row, shown
    raise NoWork(f"no event of run {run.run_id} has a view to draw; of events, if any, `iovolc publish` writes them")


def caption(run: SavedRun, row: Row, shown: View) -> Caption:
    """The words under a wallpaper, from the run's tables and record."""
    cutout = shown.cutout
    how = (
        f"Channel {cutout.channel}, in {cutout.unit}, one stretch (1st to 99th percentile); the earlier looks are "
        "brought to the light and tone of the later one. Yellow: the outline of what changed. Blue-grey: no data."
    )
    facts = (
        ("where", place_text(row["lat"], row["lon_e"])),
        ("what", row["kind"]),
        ("area", f"{quantity(row['area_km2'])} ± {quantity(row['area_sigma_km2'])} km²"),
        ("when it began", onset(row)),
        ("how sure", f"tier {row['tier']}, {row['status']}"),
    )
    used = [run.inputs[name] for name in (*cutout.before_ids, *cutout.after_ids) if name in run.inputs]
    thanks = dict.fromkeys(f"{item['credit'] or item['mission'] or item['id']}" for item in used)
    sources = (
        f"Images: {'; '.join(thanks)}.",
        *(f"{text}." for text in run.record["credits"]),
        f"iovolc {run.record['code_version']}, run {run.run_id}, event {row['event_id']}.",
    )
    return Caption(f"Io: {row['kind']} near {near(row)}", facts, (how, *run.record["notes"][:1]), sources)


def _event(run: SavedRun, out: Path, event: str, _site: str) -> None:
    row, shown = chosen_view(run, event)
    draw_triplet(out, shown.cutout, shown.outline, headline(row))


def _blink(run: SavedRun, out: Path, event: str, _site: str) -> None:
    row, shown = chosen_view(run, event)
    draw_blink(out, shown, headline(row))


def _changes(run: SavedRun, out: Path, _event: str, _site: str) -> None:
    until = max((item.stop_utc for item in run.input_files), default=None)
    draw_changes(
        out, read_backdrop(run.folder), _compared(_reach(run)), _ordered(run).iloc[::-1],
        "" if until is None else f"{until:%Y-%m-%d}",
    )  # fmt: skip


def _coverage(run: SavedRun, out: Path, _event: str, site: str) -> None:
    place = place_of(site, None, None)
    at = None if place is None else (place.lat, place.lon_e)
    where = "Io" if place is None else f"{place.name} ({place_text(place.lat, place.lon_e)})"
    draw_timeline(out, looks_of(run.input_files, _reach(run), at), f"What was observed of {where}, and when")


def _light_curve(run: SavedRun, out: Path, _event: str, site: str) -> None:
    if not site:
        raise ConfigError("a light curve needs --site: the name, alias or id of a hot spot")
    curve = light_curve(site, run.folder)
    (spot,) = cast("list[dict[str, Any]]", curve.spot.to_dict("records"))
    if drawable(curve.looks) is None:
        raise NoWork(f"the light curve of `{site}` has no value to draw")
    draw_light_curve(out, curve.looks, curve_title(spot))


KINDS: Final[Mapping[str, Callable[[SavedRun, Path, str, str], None]]] = MappingProxyType(
    {"event": _event, "changes": _changes, "coverage": _coverage, "light-curve": _light_curve, "blink": _blink}
)
"""The figures there are."""


def _ordered(run: SavedRun) -> pd.DataFrame:
    return strongest(run.events, len(run.events))


def _reach(run: SavedRun) -> Completeness | None:
    return read_reach(run.folder, run.record) if run.record.get("completeness") else None


def _compared(completeness: Completeness | None) -> NDArray[np.bool_] | None:
    """Where at least one comparison was made, on the coarse map; None if the run does not tell."""
    if completeness is None or not completeness.epochs:
        return None
    return reduce(np.logical_or, (epoch.maps.share > 0 for epoch in completeness.epochs))
