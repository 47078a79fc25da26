"""One exposure, many products: which of them to keep, as a pure function of values.

Two products are of the same exposure if instrument and band are the same, their product ids name the same exposure, and
their times, where both are known, lie within :data:`SAME_EXPOSURE_S`. Products without an id are of the same exposure
only if their bytes are the same. Of one exposure one product is kept:

1. the higher level: picture < raw (EDR) < cleaned < calibrated (RDR) < without distortion < map. So calibrated wins
   over raw, and a map over the image that it was made from; a level that is not known loses against any that is. A
   product that cannot be placed on Io must not be offered at all.
2. of equal level, the newer version;
3. of equal version, the first product id, then the first SHA-256, then a known time before none: the choice never
   depends on the order of the rows.

Not for the store: what was ingested stays, and an old manifest still opens.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

from iovolc.archive.instrument_parts import plain
from iovolc.archive.product_ids import LEVELS, exposure_of, level_of

SAME_EXPOSURE_S: Final = 60.0
"""Largest difference of the start times of one exposure: raw and calibrated labels round and correct it differently."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one product and band.

    Parameters
    ----------
    product_id, version, level, instrument, band : str
        In any spelling; empty where unknown. Version and level are then taken from the product id where that says them.
        Without a name of its own a band needs its channel or number here: bands are never alike by being blank.
    start_utc : datetime or None
        Start of the exposure, timezone-aware; a mosaic's span is no exposure.
    sha256 : str
        Of the file.
    """

    product_id: str
    version: str
    level: str
    instrument: str
    band: str
    start_utc: datetime | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one product.

    Parameters
    ----------
    kept : bool
        Whether it is used.
    by : int or None
        Place of the row that is kept instead.
    reason : str
        Why, for people; empty if kept.
    """

    kept: bool
    by: int | None = None
    reason: str = ""


def superseded(rows: Sequence[Known]) -> tuple[Verdict, ...]:
    """Which products to keep, and of the others which one is kept instead and why.

    Parameters
    ----------
    rows : sequence of Known
        Products in any order; the choice does not depend on it.

    Returns
    -------
    tuple of Verdict
        In the order of the rows.
    """
    products = [_Product.of(place, row) for place, row in enumerate(rows)]
    verdicts = [Verdict(kept=True)] * len(rows)
    for exposure in _exposures(products):
        best = min(exposure, key=lambda product: product.order)
        for product in exposure:
            if product is not best:
                verdicts[product.place] = Verdict(kept=False, by=best.place, reason=_reason(product, best))
    return tuple(verdicts)


@dataclass(frozen=True, slots=True)
class _Product:
    place: int
    row: Known
    key: tuple[str, ...]
    level: str
    version: str

    @classmethod
    def of(cls, place: int, row: Known) -> "_Product":
        said = exposure_of(row.product_id)
        own = level_of(row.level)
        level = own if own != "unknown" else said.level or "unknown"
        name = f"id {said.id}" if said.id else f"sha256 {row.sha256}"
        return cls(place, row, (plain(row.instrument), plain(row.band), name), level, row.version or said.version)

    @property
    def order(self) -> tuple[object, ...]:
        """The least is the best; the 1 behind the numbers puts 1.1 before 1."""
        newest_first = (*(-int(number) for number in re.findall(r"\d+", self.version)), 1)
        row = self.row
        tie = (row.product_id.upper(), row.sha256, self.seconds is None, self.seconds or 0.0)
        spelling = (row.product_id, row.level, row.version, row.instrument, row.band)
        return (-LEVELS.index(self.level), newest_first, *tie, *spelling, self.place)

    @property
    def seconds(self) -> float | None:
        return None if self.row.start_utc is None else self.row.start_utc.timestamp()


def _exposures(products: Iterable[_Product]) -> Iterator[list[_Product]]:
    """Products by exposure: equal keys, split where the times are further apart than one exposure allows.

    A product without time goes with the earliest.
    """
    ordered = sorted(products, key=lambda product: (product.key, product.seconds or 0.0))
    for _, same in groupby(ordered, key=lambda product: product.key):
        group: list[_Product] = []
        for product in same:
            last = group[-1].seconds if group else None
            if last is not None and product.seconds is not None and product.seconds - last > SAME_EXPOSURE_S:
                yield group
                group = []
            group.append(product)
        yield group


def _reason(product: _Product, best: _Product) -> str:
    if product.row.sha256 == best.row.sha256:
        return f"the same bytes as {best.row.product_id or 'another row'}"
    kept = f"{best.row.product_id} of the same exposure is kept"
    if product.level != best.level:
        return f"{product.level}; {kept}, which is {best.level}"
    if product.version != best.version:
        return f"version {product.version or 'unknown'}; {kept}, which is version {best.version}"
    return f"another copy; {kept}"
