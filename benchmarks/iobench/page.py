"""The page of the benchmark, made from the summaries alone; no time or speed, which would be this machine's."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.iobench.froc import draw_froc
from benchmarks.iobench.report import FROC_STRATUM, RAW
from benchmarks.iobench.score import FALSE_PER_MPX
from benchmarks.iobench.truth import FAMILIES, SECTORS

FIGURES: Final = "figures"
"""Folder of the pictures, beside the page."""
_STRATA: Final = ("2-4", "4-8", "8-16", ">16", ">=4", ">=8")
_RATES: Final = tuple(f"{rate:g}" for rate in FALSE_PER_MPX)
_INTRO: Final = """# How well changes are found

Printed by `iovolc bench run`, `bench null` and `bench discovery` with `--page` from their summaries; do not edit.

IoBench draws changes of known place, size, colour and date onto the real map of Io, before blur, local warp, light,
noise and gaps, and counts what is found. The map is brought to the longitudes of the package's reference map, to which
epochs are registered and beside which it lies 1.5 km too far west. Epochs have real dates, mixed resolution (2 to 5
pixels), noise of 1.2 to 3 %, local warps of 8 km rms (registered by the package), light that is wrong by 4 % over the
disc and 0.8 % at 300 to 1 000 km, and 40 % gaps. Every detector gets the same epochs; peers get them registered and
brought to one resolution and one light by iovolc, and also raw. Every detector's threshold is swept: iovolc's over the
signal-to-noise ratio of all looks together (`combined_snr`) of all its events, whatever their tier; what the tiers come
to at the default q stands apart. A detection finds a change if at least 30 % of its pixels lie within the change's
extent; all others are false. Matched SNR is `sum(d^2) / sqrt(sum(d^2 v))` in the band that shows the change best, d its
change of ln albedo per pixel, v the variance of noise, residual registration and light in one look before and one
after. Changes start in the second half of the epochs and last, so that every detector has a history, and more than one
look may show them; those that no look before or no look after shows are left out. A million pixels (Mpx) are those of
the equator. Intervals are Wilson's, 95 %.
"""


def write_page(folder: Path, page: Path) -> None:
    """Write the page, and its pictures beside it, from the summaries that ``folder`` holds."""
    sizes = "; ".join(f"{one.name} {one.radius_km[0]:g}-{one.radius_km[1]:g} km" for one in FAMILIES)
    parts = [_INTRO, f"Families by equivalent radius (after Geissler et al. 2004): {sizes}.\n"]
    for sector in SECTORS:
        path = folder / f"summary-{sector}.json"
        if path.exists():
            summary = json.loads(path.read_text(encoding="utf-8"))
            picture = f"{FIGURES}/froc_{sector}.svg"
            draw_froc(summary, page.parent / picture)
            parts.append(_sector(summary, picture))
    path = folder / "summary-null.json"
    if path.exists():
        parts.append(_null(json.loads(path.read_text(encoding="utf-8"))))
    path = folder / "summary-discovery.json"
    if path.exists():
        parts.append(_discovery(json.loads(path.read_text(encoding="utf-8"))))
    page.write_text("\n".join(part.rstrip() + "\n" for part in parts), encoding="utf-8")


def _sector(summary: Mapping[str, Any], picture: str) -> str:
    what = (
        f"Detector {summary['detect']}, tracking {summary['track']}. Scenes of {', '.join(summary['base'])}: "
        f"{summary['scenes']}, with {summary['changes']} changes of SNR >= 2, "
        f"{summary['megapixels']} Mpx ({summary['million_km2']} million km2) free of changes; registering left "
        f"{_middle(summary['residual_km'])} km per axis."
    )
    lines = [f"## Sector {summary['sector']}, suite {summary['suite']}", "", what]
    if summary["overrides"]:
        lines += ["", f"Settings that differ from the defaults: {', '.join(summary['overrides'])}."]
    lines += ["", f"![Share of changes found against false detections]({picture})"]
    for most in _RATES:
        per_km2 = float(most) / summary["pixel_km"] ** 2
        lines += [
            "",
            f"### At most {most} false per Mpx ({per_km2:.2g} per million km2)",
            "",
            "| method | " + " | ".join(f"SNR {name}" for name in _STRATA) + " | half found at SNR |",
            "|---" * (len(_STRATA) + 2) + "|",
        ]
        lines += [_line(name, method["at"][most]) for name, method in _ranked(summary["methods"], most, raw=False)]
    ceiling = ", ".join(f"SNR {name} {_share(summary['ceiling'][name])}" for name in _STRATA)
    lines += [
        "",
        "A template that knew each change's shape and place would answer with 5 sigma or more, at the scene's",
        f"coarsest resolution and where the rims of gaps let it see the change: {ceiling}.",
        *_raw(summary["methods"]),
        "",
        "### Configurations",
        "",
        *_configurations(summary["methods"]),
        *(f"- {name}: not run, {why}" for name, why in summary["missing"].items()),
    ]
    return "\n".join([*lines, *_accuracy(summary)])


def _raw(methods: Mapping[str, Any]) -> list[str]:
    """What the peers find without iovolc's geometry and light."""
    rows = [
        f"| {name} | " + " | ".join(_share(method["at"][most]["strata"][FROC_STRATUM]) for most in _RATES) + " |"
        for name, method in _ranked(methods, _RATES[0], raw=True)
    ]
    if not rows:
        return []
    head = " | ".join(f"at most {most} false per Mpx" for most in _RATES)
    return [
        "", "### Peers on the maps as they came", "",
        f"Share of the changes of SNR {FROC_STRATUM} that are found without iovolc's registration and light.", "",
        f"| method | {head} |", "|---" * (len(_RATES) + 1) + "|", *rows,
    ]  # fmt: skip


