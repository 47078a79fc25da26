"""The page ``docs/scale.md``, from what was measured and simulated (``scale.py``)."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.archive_growth import growths

from iovolc.archive.costs import Costs
from iovolc.detect.completeness import SIZES_KM
from iovolc.pipeline.forecast import TRUE_WITHIN
from iovolc.publish.page_reach import BLOCK

Told = Mapping[str, Any]

ROW_BYTES: Final = len(SIZES_KM) * BLOCK * 360
"""Of what a publishing process holds of a comparison: a row of the page's blocks of places."""

_TOP: Final = """# Scale

Printed by `python benchmarks/scale.py FOLDER --page docs/scale.md`; do not edit. Times are of the processor where
nothing else is said: other work on the machine slows clocks, not processors. The machine was busy with other work when
this was measured, which makes the time of a task in the scheduler an upper limit.

## What a run costs before it begins

`iovolc run CATALOGUE --store DIR --out DIR --dry-run` and `iovolc rerun --dry-run` say what would be done and what it
would take in time, memory and bytes; every run says it before its comparisons, flows in their logs. If all workers
together would take more memory than is free (`cluster.memory_gib` gives another amount), fewer work at a time. The
constants lie in `data/costs.yaml`, as `python benchmarks/costs.py FOLDER` measured them; on another machine run it
there. They hold for the default search, to a factor of {within:g}.

## What is kept, and how it is proved current

A new epoch costs its own work and that of its successors. Whatever is kept lies under a hash of all that it was made
from, so nothing is ever out of date: what depends on something that changed has another name and is made anew.

| stage | one result for each | made from | a new epoch, the latest of its channel, makes |
|---|---|---|---|
| `epochs/` | row of a catalogue | file, row, grid, reference map, settings of ingest, version | 1 |
| `cache/facts` | epoch | epoch, light | 1 |
| `cache/partners` | epoch with more predecessors than are compared | all epochs of its channel before it, light | 1 |
| `cache/detect` | comparison | epoch, chosen predecessors, other bands of these images, settings, curves, version | 1 |
| `cache/levels` | epoch of a channel | epoch, the channel's base, other bands of these images, settings | 1 |
| `cache/segments` | channel | its epochs, other bands of their images, settings | 1 |
| `cache/forced` | visit | its comparisons and those of eight visits before it, order of the visits | 1 |
| `cache/page`, `cache/compared` | epoch | epoch, its comparison, way of drawing | 1 |
| `runs/` | run | configuration, versions, manifest | 1 |

`tests/unit/test_incremental.py` counts them: the same for archives of 5 and of 20 epochs, none where nothing is new,
and for a late epoch its own and those that choose it as a predecessor. An epoch that shows more of Io than all before
becomes the base of its channel's levels, and all levels are made anew: of N epochs in random order about ln N do.
"""

_HELD: Final = """
## What is held in memory, and what waits for the disk

A comparison matches one predecessor at a time and takes the median of some rows at a time; the tones of its epochs and
its differences lie meanwhile in files without names in the store's `cache`, up to 32 epochs (4 GiB) and 8 to 14 bytes
a pixel and predecessor, which are gone with the process. What is smaller than 8 MiB stays in memory. So its memory is
that of the search, whatever the number of predecessors. Of each comparison that was made a process holds its tables
and its outlines. What a comparison would have shown is read one at a time, and what the page needs of all together
waits in a file, of which a row of blocks is read at a time (43 kB of each). Levels are read band by band, rates and
series epoch by epoch. Reading and writing overlap with computing since several epochs are at work at a time; within
one it is not worth while: an epoch is read in a small part of the time that its comparison takes.
"""

