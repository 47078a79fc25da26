"""Stored numbers of old archives: names of their types, VAX reals, special pixels.

Special pixels (NULL; low and high saturation of instrument and representation) hold no brightness: they are never
valid, and the four saturations are flagged.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import vax
from numpy.typing import NDArray

from iovolc.archive.labels.keywords import bit_pattern, plain_number
from iovolc.archive.labels.values import LabelError
from iovolc.archive.product import Stored

_BIG: Final = frozenset({"MSB", "SUN", "MAC", "IEEE", ""})
_LITTLE: Final = frozenset({"LSB", "PC", "VAX"})
_INTEGER_NAMES: Final = MappingProxyType({"INTEGER": "i", "UNSIGNED_INTEGER": "u", "SIGNED_INTEGER": "i"})
_REAL_NAMES: Final = frozenset({"REAL", "FLOAT", "DOUBLE"})
_SIZES: Final = MappingProxyType({"i": (1, 2, 4, 8), "u": (1, 2, 4, 8), "f": (4, 8)})


@dataclass(frozen=True, slots=True)
class Encoding:
    """How one number is stored.

    Parameters
    ----------
    dtype : dtype
        With byte order; VAX reals are held as unsigned integers of their size.
    is_vax : bool
        Whether those are VAX reals (F or D floating).
    """

    dtype: np.dtype[Any]
    is_vax: bool = False


@dataclass(frozen=True, slots=True)
class Special:
    """A stored number that is no brightness.

    Parameters
    ----------
    number : float or None
        Its value.
    bits : int or None
        Its bit pattern, for reals that no decimal text can name.
    saturated : bool
        Whether it stands for saturation.
    """

    number: float | None
    bits: int | None
    saturated: bool


def pds_encoding(name: str, size: int) -> Encoding:
    """The encoding of a PDS3 or ISIS2 type such as ``MSB_UNSIGNED_INTEGER`` with its size in bytes.

    Raises
    ------
    LabelError
        If it is not a plain number of that size.
    """
    word = name.upper().replace(" ", "_")
    prefix, _, rest = word.partition("_")
    if prefix not in _BIG | _LITTLE:
        prefix, rest = "", word
    kind = "f" if rest in _REAL_NAMES else _INTEGER_NAMES.get(rest, "")
    if size not in _SIZES.get(kind, ()):
        raise LabelError(f"numbers of type `{name}` with {8 * size} bits are not read")
    if prefix == "VAX" and kind == "f":
        return Encoding(np.dtype(f"<u{size}"), is_vax=True)
    return Encoding(np.dtype(f"{'<' if prefix in _LITTLE else '>'}{kind}{size}"))


def special(text: str, encoding: Encoding, *, saturated: bool) -> Special | None:
    """A special pixel as a label writes it; None where the text names none.

    Reals are often given by their bit pattern, in base 16 or as the unsigned integer of the same bits.
    """
    pattern, number = bit_pattern(text), plain_number(text)
    is_real = encoding.is_vax or encoding.dtype.kind == "f"
    if is_real and pattern is not None and (not text.isdigit() or pattern >= 1 << 31):
        return Special(None, pattern, saturated) if pattern >= 0 else Special(float(pattern), None, saturated)
    return None if number is None else Special(number, None, saturated)


def store(raw: NDArray[Any], encoding: Encoding, specials: tuple[Special, ...]) -> Stored:
    """The numbers of a band in native byte order, with special pixels taken out.

    Parameters
    ----------
    raw : ndarray, shape (row, col)
        As stored.
    encoding : Encoding
        Of ``raw``.
    specials : tuple of Special
        May be empty; then nothing is said of saturation.
    """
    numbers = _numbers(raw, encoding)
    valid = np.isfinite(numbers) if numbers.dtype.kind == "f" else np.ones(raw.shape, dtype=bool)
    saturated = np.zeros(raw.shape, dtype=bool)
    for item in specials:
        found = _is(raw, numbers, item)
        valid &= ~found
        if item.saturated:
            saturated |= found
    return Stored(numbers, valid, saturated if any(item.saturated for item in specials) else None)


def _numbers(raw: NDArray[Any], encoding: Encoding) -> NDArray[Any]:
    if not encoding.is_vax:
        return raw.astype(raw.dtype.newbyteorder("="), copy=False)
    convert = vax.from_vax32 if raw.dtype.itemsize == 4 else vax.from_vax64
    # Bit patterns of special pixels become NaN on the way.
    with np.errstate(all="ignore"):
        return np.asarray(convert(raw.tobytes())).reshape(raw.shape).astype(f"=f{raw.dtype.itemsize}")


def _is(raw: NDArray[Any], numbers: NDArray[Any], item: Special) -> NDArray[np.bool_]:
    if item.bits is not None:
        size = raw.dtype.itemsize
        if item.bits >= 1 << (8 * size):
            return np.zeros(raw.shape, dtype=bool)
        bits = raw.view(np.dtype(f"u{size}").newbyteorder(raw.dtype.byteorder))
        return bits == item.bits
    number = item.number if item.number is not None else np.nan
    if numbers.dtype.kind != "f":
        return numbers == number
    # The file holds the rounded number, so the label's decimal text is rounded alike.
    with np.errstate(over="ignore"):
        return numbers == np.float64(number).astype(numbers.dtype)
