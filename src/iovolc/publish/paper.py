"""The columns of the tables for papers: what stands in print, under which name, with how many digits.

Shared by the byte-by-byte tables (:mod:`iovolc.publish.mrt`) and the LaTeX ones (:mod:`iovolc.publish.latex`).
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """One column in print.

    Parameters
    ----------
    name : str
        Its name after the custom of the CDS: ``e_`` leads an error, ``b_`` and ``B_`` lower and upper bounds.
    ours : str
        The column of our table.
    description : str
        What it says.
    unit : str or None
        Its unit.
    decimals : int or None
        None writes numbers as ``1.2345e+00``.
    """

    name: str
    ours: str
    description: str
    unit: str | None = None
    decimals: int | None = None


_PLACE: Final = (
    PaperColumn("Lat", "lat", "Planetocentric latitude", "deg", 4),
    PaperColumn("LonW", "lon_w", "West longitude", "deg", 4),
    PaperColumn("e_Pos", "position_sigma_km", "Error of the position per axis", "km", 2),
)
EVENT: Final = (
    PaperColumn("Event", "event_id", "Event"),
    PaperColumn("Tier", "tier", "A: two independent data sets, B: one, C: candidate"),
    PaperColumn("Kind", "kind", "What changed"),
    PaperColumn("Status", "status", "How sure it is that it is there"),
    *_PLACE,
    PaperColumn("Area", "area_km2", "Area, median over its detections", "km2", 1),
    PaperColumn("e_Area", "area_sigma_km2", "Error of the area", "km2", 1),
    PaperColumn("Diam", "diameter_km", "Diameter of the disc of equal area", "km", 1),
    PaperColumn("b_Onset", "onset_after_utc", "Start of the last adequate look without it (UTC)"),
    PaperColumn("B_Onset", "onset_before_utc", "Stop of the first look with it (UTC)"),
    PaperColumn("Last", "last_seen_utc", "Stop of the last look with it (UTC)"),
    PaperColumn("Nep", "n_epochs", "Epochs in which it was found", None, 0),
    PaperColumn("Chan", "channels", "Channels in which it was found"),
    PaperColumn("SNR", "snr", "Matched-filter signal-to-noise ratio", None, 2),
    PaperColumn("p", "p_value", "Its p-value among clusters of the null"),
    PaperColumn("q", "q_value", "Benjamini-Hochberg adjusted p-value"),
    PaperColumn("Power", "power_gw", "Power, where there is heat", "GW"),
    PaperColumn("Feature", "nearest_feature", "Nearest named feature"),
    PaperColumn("Dist", "nearest_km", "Distance to it", "km", 1),
    PaperColumn("Flags", "flags", "What to bear in mind"),
)
SPOT: Final = (
    PaperColumn("Site", "site_id", "Hot spot"),
    PaperColumn("Name", "name", "Nearest named feature"),
    *_PLACE,
    PaperColumn("Ndet", "n_detections", "Looks in which it was seen", None, 0),
    PaperColumn("Nlim", "n_upper", "Looks in which nothing was seen", None, 0),
    PaperColumn("First", "first_seen_utc", "First detection (UTC)"),
    PaperColumn("Last", "last_seen_utc", "Last detection (UTC)"),
    PaperColumn("Act", "activity", "What the place does"),
    PaperColumn("Peak", "peak_gw_um_sr", "Brightest intensity of the leading series", "GW um-1 sr-1"),
    PaperColumn("Temp", "temperature_k", "Colour temperature then", "K", 0),
    PaperColumn("Area", "area_km2", "Area at that temperature", "km2"),
    PaperColumn("Power", "power_gw", "Power then", "GW"),
    PaperColumn("b_Power", "power_low_gw", "Lower bound of the power", "GW"),
    PaperColumn("B_Power", "power_high_gw", "Upper bound of the power", "GW"),
    PaperColumn("Method", "power_method", "How the power was derived"),
)
LOOK: Final = (
    PaperColumn("Site", "site", "Hot spot, as in the table of hot spots"),
    PaperColumn("Time", "time_utc", "Middle of the observation (UTC)"),
    *_PLACE,
    PaperColumn("Band", "band", "Band"),
    PaperColumn("Wave", "wavelength_um", "Effective wavelength", "um", 3),
    PaperColumn("Limit", "limit", "detection, upper or lower"),
    PaperColumn("Value", "value", "Value or limit, seen face-on, in the unit of the row"),
    PaperColumn("e_Value", "sigma", "Its one-sigma error"),
    PaperColumn("Unit", "unit", "Unit of the value"),
    PaperColumn("Emis", "emission_deg", "Emission angle", "deg", 2),
    PaperColumn("Source", "source", "Table or instrument"),
)
