"""Units of point measurements: spectral radiant intensity and power, from what papers print."""

from dataclasses import dataclass
from typing import Any, Final, cast

from astropy import units as u

from iovolc.errors import IovolcError
from iovolc.model.glow import GlowQuantity

INTENSITY: Final = u.Unit("GW um-1 sr-1")
POWER: Final = u.Unit("GW")
_FLUX: Final = u.Unit("W m-2 um-1")
_RADIANCE: Final = u.Unit("W m-2 um-1 sr-1")
_GW_FROM_KM2: Final = 1e-3  # W m-2 times km2, in GW


class UnitError(IovolcError):
    """A unit that cannot be used; carries the finding's code, its detail and the column concerned."""

    def __init__(self, code: str, detail: str, column: str = "unit") -> None:
        super().__init__(detail)
        self.code, self.detail, self.column = code, detail, column


@dataclass(frozen=True, slots=True)
class Scaling:
    """What a value in some unit means: the quantity, and the factor to GW um-1 sr-1, GW or nothing."""

    quantity: GlowQuantity
    factor: float


def scaling(unit: str, *, wavelength_um: float | None, range_km: float | None, area_km2: float | None) -> Scaling:
    """How to bring a value to the common unit.

    Parameters
    ----------
    unit : str
        As astropy writes it, or ``relative``.
    wavelength_um : float or None
        Needed for all spectral units.
    range_km : float or None
        Distance of the observer: needed for fluxes there, ``I = F d^2``.
    area_km2 : float or None
        Projected area over which a radiance is the mean: ``I = L A``.

    Raises
    ------
    UnitError
        E510 if the unit is none of these, E511 if it needs a column that is blank.
    """
    if unit.strip().lower() == "relative":
        return Scaling("relative", 1.0)
    parsed = _parsed(unit)
    if parsed.is_equivalent(POWER):
        return Scaling("power", _factor(parsed, POWER))
    density = u.spectral_density(u.Quantity(_needed(wavelength_um, "wavelength_um", unit), u.um))
    if parsed.is_equivalent(INTENSITY):
        return Scaling("intensity", _factor(parsed, INTENSITY))
    if parsed.is_equivalent(_RADIANCE):
        area = _needed(area_km2, "area_km2", unit)
        return Scaling("intensity", _factor(parsed, _RADIANCE) * area * _GW_FROM_KM2)
    if parsed.is_equivalent(_FLUX, density):
        distance = _needed(range_km, "range_km", unit)
        return Scaling("intensity", _factor(parsed, _FLUX, density) * distance**2 * _GW_FROM_KM2)
    raise UnitError("E510", f"`{unit}` is neither an intensity, a flux, a radiance nor a power")


def _factor(unit: u.UnitBase, target: Any, equivalencies: Any = ()) -> float:
    """How many of the target one of the unit is; astropy's own types allow arrays and complex numbers here."""
    found: Any = unit.to(target, equivalencies=list(equivalencies))
    return float(found)


def _parsed(unit: str) -> u.UnitBase:
    first, *divisors = unit.split("/") if "(" not in unit else [unit]
    text = f"{first}/({' '.join(divisors)})" if divisors else first  # GW/um/sr, as papers write it
    try:
        return cast("u.UnitBase", u.Unit(text))
    except (ValueError, TypeError) as error:
        raise UnitError("E510", f"`{unit}` cannot be read; write for example GW um-1 sr-1") from error


def _needed(value: float | None, column: str, unit: str) -> float:
    if value is None:
        raise UnitError("E511", f"a value in `{unit}` needs `{column}`", column)
    return value
