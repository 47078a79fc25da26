"""One row of a table of point measurements: a frozen measurement, or the numbered reasons why it cannot be used."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from iovolc.archive.cells import Moment, read_cells
from iovolc.archive.origin import Origin
from iovolc.archive.point_fields import POINT_COLUMNS
from iovolc.archive.point_units import UnitError, scaling
from iovolc.errors import Finding
from iovolc.geometry.longitudes import east_from_west, wrap180
from iovolc.light.thermal import MAX_EMISSION_DEG, corrected_for_emission
from iovolc.model.glow import Glow
from iovolc.model.observation import format_utc


def parse_point(cells: Mapping[str, str], *, number: int, table: str) -> Glow | tuple[Finding, ...]:
    """The measurement, or everything that is wrong with it.

    Parameters
    ----------
    cells : mapping of str to str
        Text by column; blank and missing cells are the same.
    number : int
        Line of the table, counted from 1.
    table : str
        Its name.

    Returns
    -------
    Glow or tuple of Finding
        Findings E3xx to E5xx, in the order of the columns.
    """
    origin = Origin(table, number)
    values, findings = read_cells(POINT_COLUMNS, cells, origin)
    findings += _longitude_faults(values, findings, origin)
    findings += _emission_faults(values, origin)
    if findings:
        return tuple(findings)
    try:
        scale = scaling(
            values["unit"],
            wavelength_um=values.get("wavelength_um"),
            range_km=values.get("range_km"),
            area_km2=values.get("area_km2"),
        )
    except UnitError as error:
        return (origin.finding(error.code, error.detail, error.column),)
    factor = scale.factor * (_emission_factor(values) if scale.quantity == "intensity" else 1.0)
    return _glow(values, table, scale.quantity, factor)


def _glow(values: Mapping[str, Any], table: str, quantity: Any, factor: float) -> Glow:
    moment: Moment = values["time_utc"]
    time_utc = moment.first if moment.first == moment.last else moment.first + timedelta(hours=12)
    source, variance = values.get("source") or table, values["position_sigma_km"] ** 2
    sigma = values.get("sigma")
    return Glow(
        observation_id=f"{source}/{format_utc(time_utc)}/{values['band']}",
        time_utc=time_utc,
        lat=values["lat"],
        lon_e=wrap180(values["lon_e"]) if "lon_e" in values else east_from_west(values["lon_w"]),
        covariance_km2=(variance, variance, 0.0),
        band=values["band"],
        wavelength_um=values.get("wavelength_um"),
        quantity=quantity,
        value=values["value"] * factor,
        sigma=None if sigma is None else sigma * factor,
        limit=values["limit"],
        source=source,
        label=values.get("site", ""),
        emission_deg=values.get("emission_deg"),
    )


def _longitude_faults(values: Mapping[str, Any], found: list[Finding], origin: Origin) -> list[Finding]:
    given = [name for name in ("lon_w", "lon_e") if name in values]
    if len(given) == 2:
        return [origin.finding("E512", "both `lon_w` and `lon_e` are filled", "lon_w")]
    if not given and not any(finding.column in {"lon_w", "lon_e"} for finding in found):
        return [origin.finding("E512", "neither `lon_w` nor `lon_e` is filled", "lon_w")]
    return []


def _emission_faults(values: Mapping[str, Any], origin: Origin) -> list[Finding]:
    corrected, emission_deg = values.get("emission_corrected"), values.get("emission_deg")
    if emission_deg is not None and corrected is None:
        return [origin.finding("E503", "`emission_deg` is given, but not what was done with it", "emission_corrected")]
    if corrected != "no":
        return []
    if emission_deg is None:
        return [origin.finding("E503", "a value that is not corrected needs its angle", "emission_deg")]
    if emission_deg > MAX_EMISSION_DEG:
        detail = f"{emission_deg:g} degrees; a value is corrected up to {MAX_EMISSION_DEG:g}"
        return [origin.finding("E513", detail, "emission_deg")]
    return []


def _emission_factor(values: Mapping[str, Any]) -> float:
    if values.get("emission_corrected") != "no":
        return 1.0
    return corrected_for_emission(1.0, values["emission_deg"])
