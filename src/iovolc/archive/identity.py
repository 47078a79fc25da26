"""The name of an observation: the same row and bytes give the same id, wherever the file lies."""

import hashlib
import json
import re
import unicodedata
from dataclasses import asdict
from typing import Any, Final

from iovolc.model.observation import ObservationRecord, format_utc

_HASH_DIGITS: Final = 10
_PART_LENGTH: Final = 24
_OTHER: Final = re.compile(r"[^a-z0-9]+")


def observation_id(record: ObservationRecord) -> str:
    """A deterministic id: mission, instrument, channel and time, then a hash of what makes the pixels.

    Parameters
    ----------
    record : ObservationRecord
        Its ``id`` and ``path`` play no part.

    Returns
    -------
    str
        For example ``juno-junocam-red-20231230t083600z-0123456789``: lower-case letters, digits and hyphens.
    """
    content = {
        "sha256": record.sha256,
        "band_index": record.band_index,
        "placement": {name: _plain(value) for name, value in asdict(record.placement).items()},
        "scale": _plain(record.scale),
        "offset": _plain(record.offset),
        "quantity": record.quantity,
        "times": [format_utc(time) for time in (record.start_utc, record.time_utc, record.stop_utc)],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]
    time = record.time_utc.strftime("%Y%m%dT%H%M%SZ")
    parts = [slug(part) for part in (record.mission, record.instrument, record.channel, time)]
    return "-".join([*filter(None, parts), digest])


def slug(text: str) -> str:
    """The text in lower-case letters, digits and single hyphens, at most 24 characters; accents are dropped."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _OTHER.sub("-", plain).strip("-")[:_PART_LENGTH].rstrip("-")


def _plain(value: Any) -> Any:
    """Equal numbers written alike: 0, 0.0 and -0.0 are one."""
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str) else float(value) + 0.0
