"""Outbursts raised by light curves like Loki's, which have none, and found where one stands on top of the cycle.

``python benchmarks/loki_cycles.py [simulations]`` draws 40 to 90 looks over 2600 days at a place that is bright for
43 % of each cycle of 420 to 540 days, up to above the threshold of outbursts, with errors of 12 %; then one look of the
same series six times as bright as its brightest.
"""

import math
import sys
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from iovolc.track.hotspot_series import Cycle, Point, baseline
from iovolc.track.hotspot_states import Look, Rules, phases

Values = NDArray[np.float64]

START = datetime(2013, 1, 1, tzinfo=UTC)
OUTBURST_GW_UM_SR, ON_TOP = 150.0, 6.0


def loki(seed: int) -> tuple[Values, Values]:
    """Days and ln I."""
    rng = np.random.default_rng(seed)
    days = np.sort(rng.uniform(0.0, 2600.0, rng.integers(40, 90)))
    phase = (days / rng.uniform(420.0, 540.0) + rng.random()) % 1.0
    active = np.clip(np.minimum(phase / 0.08, (0.43 - phase) / 0.1), 0.0, 1.0)
    low, high = rng.uniform(10.0, 20.0), rng.uniform(6.0, 14.0)
    return days, math.log(low) + active * math.log(high) + 0.12 * rng.standard_normal(days.size)


def bursts(days: Values, log_value: Values) -> tuple[list[float], bool]:
    """Days of the outbursts raised, and whether a cycle was seen."""
    usual = baseline([Point(day, value, 0.1) for day, value in zip(days, log_value, strict=True)])
    looks = [
        Look(START + timedelta(days=float(day)), math.exp(value), 0.14, "detection",
             float(ndtr((math.exp(value) - OUTBURST_GW_UM_SR) / (0.1 * math.exp(value)))))
        for day, value in zip(days, log_value, strict=True)
    ]  # fmt: skip
    found = phases(looks, Rules(60.0, 0.3, usual))
    begun = [(phase.before_utc - START) / timedelta(days=1) for phase in found if phase.activity == "outburst"]
    return begun, isinstance(usual, Cycle)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    raised = cycles = above = on_top = 0
    for seed in range(count):
        days, log_value = loki(seed)
        begun, cyclic = bursts(days, log_value)
        raised += bool(begun)
        cycles += cyclic
        above += bool(log_value.max() > math.log(OUTBURST_GW_UM_SR))
        when = int(np.random.default_rng(seed).integers(3, days.size - 3))
        log_value[when] = log_value.max() + math.log(ON_TOP)
        on_top += any(abs(day - days[when]) < 1e-6 for day in bursts(days, log_value)[0])
    print(f"{count} cycles, {above} of them above {OUTBURST_GW_UM_SR:g} GW um-1 sr-1, {cycles} known as cycles")
    print(f"outbursts raised without one: in {raised}; found on top: {on_top}")


if __name__ == "__main__":
    main()
