"""What a run is expected to cost here and now, and workers no more than the memory has room for."""

from iovolc.archive.costs import load_costs
from iovolc.machine import free_mib
from iovolc.parallel import Runner, Threads, at_most, unreported, workers_of
from iovolc.pipeline.context import Context
from iovolc.pipeline.forecast import Forecast, Work, forecast

_MIB_PER_GIB = 1024.0


def expect(work: Work, context: Context) -> Forecast:
    """What work will cost with the context's workers and memory.

    Memory counts where threads of this process do the work, or where ``cluster.memory_gib`` says how much there is:
    what workers elsewhere have is known to their scheduler.
    """
    most_mib = context.config.cluster.memory_gib * _MIB_PER_GIB
    here = isinstance(unreported(context.runner), Threads)
    room = most_mib or (free_mib() if here else float("inf"))
    ppd = context.config.grid.pixels_per_degree
    return forecast(work, ppd, load_costs(), workers=workers_of(context.runner), free_mib=room)


def fitting(context: Context, expected: Forecast) -> Runner:
    """The context's runner, with no more workers than were expected to fit."""
    return context.runner if expected.workers >= expected.asked else at_most(context.runner, expected.workers)
