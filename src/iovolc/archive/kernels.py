"""Io's sky from the user's own SPICE kernels, through spiceypy (the optional extra ``spice``).

Kernels are loaded only while they are used: SPICE keeps them, and its errors, in one place for the whole process, so
one lock guards it and what was loaded is unloaded again. Not for fetching kernels, nor for pointing (C-kernels).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from iovolc import body
from iovolc.archive.files import file_sha256
from iovolc.archive.origin import Origin
from iovolc.errors import ConfigError, InputError
from iovolc.geometry.sky import Sky, Vector, sky_from_vectors

SkyOf = Callable[[datetime, str | int], Sky | None]
"""From a timezone-aware UTC time and an observer to its sky; None where the kernels do not reach."""

_LOCK: Final = threading.RLock()
_IO: Final = str(body.NAIF_ID)
_SUN: Final = "10"
_JUPITER: Final = ("599", "5")
"""Its centre, else the barycentre of its system, which is at most 220 km away: 0.03 degrees in Io's sky."""
_OUT_OF_REACH: Final = ("SPKINSUFFDATA", "IDCODENOTFOUND", "NOTRANSLATION", "UNKNOWNTARGET", "UNKNOWNOBSERVER")


@contextmanager
def opened(paths: Sequence[Path]) -> Iterator[SkyOf]:
    """Load kernels, give the function that asks them, unload them at the end.

    The kernels must hold leap seconds (LSK), Io's rotation (PCK), and the places (SPK) of Io, the Sun and the observer;
    Jupiter's or, instead, the barycentre's of its system. Other threads wait until the block ends.

    Parameters
    ----------
    paths : sequence of Path
        Kernels or meta-kernels, in the order in which SPICE is to load them.

    Yields
    ------
    callable
        See :data:`SkyOf`. The observer is a name that SPICE knows or a NAIF number (Galileo -77, New Horizons -98).
        Raises ConfigError if the kernels lack leap seconds or rotation.

    Raises
    ------
    ConfigError
        If spiceypy is not installed, no kernel is given, or one cannot be loaded.
    """
    spice = _spiceypy()
    if not paths:
        raise ConfigError("no SPICE kernel is given; name kernels or a meta-kernel, or leave them out")
    with _LOCK, ExitStack() as loaded:
        for path in paths:
            _load(spice, path)
            loaded.callback(spice.unload, str(path))
        yield lambda time_utc, observer: _sky(spice, time_utc, str(observer))


def contents(paths: Sequence[Path]) -> tuple[str, ...]:
    """Hexadecimal sha256 of all kernels that are loaded for these: of meta-kernels also the files that they name.

    Parameters
    ----------
    paths : sequence of Path
        As for :func:`opened`.

    Raises
    ------
    ConfigError
        As :func:`opened`, or if a kernel cannot be read.
    """
    if not paths:
        return ()
    spice = _spiceypy()
    with _LOCK:
        before = spice.ktotal("ALL")
        with opened(paths):
            names = [spice.kdata(index, "ALL")[0] for index in range(before, spice.ktotal("ALL"))]
    try:
        return tuple(file_sha256(Path(name), Origin(name)) for name in names)
    except InputError as error:
        raise ConfigError(f"a SPICE kernel cannot be read: {error}") from error


def _spiceypy() -> Any:
    try:
        import spiceypy  # noqa: PLC0415 (an optional extra)
    except ImportError as absent:
        raise ConfigError(
            "SPICE kernels are given, but spiceypy is not installed; `pip install iovolc[spice]`, or leave them out"
        ) from absent
    return spiceypy


def _load(spice: Any, path: Path) -> None:
    if not path.is_file():
        raise ConfigError(f"the SPICE kernel {path} does not exist; correct its path")
    try:
        spice.furnsh(str(path))
    except spice.exceptions.SpiceyError as fault:
        spice.unload(str(path))  # of a meta-kernel, what had been loaded before the fault
        raise ConfigError(
            f"the SPICE kernel {path} cannot be loaded ({_short(fault)}); fetch it again (an SPK in binary form), "
            "and check the paths in a meta-kernel"
        ) from fault


def _sky(spice: Any, time_utc: datetime, observer: str) -> Sky | None:
    try:
        return _ask(spice, time_utc, observer)
    except spice.exceptions.SpiceyError as fault:
        if _short(fault) in _OUT_OF_REACH:
            return None
        raise ConfigError(
            f"the SPICE kernels do not serve {observer} at {time_utc.isoformat()} ({_short(fault)}); add leap seconds "
            "(LSK), Io's rotation (PCK) and the places of Io, Sun, Jupiter and observer (SPK)"
        ) from fault


def _ask(spice: Any, time_utc: datetime, observer: str) -> Sky:
    received = spice.str2et(time_utc.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f"))
    from_observer_km, light_time_s = spice.spkpos(_IO, received, "J2000", "CN", observer)
    emitted = received - light_time_s
    to_sun_km, _ = spice.spkpos(_SUN, emitted, "J2000", "CN+S", _IO)
    to_body = np.asarray(spice.pxform("J2000", "IAU_IO", emitted))
    return sky_from_vectors(-np.asarray(from_observer_km), np.asarray(to_sun_km), _jupiter_km(spice, emitted), to_body)


def _jupiter_km(spice: Any, emitted: float) -> Vector:
    centre, barycentre = _JUPITER
    try:
        return np.asarray(spice.spkpos(centre, emitted, "J2000", "NONE", _IO)[0])
    except spice.exceptions.SpiceyError:
        return np.asarray(spice.spkpos(barycentre, emitted, "J2000", "NONE", _IO)[0])


def _short(fault: Any) -> str:
    """SPICE's short message, without its frame."""
    return str(fault.short).removeprefix("SPICE(").removesuffix(")")