_FUTURE: Final = """
## Where it would break first

1. **Memory of a comparison.** The search holds the answers of two filters at all pixels, whatever the number of
   predecessors: {gib:.0f} GiB at 1 km. The planner lets as many work as there is room for, at least one, and no smaller
   machine will do. Smaller sheets would: the search is local but for the tone's curves and the null, whose fields are
   global.
2. **What is read of every epoch at each run** (heads, tables, coverage: {alone:.3g} h) is linear in the archive.
3. **Steps in whole histories** take {steps:.3g} processor hours for each new epoch of a channel, since brief changes
   are sought between all pairs of a place's epochs: the square of the history. They go by blocks of eight, of which
   those that cannot hold the best are passed over. All workers share them, band by band, and a channel whose epochs
   have not changed is not looked at again. What would follow is to keep them by band, for bands that the new epoch
   does not show, and to limit how long a brief change may last.
4. **Memory of the publishing process**: {maps:.2g} GiB of a row of the page's blocks of places, beside tables and
   outlines; linear in the archive.
5. **The store's link**: {read:.3g} TiB are read, since workers hold few epochs of this size; it is busy {store:.0%}
   of the time with 100 workers.
6. **The scheduler** is busy {scheduler:.1%} of the time with 100 workers: tasks are whole epochs.
"""


def write_page(path: Path, told: Told, constants: Told, costs: Costs, known: Told, setting: Told) -> None:
    """Write the page.

    Parameters
    ----------
    path : Path
        The page.
    told : mapping
        Of ``scale.py``: jobs `whole` and `one`.
    constants, costs : mapping, Costs
        What was measured.
    known : mapping
        Results of ``archive_growth.py``, ``copied_archive.py`` and ``store_codecs.py``, or None.
    setting : mapping
        What was asked and assumed.
    """
    parts = [_TOP.format(within=TRUE_WITHIN), _HELD, *_measured(known), *_scale(told, constants, costs, setting)]
    path.write_text("\n".join(parts), encoding="utf-8")


def _measured(known: Told) -> Iterator[str]:
    if known["growth"]:
        yield from _growth(list(known["growth"].values()))
    if known["copied"]:
        yield from _copied(known["copied"])
    if known["codecs"]:
        yield from _codecs(known["codecs"])


