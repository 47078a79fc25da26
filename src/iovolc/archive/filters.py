"""Whether an image's band can be the one that its channel says: E417, by the filter's wavelength and by colours.

One file can tell two things: that the filter it names lies at another wavelength than the stated channel, and that the
band that a row means is redder or bluer than the band that the file itself calls by the channel. A single grey picture
tells nothing of its filter: the bands of Io are too alike.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.archive.fields import CHANNEL_RANGES_UM
from iovolc.archive.interpretation import read_band
from iovolc.archive.pixels import Scaling, scaled
from iovolc.archive.rows import Row
from iovolc.archive.understanding import Understood
from iovolc.errors import Finding
from iovolc.geometry.blockwise import MAX_LAT, Blocks, sigma_of_mean
from iovolc.geometry.even import Plane, even_plane, lattice
from iovolc.model.observation import Observation

SIGMAS: Final = 5.0
APART: Final = 0.1
"""Wavelengths of one filter differ by less, whichever way its middle is reckoned."""
VISIBLE: Final = frozenset({"violet", "blue", "green", "orange", "red"})


def by_wavelength(understood: Understood, row: Row) -> Iterator[Finding]:
    """E417 where the filter, or the label, has another wavelength than the stated channel or wavelength.

    Parameters
    ----------
    understood : Understood
        What is known of the observation.
    row : Row
        The catalogue's row.
    """
    record, reading = understood.record, read_band(understood.product, row)
    band, descriptor = reading.interpretation.band, reading.interpretation.descriptor
    known = [("its label gives", reading.facts.wavelength_um)]
    if band is not None and descriptor is not None:
        known.append((f"filter {band.name} of {descriptor.names[0]} lies at", band.wavelength_um.value))
    for says, wavelength_um in known:
        if wavelength_um is None:
            continue
        low, high = CHANNEL_RANGES_UM.get(record.channel, (0.0, np.inf))
        if not low <= wavelength_um <= high:
            detail = f"{says} {wavelength_um:g} um, but `{record.channel}` is {low:g} to {high:g} um"
            yield row.origin.finding("E417", detail, "channel")
        elif record.wavelength_um is not None and abs(record.wavelength_um / wavelength_um - 1.0) > APART:
            detail = f"{says} {wavelength_um:g} um, not {record.wavelength_um:g}"
            yield row.origin.finding("E417", detail, "wavelength_um")


def namesake(understood: Understood) -> int | None:
    """The band, counted from 0, that the file calls by the stated channel, where the row means another one."""
    channel, chosen = understood.record.channel, understood.source
    called = [index for index, facts in enumerate(understood.product.bands) if facts.channel == channel]
    if chosen.colour_table or channel not in VISIBLE or len(called) != 1 or called[0] == chosen.index:
        return None
    return called[0]


def by_colour(understood: Understood, observation: Observation, colour: Plane, row: Row) -> tuple[Finding, ...]:
    """E417 where the band is redder or bluer than its :func:`namesake`; nothing without one.

    Parameters
    ----------
    understood : Understood
        The open file.
    observation : Observation
        Its band; certainly not misread.
    colour : ndarray, shape (180, 360)
        How much redder than others places of the base map are, of even contrast.
    row : Row
        The catalogue's row.

    Raises
    ------
    UnreadableProduct
        E102 if the file is damaged.
    """
    other = namesake(understood)
    if other is None:
        return ()
    record = observation.record
    stored = understood.product.read(other)
    values = scaled(stored, Scaling(record.scale, record.offset, record.nodata), row.origin).values
    plane = even_plane(redness(observation.pixels, values), record.placement)
    plane[np.abs(lattice()[0]) > MAX_LAT] = np.nan
    blocks = Blocks.of(plane)
    if blocks is None:
        return ()
    correlations = blocks.correlations(colour)
    sigma = sigma_of_mean(correlations)
    if abs(sigma) < SIGMAS:
        return ()
    detail = (
        f"the file calls band {other + 1} `{record.channel}`, and band {understood.source.index + 1} is "
        f"{'redder' if sigma > 0.0 else 'bluer'}: their ratio follows the colours of the base map with a correlation "
        f"of {float(correlations.mean()):+.2f} ({abs(sigma):.0f} sigma over {correlations.size} blocks)"
    )
    return (row.origin.finding("E417", detail, "band_index"),)


def redness(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Difference of two bands over their sum, brought to one median; NaN where either has no light."""
    lit = (first > 0.0) & (second > 0.0)
    if not lit.any():
        return np.full(first.shape, np.nan, np.float32)
    level = np.float32(np.median(first[lit]) / np.median(second[lit]))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(lit, (first - level * second) / (first + level * second), np.nan)
