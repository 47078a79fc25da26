"""What a comparison tells of tone and light, for the record of the run."""

import math
from collections.abc import Sequence
from typing import Any

from iovolc.detect.look import Look
from iovolc.light.classes import LightClass
from iovolc.light.gains import Gain, solve_gain
from iovolc.light.match import Difference


def light_statistics(newer: Look, pairs: Sequence[Difference], prior_sigma: float) -> dict[str, Any]:
    """The gains of an epoch by source of light, under ``light_gains``; empty where its light is not known.

    Parameters
    ----------
    newer : Look
        The epoch.
    pairs : sequence of Difference
        Against each of its predecessors.
    prior_sigma : float
        Of the logarithm of a gain.
    """
    if newer.side.lit is None:
        return {}
    solved = {light.word: _gain(light, pairs, prior_sigma) for light in newer.side.lit.classes}
    told = {word: _plain(gain) for word, gain in solved.items() if gain is not None}
    return {"light_gains": told} if told else {}


def match_statistics(older: Sequence[Look], pairs: Sequence[Difference]) -> dict[str, Any]:
    """How each predecessor was brought to the tone of the epoch, under ``matched``.

    Parameters
    ----------
    older : sequence of Look
        The predecessors, best first.
    pairs : sequence of Difference
        Against each of them.

    Returns
    -------
    dict
        A list of rows: ``observation_id``, ``light`` (sources of the epoch and of the predecessor), ``gain`` (ratio of
        contrasts), ``offset`` (newer minus older in ln albedo), ``surface`` (standard deviation of the smooth surface)
        and ``error`` (of the match itself). Null where there is none: what is matched by rank has no offset, and
        nothing is known where no ground is shared.
    """
    return {
        "matched": [
            {
                "observation_id": look.record.id,
                "light": [light.word for light in matched.pair],
                "gain": _rounded(matched.gain),
                "offset": _rounded(matched.offset),
                "surface": _rounded(matched.uneven),
                "error": _rounded(matched.error),
            }
            for look, pair in zip(older, pairs, strict=True)
            for matched in pair.lights
        ]
    }


def _rounded(value: float) -> float | None:
    return round(value, 4) + 0.0 if math.isfinite(value) else None  # no -0.0


def _gain(light: LightClass, pairs: Sequence[Difference], prior_sigma: float) -> Gain | None:
    met = [matched for pair in pairs for matched in pair.lights if matched.pair[0] == light]
    return solve_gain([item.offset for item in met], [item.error for item in met], prior_sigma=prior_sigma)


def _plain(gain: Gain) -> dict[str, Any]:
    return {
        "gain": round(gain.gain, 4),
        "sigma": round(gain.sigma, 4),
        "pull": round(gain.pull, 2),
        "predecessors": gain.n,
        "doubtful": gain.is_doubtful,
    }