def _growth(cases: Sequence[Told]) -> Iterator[str]:
    yield "\n## Archives as they grow\n"
    yield "`python benchmarks/archive_growth.py OUT`: the whole job, then one epoch more, then nothing new, each in a"
    yield "process of its own. Profiles `quick` and `light` seek fewer sizes with fewer surrogates and predecessors;"
    yield "from nothing (`--apart`), an archive begins with an empty store, elsewhere with that of the line before.\n"
    yield (
        "| profile | pixels | epochs | workers | so far, s | one more, s | nothing new, s | peak, MiB | "
        "with one more, MiB | expected over measured: time, memory |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for case in sorted(cases, key=lambda one: (one["profile"], one["pixels"], one["epochs"])):
        times = " | ".join(f"{case[what]['cpu_s']:.1f}" for what in ("one_more", "nothing_new"))
        peaks = " | ".join(f"{case[what]['peak_mib']:.0f}" for what in ("grown", "one_more"))
        kind = ", from nothing" if case["apart"] else ""
        yield (
            f"| {case['profile']}{kind} | {case['pixels'] / 1e6:.1f} M | {case['epochs']} | {case['workers']} | "
            f"{case['cpu_s']:.1f} | {times} | {peaks} | {_ratios(case)} |"
        )
    yield from ("", *(f"- {line}" for line in growths(cases)))


def _ratios(case: Told) -> str:
    """How well the forecast held, where it is for the search that was made."""
    if case["profile"] != "whole":
        return "-"
    return ", ".join(f"{case['expected'][name] / case['grown'][name]:.2f}" for name in ("cpu_s", "peak_mib"))


def _copied(cases: Sequence[Told]) -> Iterator[str]:
    yield "\n## What grows when the work of each epoch is at hand\n"
    yield "`python benchmarks/copied_archive.py STORE FOLDER`: publishing archives of copies at 4 pixels per degree,"
    yield "with one epoch more than at the run before.\n"
    yield "| epochs | processor, s | peak, MiB |"
    yield "|---|---|---|"
    for case in cases:
        if case["what"] == "one_more":
            yield f"| {case['epochs']} | {case['cpu_s']:.1f} | {case['peak_mib']:.0f} |"


def _codecs(found: Told) -> Iterator[str]:
    yield "\n## Compression of the store\n"
    yield f"`python benchmarks/store_codecs.py`: {found['maps']} real maps of Io on the grid, {found['mib']} MiB plain;"
    yield "rates of plain bytes by processor time. The store's is in bold. A stronger one saves bytes of which"
    yield "comparisons keep several times as many (`kept_bytes_px`), a weaker one time that is little beside theirs.\n"
    yield "| codec | bytes | write, MiB/s | read, MiB/s |"
    yield "|---|---|---|---|"
    for row in found["rows"]:
        name = f"**{row['codec']}**" if row["codec"] == found["chosen"] else row["codec"]
        yield f"| {name} | {row['share']:.1%} | {row['write_mib_s']} | {row['read_mib_s']} |"


def _scale(told: Told, constants: Told, costs: Costs, setting: Told) -> Iterator[str]:
    yield f"\n## {setting['epochs']} epochs at 1 km in {setting['channels']} channels\n"
    yield "Measured constants (`data/costs.yaml` of " + f"{costs.date}, {costs.machine}):\n"
    yield "| constant | value |"
    yield "|---|---|"
    for name, value in (*costs.model_dump().items(), *constants.items()):
        if name not in {"date", "machine"}:
            values = value if isinstance(value, tuple) else (value,)
            yield f"| `{name}` | {', '.join(f'{one:.4g}' for one in values)} |"
    yield (
        f"\nAssumed, not measured: a store behind {setting['store_bytes_s'] * 8 / 1e9:g} Gbit/s, each worker behind "
        f"{setting['worker_bytes_s'] * 8 / 1e9:g} Gbit/s, {setting['price']:g} $ for an hour of a processor with "
        f"{setting['gib_a_processor']:g} GiB."
    )
    whole, one = told["whole"], told["one"]
    yield (
        f"The whole archive is {whole['facts']['tasks']:,} tasks, {whole['facts']['read_tib']:.3g} TiB read, "
        f"{whole['facts']['write_tib']:.3g} TiB written, {whole['facts']['processor_h']:,.0f} processor hours; "
        f"one epoch more is {one['facts']['tasks']:,} tasks and {one['facts']['processor_h']:.2g} processor hours.\n"
    )
    yield "| job | workers | hours of the workers | of one process | hours | workers busy | store | scheduler | $ |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for name, job in (("whole archive", whole), ("one epoch more", one)):
        for run in job["runs"]:
            yield _run(name, job, run, setting["price"])
    last = whole["runs"][-1]
    yield _FUTURE.format(
        gib=whole["facts"]["worker_gib"],
        steps=one["facts"]["steps_h"],
        alone=whole["alone_s"]["reading what is kept of every epoch"] / 3600.0,
        maps=setting["epochs"] * ROW_BYTES / 1024.0**3,
        read=whole["facts"]["read_tib"],
        store=_mean(last, "store"),
        scheduler=_mean(last, "scheduler"),
    )


def _run(name: str, job: Told, run: Told, price: float) -> str:
    dollars = run["shared_h"] * run["workers"] * job["facts"]["processors_paid"] * price + run["alone_h"] * price
    shares = " | ".join(f"{_mean(run, what):.1%}" for what in ("busy", "store", "scheduler"))
    return (
        f"| {name} | {run['workers']} | {run['shared_h']:.3g} | {run['alone_h']:.3g} | {run['hours']:.3g} | {shares} | "
        f"{dollars:,.2f} |"
    )


def _mean(run: Told, what: str) -> float:
    """Over the stages, by their time."""
    stages = run["stages"].values()
    return sum(one[what] * one["seconds"] for one in stages) / sum(one["seconds"] for one in stages)
