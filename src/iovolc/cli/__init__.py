"""The command line: reads arguments, calls one use-case, says what came of it.

Heavy modules are imported inside the commands, so that ``iovolc --help`` answers at once.
"""

import gc as garbage
import os
import sys
import traceback

import typer

from iovolc.cli.alerts import alerts
from iovolc.cli.answers import diff, doctor, explain, rerun, serve
from iovolc.cli.bench import bench_discovery, bench_null, bench_run, bench_speed
from iovolc.cli.completeness import completeness
from iovolc.cli.configuration import template, validate
from iovolc.cli.export import export_cube, export_pds4
from iovolc.cli.heat import crossmatch, light_curve, targets
from iovolc.cli.light import fit_photometry
from iovolc.cli.pictures import figure, wallpaper
from iovolc.cli.stages import demo, detect, ingest, publish, run, track
from iovolc.cli.store import check, gc, status, verify

app = typer.Typer(
    name="iovolc",
    help="Find and follow volcanic change on Jupiter's moon Io in maps and images taken years apart.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_stages = (demo, run, ingest, detect, track, publish, check)
_answers = (rerun, diff, explain, light_curve, completeness, crossmatch, targets, serve, fit_photometry)
_pictures = (figure, wallpaper)
_upkeep = (status, alerts, verify, gc, doctor)
for _command in (*_stages, *_answers, *_pictures, *_upkeep):
    app.command()(_command)

_config = typer.Typer(help="Print or check a configuration.", no_args_is_help=True, rich_markup_mode=None)
for _command in (template, validate):
    _config.command()(_command)
app.add_typer(_config, name="config")

_export = typer.Typer(help="Write for programs of others: NetCDF, PDS4.", no_args_is_help=True, rich_markup_mode=None)
_export.command("cube")(export_cube)
_export.command("pds4")(export_pds4)
app.add_typer(_export, name="export")

_bench = typer.Typer(help="Measure detection: needs the checkout.", no_args_is_help=True, rich_markup_mode=None)
_bench.command("run")(bench_run)
_bench.command("null")(bench_null)
_bench.command("discovery")(bench_discovery)
_bench.command("speed")(bench_speed)
app.add_typer(_bench, name="bench")


def main() -> None:
    """Run the command line; ends the process with the documented exit code."""
    from iovolc.console import FAILED, exit_code, say
    from iovolc.errors import IovolcError
    from iovolc.machine import allow_many_files, use_freed_memory_again

    # Libraries make a million objects that stay: to look for garbage among them takes a tenth of a check, twice.
    garbage.set_threshold(100_000)
    # Tasks already fill the cores: threaded linear algebra inside them only gets in its own way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    use_freed_memory_again()
    allow_many_files()
    try:
        app()
    except IovolcError as error:
        say(str(error))
        sys.exit(exit_code(error))
    except Exception:
        # A fault of the machine or of iovolc itself: whoever is on call needs all of it.
        say(traceback.format_exc())
        sys.exit(FAILED)
    finally:
        garbage.freeze()
