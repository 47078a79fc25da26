"""From the sources of an image to measurements of heat, and to limits where known places show nothing."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc.detect.heat import Hot, Source
from iovolc.geometry.locate import locate
from iovolc.geometry.native import Ground, ground_jacobian, place_at
from iovolc.geometry.projections import source as geometry_of
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.glow import Glow, GlowQuantity, Limit
from iovolc.model.observation import Disc, ObservationRecord

Values = NDArray[np.float64]

LIMB_DEG: Final = 50.0
UNCERTAIN_FDR: Final = 0.1
_GW_FROM_KM2: Final = 1e-3  # W m-2 times km2, in GW


@dataclass(frozen=True, slots=True)
class Unit:
    """What a pixel value stands for.

    Parameters
    ----------
    quantity : str
        ``intensity``, or ``relative`` for everything that is no radiance.
    factor : float
        To W m-2 um-1 sr-1; for relative values 1 over the brightness that they are told in.
    """

    quantity: GlowQuantity
    factor: float


def unit_of(hot: Hot, radiance_factor: float | None) -> Unit | None:
    """The unit of an image's fluxes; None where a relative image has no brightness to tell them in.

    Parameters
    ----------
    hot : Hot
        What the image shows.
    radiance_factor : float or None
        From its unit to W m-2 um-1 sr-1; None for what is no spectral radiance. Its fluxes are then told in km2 of
        ground as bright as the image's median background, and never become watts.
    """
    if radiance_factor is not None:
        return Unit("intensity", radiance_factor)
    return Unit("relative", 1.0 / hot.unit_flux) if math.isfinite(hot.unit_flux) and hot.unit_flux > 0.0 else None


def glows_of(hot: Hot, record: ObservationRecord, ground: Ground, unit: Unit, position_km: float) -> tuple[Glow, ...]:
    """The measurements of an image's sources.

    Parameters
    ----------
    hot : Hot
        What the image shows.
    record : ObservationRecord
        Placement, time and band.
    ground : Ground
        What its pixels show.
    unit : Unit
        Of :func:`unit_of`.
    position_km : float
        Error of the placement, one sigma per axis; the fitted centre's comes on top.
    """
    found = (glow_of(source, record, ground, unit, position_km) for source in hot.sources)
    return tuple(glow for glow in found if glow is not None)


def glow_of(source: Source, record: ObservationRecord, ground: Ground, unit: Unit, position_km: float) -> Glow | None:
    """The measurement of one source, as :func:`glows_of`; None where the image does not show Io."""
    shape = (ground.lat.shape[0], ground.lat.shape[1])
    col, row = source.col + 0.5, source.row + 0.5
    lat, lon_e = (float(value) for value in place_at(record.placement, shape, col, row))
    covariance = _covariance_km2(source, record, shape, position_km)
    if not math.isfinite(lat) or covariance is None:
        return None
    pixel = (min(max(math.floor(row), 0), shape[0] - 1), min(max(math.floor(col), 0), shape[1] - 1))
    limit: Limit = "lower" if source.saturated else "detection"
    value, sigma = (_value(flux, ground, unit, pixel) for flux in (source.flux, source.flux_sigma))
    emission_deg = _emission_deg(float(ground.cos_emission[pixel]))
    flags = {
        "extended": source.extended, "ring": source.ring, "blended": source.blended, "saturated": source.saturated,
        "limb": emission_deg is not None and emission_deg > LIMB_DEG, "uncertain": source.fdr >= UNCERTAIN_FDR,
    }  # fmt: skip
    words = tuple(name for name, holds in flags.items() if holds)
    found = _measured(record, (lat, lon_e), covariance, unit.quantity, value, limit, emission_deg)
    return replace(found, sigma=sigma, snr=source.snr, flags=words, **_size(source, ground, pixel))


def _size(source: Source, ground: Ground, pixel: tuple[int, int]) -> dict[str, float]:
    """Width across the line of sight, and the area of the ground within, which is seen foreshortened."""
    if source.diameter_px == 0.0:
        return {}
    km2 = float(ground.pixel_km2[pixel])
    width_km, sigma_km = (length * math.sqrt(km2) for length in (source.diameter_px, source.diameter_sigma_px))
    extent_km2 = math.pi * width_km**2 / 4.0 / float(ground.cos_emission[pixel])
    return {"width_km": width_km, "width_sigma_km": sigma_km, "extent_km2": extent_km2}


def limit_plane(hot: Hot, ground: Ground, unit: Unit) -> NDArray[np.float32]:
    """The least value that would have counted at each pixel, seen face-on; NaN where nothing was sought."""
    return (hot.limit * ground.pixel_km2 * (_scale(unit) / ground.cos_emission)).astype(np.float32)


def limits_of(
    plane: NDArray[np.float32], record: ObservationRecord, quantity: GlowQuantity, places: Iterable[tuple[float, float]]
) -> tuple[Glow, ...]:
    """Upper limits at known places that the image looked at and where nothing else hides them.

    Parameters
    ----------
    plane : ndarray, shape (row, col)
        Of :func:`limit_plane`.
    record : ObservationRecord
        Placement, time and band.
    quantity : str
        Of the plane.
    places : iterable of (lat, lon_e)
        Planetocentric degrees.
    """
    known = list(places)
    if not known:
        return ()
    shape = (plane.shape[0], plane.shape[1])
    vectors = unit_vectors([lat for lat, _ in known], [lon_e for _, lon_e in known])
    seen = locate(geometry_of(record.placement, shape), vectors)
    with np.errstate(invalid="ignore"):
        inside = (seen.cos_emission > 0.0) & (seen.row >= 0.0) & (seen.row < shape[0])
        inside &= (seen.col >= 0.0) & (seen.col < shape[1])
    found: list[Glow] = []
    for number in np.flatnonzero(inside):
        value = float(plane[math.floor(seen.row[number]), math.floor(seen.col[number])])
        if math.isfinite(value):
            cosine = float(seen.cos_emission[number])
            emission_deg = _emission_deg(cosine)
            limit = _measured(record, known[number], (1.0, 1.0, 0.0), quantity, value, "upper", emission_deg)
            found.append(replace(limit, flags=("limb",) if (emission_deg or 0.0) > LIMB_DEG else ()))
    return tuple(found)


def source_name(record: ObservationRecord) -> str:
    """Whose measurements are comparable: mission and instrument."""
    return " ".join(part for part in (record.mission, record.instrument) if part) or record.id


def _covariance_km2(
    source: Source, record: ObservationRecord, shape: tuple[int, int], position_km: float
) -> tuple[float, float, float] | None:
    jacobian = ground_jacobian(record.placement, shape, source.col + 0.5, source.row + 0.5)
    if not np.isfinite(jacobian).all():
        return None
    rows, cols, both = source.covariance_px
    if isinstance(record.placement, Disc):  # an error of the centre is one of the pixel
        centre = (record.placement.centre_sigma_km / record.placement.km_per_px) ** 2
        rows, cols = rows + centre, cols + centre
    plane = jacobian @ np.array([[cols, both], [both, rows]]) @ jacobian.T + position_km**2 * np.eye(2)
    return float(plane[0, 0]), float(plane[1, 1]), float(plane[0, 1])


def _value(flux: float, ground: Ground, unit: Unit, pixel: tuple[int, int]) -> float:
    """A sum over pixels as an intensity seen face-on; maps already show areas of the ground."""
    return flux * float(ground.pixel_km2[pixel]) * _scale(unit) / float(ground.cos_emission[pixel])


def _scale(unit: Unit) -> float:
    return unit.factor * (_GW_FROM_KM2 if unit.quantity == "intensity" else 1.0)


def _emission_deg(cosine: float) -> float | None:
    return math.degrees(math.acos(cosine)) if cosine < 1.0 else None


def _measured(
    record: ObservationRecord,
    place: tuple[float, float],
    covariance_km2: tuple[float, float, float],
    quantity: GlowQuantity,
    value: float,
    limit: Limit,
    emission_deg: float | None,
) -> Glow:
    return Glow(
        observation_id=record.id,
        time_utc=record.time_utc,
        lat=place[0],
        lon_e=place[1],
        covariance_km2=covariance_km2,
        band=record.band or record.channel,
        wavelength_um=record.wavelength_um if math.isfinite(record.wavelength_um) else None,
        quantity=quantity,
        value=value,
        sigma=None,
        limit=limit,
        source=source_name(record),
        emission_deg=emission_deg,
    )