def _configurations(methods: Mapping[str, Any]) -> list[str]:
    """What each method is, and what it did best with on each kind of maps."""
    chosen: dict[str, list[str]] = {}
    for method in methods.values():
        chosen.setdefault(method["configuration"], []).append(method["chosen"])
    names = {method["configuration"]: name for name, method in reversed(methods.items())}
    return [f"- {names[what]}: {'; '.join(filter(None, (what, *how)))}" for what, how in chosen.items()]


def _ranked(methods: Mapping[str, Any], most: str, *, raw: bool) -> list[tuple[str, Any]]:
    mine = [(name, method) for name, method in methods.items() if method["chosen"].startswith(RAW) == raw]
    return sorted(mine, key=lambda item: -(item[1]["at"][most]["strata"][FROC_STRATUM]["found"]))


def _line(name: str, at: Mapping[str, Any]) -> str:
    half = at["half_snr"]
    cells = [_share(at["strata"][stratum]) for stratum in _STRATA]
    return f"| {name} | " + " | ".join(cells) + f" | {'-' if half is None else f'{half:.1f}'} |"


def _share(one: Mapping[str, Any]) -> str:
    return f"{one['share']:.2f} ({one['low']:.2f}-{one['high']:.2f})" if one.get("share") is not None else "-"


def _middle(one: Mapping[str, float] | None) -> str:
    return f"{one['p50']:.2f} (10 to 90 %: {one['p10']:.2f} to {one['p90']:.2f})" if one else "-"


def _accuracy(summary: Mapping[str, Any]) -> list[str]:
    told, sure = summary["accuracy"], summary["decisions"]
    area = "-" if told["area_error"] is None else f"{told['area_error']:.2f}, bias {told['area_bias']:+.2f}"
    return [
        "",
        "### What iovolc says of what it finds",
        "",
        f"- distance from the true centre, pixels: {_middle(told['offset_px'])}",
        f"- relative error of the area, median, radius >= 4 pixels ({told['area_of']} changes): {area}",
        f"- onset interval holds the truth: {_share(told['onset_holds'])}",
        f"- kind right at SNR >= 10: {_share(told['kind_right'])}",
        f"- events of tier A or B at the default q: {sure['events']}, false among them {_share(sure['false'])}; "
        "changes found by them: " + ", ".join(f"SNR {name} {_share(sure['strata'][name])}" for name in _STRATA),
    ]


def _null(summary: Mapping[str, Any]) -> str:
    rows: Sequence[Mapping[str, Any]] = summary["rows"]
    lines = [
        "## Runs without change",
        "",
        f"Detector {summary['detect']}. Runs that end with an event of tier A or B although nothing changed;",
        "`allowed` is chance's 95 % point at q.",
        "",
        "| epochs | q | runs | with such an event | fraction, upper 95 % bound | allowed | |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['epochs']} | {row['q']:g} | {row['runs']} | {row['with_events']} | {row['fraction']:.3f}, "
        f"{row['upper']:.3f} | {row['allowed']} | {'holds' if row['passes'] else '**exceeded**'} |"
        for row in rows
    ]
    lines += ["", *(f"- {name} epochs: {count} events" for name, count in summary["special"].items())]
    return "\n".join(lines)


def _discovery(summary: Mapping[str, Any]) -> str:
    rows: Sequence[Mapping[str, Any]] = summary["rows"]
    lines = [
        "## Runs with changes: the false-discovery rate",
        "",
        f"Detector {summary['detect']}. Share of false ones among the events of tier A and B, mean over scenes",
        "(4 pixels per degree, 8 epochs); power is the share of the changes of SNR >= 8 that these events find.",
        "",
        "| changes put in | of all candidates real | q | scenes | events | false-discovery rate (95 %) | power | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row['changes']} | {row['real_share']:.2f} | {row['q']:g} | {row['scenes']} | {row['events']} | "
        f"{row['rate']:.3f} ({max(row['low'], 0.0):.3f}-{row['high']:.3f}) | {row['power']:.2f} of {row['plain']} | "
        f"{'holds' if row['holds'] else '**exceeded**'} |"
        for row in rows
    ]
    return "\n".join(lines)
