"""Why an event is listed, and how far to believe it: its numbers as sentences for people."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from iovolc.publish.schemas import FLAG_MEANINGS
from iovolc.publish.wording import count, is_known, number, onset, quantity, words

Row = Mapping[Any, Any]

_TIERS: Final = {
    "A": "Tier A: significant in two statistically independent data sets.",
    "B": "Tier B: significant in one data set, and better explained by a change than by a shift of the map.",
    "C": "Tier C: a candidate. It may be noise, a seam or relief; nothing should rest on it alone.",
}
_WORTH_TELLING: Final = 0.01
_WORTH_TELLING_SNR: Final = 0.3
_ACTIVITIES: Final = {
    "new": "newly seen", "brightening": "growing brighter", "active": "active", "outburst": "in outburst",
    "fading": "fading", "quiescent": "quiet", "reactivated": "active again after a pause",
}  # fmt: skip


def evidence(event: Row, detections: Sequence[Row]) -> list[str]:
    """What speaks for an event and what against it, the most important first.

    Parameters
    ----------
    event : mapping
        Its row of the events table.
    detections : sequence of mapping
        The rows of its detections.
    """
    return [
        _TIERS[event["tier"]],
        _seen(event, detections),
        _chance(event),
        *_together(event),
        _onset(event),
        *_kind(event),
        f"The place is {_ACTIVITIES.get(event['activity'], event['activity'])}.",
        *_against(event),
    ]


def _seen(event: Row, detections: Sequence[Row]) -> str:
    images = count(len({row["observation_id"] for row in detections}), "observation")
    channels = ", ".join(event["channels"])
    return f"The search found it in {images}" + (f" ({channels})." if channels else ".")


def _chance(event: Row) -> str:
    if not is_known(event["q_value"]):
        return f"Its signal is {number(event['snr'], 1)} times its noise; no false-discovery rate was measured for it."
    return (
        f"At its best scale the signal is {number(event['snr'], 1)} times the noise. Maps without any change show "
        f"something as strong with a probability of {event['p_value']:.2g}; if everything as strong that nothing else "
        f"explains were believed, about {_share(event['q_value'])} of it would be false."
    )


def _together(event: Row) -> list[str]:
    """What the looks that were not searched anew say, where they change anything."""
    combined = event.get("combined_snr")
    if not is_known(combined) or abs(combined - event["snr"]) < _WORTH_TELLING_SNR:
        return []
    way = "more" if combined > event["snr"] else "less"
    return [f"With what other looks show at this place it stands out {way}: {number(combined, 1)} times the noise."]


def _share(q: float) -> str:
    return f"{q:.0%}" if q >= 0.01 else f"{100 * q:.2g}%"


def _onset(event: Row) -> str:
    told = onset(event)
    if is_known(event["onset_after_utc"]) and is_known(event["onset_before_utc"]):
        first, last = told.split(" to ")
        return f"It began after {first}, the last good look without it, and before {last}, the first look with it."
    if told == "not claimed":
        return "When it began is not claimed: the looks cannot be put in order."
    return f"It began {told}."


def _kind(event: Row) -> Sequence[str]:
    """How sure the kind is, where that was measured."""
    if not is_known(event.get("kind_probability")):
        return ()
    text = f"The kind, {event['kind']}, has a probability of {event['kind_probability']:.0%}"
    second = event.get("second_kind_probability") or 0.0
    if is_known(event.get("second_kind")) and second >= _WORTH_TELLING:
        text += f"; next comes {event['second_kind']} with {second:.0%}"
    return (f"{text}.",)


def _against(event: Row) -> Sequence[str]:
    if not len(event["flags"]):
        return ("No flag is set: nothing special speaks against it.",)
    return [f"To bear in mind, {words(flag)}: {FLAG_MEANINGS[flag]}." for flag in event["flags"]]


def with_sigma(value: Any, sigma: Any, unit: str) -> str:
    """A number with its uncertainty: ``126 000 ± 900 km²``."""
    text = quantity(float(value))
    return f"{text} ± {quantity(float(sigma))} {unit}" if is_known(sigma) else f"{text} {unit}"
