"""The output tables as data: every column with type, unit, nullability, allowed values and rounding.

Pandera schemas, JSON Schemas and ``docs/outputs.md`` are all derived from :data:`TABLES`. Columns are only ever added
within a major version.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal

from iovolc.model.glow import GLOW_QUANTITIES
from iovolc.model.observation import CHANNELS

Kind = Literal["text", "number", "integer", "boolean", "time", "list"]

SCHEMA_VERSION: Final = "1.0"

KINDS: Final = ("darkening", "brightening", "reddening", "whitening", "greening", "mixed", "ring", "thermal", "fading")
STATUSES: Final = ("candidate", "provisional", "confirmed", "fading", "finished")
ACTIVITIES: Final = ("new", "brightening", "active", "outburst", "fading", "quiescent", "reactivated")
TIERS: Final = ("A", "B", "C")
LIGHT_CLASSES: Final = ("sun", "jupiter", "mixed", "dark", "eclipse", "unknown")
POWER_METHODS: Final = ("single_T", "two_T", "k48_fixed", "none")
BRIGHT_CLASSES: Final = ("outburst", "mini_outburst", "faint")
LIMITS: Final = ("detection", "upper", "lower")
TRENDS: Final = ("brightening", "fading")
EVENT_FLAGS: Final = (
    "span_overlap", "not_reobserved", "first_seen", "shift_like", "relief", "seam", "resolution", "edge", "clipped",
    "poor_registration", "reverts", "terminator", "limb", "specular", "moving_shadow", "post_eclipse",
    "null_contradicted", "displaced", "tone", "tracks", "smeared", "crescent", "compression", "odd_map", "explained",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Carries its unit, as in ``area_km2``.
    kind : str
        ``text``, ``number``, ``integer``, ``boolean``, ``time`` (UTC) or ``list`` (of text).
    description : str
        What it says, in plain words.
    unit : str
        Astropy-style unit; empty for pure numbers.
    nullable : bool
        Whether the value may be absent.
    decimals : int or None
        Numbers are rounded to this many decimals; None keeps four significant digits (p-values, powers).
    values : tuple of str
        The allowed texts; empty allows any.
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""
    nullable: bool = False
    decimals: int | None = 4
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the outputs: its columns, and those by which its rows are sorted."""

    name: str
    title: str
    columns: tuple[Column, ...]
    sort_by: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def with_channels(self, channels: Iterable[str]) -> "Table":
        """The table with one ``dlna_<channel>`` column per channel in place of the general one."""
        ordered = [channel for channel in CHANNELS if channel in set(channels)]
        columns: list[Column] = []
        for column in self.columns:
            columns += [_dlna(channel) for channel in ordered] if column.name == "dlna_<channel>" else [column]
        return Table(self.name, self.title, tuple(columns), self.sort_by)


def _dlna(channel: str) -> Column:
    return Column(
        f"dlna_{channel}", "number", f"Change of ln albedo in the channel {channel}, mean over the footprint",
        nullable=True,
    )  # fmt: skip


def _place(what: str) -> tuple[Column, ...]:
    return (
        Column("lat", "number", f"Planetocentric latitude of {what}", "deg"),
        Column("lon_e", "number", f"East longitude of {what}, -180 to 180", "deg"),
        Column("lon_w", "number", f"West longitude of {what}, 0 to 360", "deg"),
        Column("position_sigma_km", "number", "One-sigma uncertainty of the position per axis", "km", decimals=2),
    )


_SIGNIFICANCE = (
    Column("snr", "number", "Matched-filter signal-to-noise ratio at the best scale", decimals=2),
    Column(
        "p_value", "number", "Rank among all null clusters of its scale and sign, tail by a generalised Pareto fit",
        decimals=None,
    ),
    Column(
        "q_value", "number",
        "Benjamini-Hochberg adjusted p-value over one epoch's changes; of an event over those of the run that nothing "
        "else explains, of one that something explains over all",
        decimals=None,
    ),
)  # fmt: skip

_FLAGS = Column("flags", "list", "What to bear in mind; each word is explained in the documentation")
_LIGHT = Column("light_class", "text", "Source of light at the place, in the epoch that shows it", values=LIGHT_CLASSES)

DETECTIONS: Final = Table(
    "detections",
    "One connected change in one epoch against its predecessors",
    (
        Column("detection_id", "text", "Hash of the epoch, its predecessors and the place"),
        Column("event_id", "text", "The event it belongs to; null before tracking", nullable=True),
        Column("observation_id", "text", "The epoch that shows the change"),
        Column("reference_ids", "list", "The earlier epochs it is compared with, oldest first"),
        Column("channel", "text", "Channel in which it was found", values=CHANNELS),
        Column(
            "scale_km",
            "number",
            "Size (FWHM) of the matched filter that fits best; of a ring its diameter",
            "km",
            decimals=1,
        ),
        Column("kind", "text", "What changed", values=KINDS),
        *_place("the change's centre"),
        Column("area_km2", "number", "Area of the footprint on the sphere", "km2", decimals=1),
        Column("contrast", "number", "Mean change of ln albedo; null for relative maps", nullable=True),
        Column("contrast_sigma", "number", "One-sigma uncertainty of the contrast", nullable=True),
        Column("rank_contrast", "number", "Mean change in matched-rank units; null for calibrated maps", nullable=True),
        *_SIGNIFICANCE,
        Column("incidence_deg", "number", "Incidence of the light; null where the geometry is unknown", "deg", True, 2),
        Column("emission_deg", "number", "Emission angle; null where the geometry is unknown", "deg", True, 2),
        Column("phase_deg", "number", "Phase angle; null where the geometry is unknown", "deg", True, 2),
        Column("delta_phase_deg", "number", "Difference of phase from the predecessors", "deg", True, 2),
        Column("resolution_km", "number", "Coarser effective resolution (FWHM) of the two sides", "km", decimals=2),
        Column("registration_sigma_km", "number", "Local registration sigma of the two sides", "km", decimals=2),
        Column("limit_90", "number", "Contrast at this place and scale that would be seen 9 times in 10"),
        _LIGHT,
        Column("reliability", "number", "Ranking score from 0 to 1; orders candidates, decides nothing"),
        _FLAGS,
    ),
    ("observation_id", "detection_id"),
)

EVENTS: Final = Table(
    "events",
    "One eruption or deposit over time",
    (
        Column("event_id", "text", "Hash of the founding detection"),
        Column("kind", "text", "What changed", values=KINDS),
        Column("status", "text", "How sure we are that it is there", values=STATUSES),
        Column("activity", "text", "What the place does", values=ACTIVITIES),
        Column("tier", "text", "A: two independent data sets, B: one, C: candidate", values=TIERS),
        *_place("the event's centre"),
        Column(
            "area_km2",
            "number",
            "Area on the sphere: median over its detections, weighted by the squared snr",
            "km2",
            decimals=1,
        ),
        Column("area_sigma_km2", "number", "One-sigma uncertainty of the area", "km2", decimals=1),
        Column("diameter_km", "number", "Diameter of the disc of equal area", "km", decimals=1),
        Column("onset_after_utc", "time", "Start of the last adequate look without the change", nullable=True),
        Column("onset_before_utc", "time", "Stop of the first look with it", nullable=True),
        Column("last_seen_utc", "time", "Stop of the last look with it"),
        Column("n_epochs", "integer", "Epochs in which it was found"),
        Column("channels", "list", "Channels in which it was found"),
        Column("dlna_<channel>", "number", "Change of ln albedo per channel; null for relative maps", nullable=True),
        Column("rank_contrast", "number", "Change in matched-rank units; null for calibrated maps", nullable=True),
        *_SIGNIFICANCE,
        Column("radiance_gw_um_sr", "number", "Spectral radiance of a hot spot", "GW um-1 sr-1", True, None),
        Column("power_gw", "number", "Power, derived by `power_method`", "GW", True, None),
        Column("power_low_gw", "number", "Lower bound of the power", "GW", True, None),
        Column("power_high_gw", "number", "Upper bound of the power", "GW", True, None),
        Column("power_method", "text", "How the power was derived", values=POWER_METHODS),
        Column("nearest_feature", "text", "Nearest named feature; empty if none is near", nullable=True),
        Column("nearest_km", "number", "Distance to it", "km", True, 1),
        Column("match_probability", "number", "Probability that it is not there by chance", nullable=True),
        Column(
            "reliability", "number", "Best ranking score of its detections; orders events of a tier, decides nothing"
        ),
        Column("new_site", "boolean", "No earlier event at this place"),
        _LIGHT,
        _FLAGS,
        Column("parents", "list", "Events from which it split or that merged into it"),
        Column("related", "list", "Events near enough in place and time to belong to it, one of the two being heat"),
        Column("site_id", "text", "The hot spot, where there is heat", nullable=True),
        Column("run_id", "text", "The run that made this table"),
        Column("kind_probability", "number", "Probability of the kind, by colour, shape or history", nullable=True),
        Column("second_kind", "text", "The next likely kind", nullable=True, values=KINDS),
        Column("second_kind_probability", "number", "Its probability", nullable=True),
        Column(
            "combined_snr",
            "number",
            "Signal-to-noise ratio of all looks of its visit and later ones together; orders events, decides nothing",
            nullable=True,
            decimals=2,
        ),
    ),
    ("event_id",),
)

SEGMENTS: Final = Table(
    "segments",
    "One step in the history of a place, found from all epochs",
    (
        Column("segment_id", "text", "Hash of place, channel and step"),
        Column("event_id", "text", "The event it refines", nullable=True),
        Column("channel", "text", "Channel", values=CHANNELS),
        *_place("the step"),
        Column("area_km2", "number", "Area of the footprint on the sphere", "km2", decimals=1),
        Column("after_utc", "time", "Start of the last epoch that is surely before the step (95 %)"),
        Column("before_utc", "time", "Stop of the first epoch that is surely after it"),
        Column("step", "number", "Change of ln albedo", nullable=True),
        Column("step_sigma", "number", "One-sigma uncertainty of the step", nullable=True),
        Column(
            "p_value",
            "number",
            "Chance of such a step, or a transient, at one place; smallest of the footprint",
            decimals=None,
        ),
        Column("rank_step", "number", "Change in matched-rank units; null for calibrated maps", nullable=True),
        Column("n_before", "integer", "Epochs at the level before the step"),
        Column("n_after", "integer", "Epochs at the level after it"),
        Column("later_p_value", "number", "The step by the epochs after `before_utc` alone, one-sided", "", True, None),
        Column("trend", "text", "Where the new level moves: back or further", nullable=True, values=TRENDS),
        Column("trend_per_year", "number", "Median slope of the new level (Theil and Sen)", nullable=True),
        Column("trend_p_value", "number", "Significance of the trend (Mann and Kendall)", "", True, None),
    ),
    ("segment_id",),
)

HOTSPOTS: Final = Table(
    "hotspots",
    "A place that glows, with its history",
    (
        Column("site_id", "text", "Hash of the founding detection"),
        Column("name", "text", "Nearest named feature or alias", nullable=True),
        *_place("the hot spot"),
        Column("n_detections", "integer", "Looks in which it was seen"),
        Column("first_seen_utc", "time", "First detection", nullable=True),
        Column("last_seen_utc", "time", "Last detection", nullable=True),
        Column("activity", "text", "What the place does", values=ACTIVITIES),
        Column("activity_after_utc", "time", "Last look before it began to", nullable=True),
        Column("activity_before_utc", "time", "First look in which it did", nullable=True),
        Column("onset_after_utc", "time", "Last adequate look before the first detection", nullable=True),
        Column("onset_before_utc", "time", "First detection", nullable=True),
        Column("nearest_km", "number", "Distance of the named feature", "km", True, 1),
        Column("match_probability", "number", "Probability that it is not there by chance", nullable=True),
        Column("aliases", "list", "What sources call it, and ids of places that turned out to be this one"),
        Column("parents", "list", "Hot spots from which it split"),
        Column("n_upper", "integer", "Looks in which nothing was seen"),
        Column("lead_band", "text", "Bands of the series that decides on activity and period"),
        Column("bright_class", "text", "Class of its brightest look", nullable=True, values=BRIGHT_CLASSES),
        Column("bright_probability", "number", "Probability of that class", nullable=True),
        Column("persistence", "number", "Probability that it is seen in more than half of the adequate looks"),
        Column("period_days", "number", "Period of its cycle, if there is one to believe", "d", True, 1),
        Column("period_fap", "number", "False-alarm probability of the period", nullable=True),
        Column("change_probability", "number", "Probability that it changed between its last two detections", "", True),
        Column("flare_utc", "time", "First look at its flare, a sudden rise and exponential fade", nullable=True),
        Column("flare_efold_days", "number", "In how many days the flare's excess falls to 1/e", "d", True, 1),
        Column("flare_efold_low_days", "number", "Lower 68 % limit of it", "d", True, 1),
        Column("flare_efold_high_days", "number", "Upper 68 % limit of it", "d", True, 1),
        Column("flare_p", "number", "Probability that shuffled looks fit a flare as well", nullable=True),
        Column("advance_km", "number", "Way of its middle from first to last detection", "km", True, 1),
        Column("advance_sigma_km", "number", "One-sigma uncertainty of it, along its way", "km", True, 1),
        Column("advance_azimuth_deg", "number", "Where to, from north over east", "deg", True, 0),
        Column("advance_p", "number", "Probability that errors alone give as much", nullable=True),
        Column("growth_km", "number", "Change of its width from first to last look that tells one", "km", True, 1),
        Column("growth_sigma_km", "number", "One-sigma uncertainty of it", "km", True, 1),
        Column("growth_p", "number", "Probability that errors alone give as much", nullable=True),
        Column("peak_gw_um_sr", "number", "Brightest intensity of the series", "GW um-1 sr-1", True, None),
        Column("peak_utc", "time", "When it was brightest", nullable=True),
        Column("temperature_k", "number", "Temperature then; of two, that of the hotter surface", "K", True, 0),
        Column("area_km2", "number", "Area at that temperature", "km2", True, None),
        Column("power_gw", "number", "Power then, derived by `power_method`", "GW", True, None),
        Column("power_low_gw", "number", "Lower bound of the power", "GW", True, None),
        Column("power_high_gw", "number", "Upper bound of the power", "GW", True, None),
        Column("power_method", "text", "How the power was derived", values=POWER_METHODS),
    ),
    ("site_id",),
)

LIGHT_CURVES: Final = Table(
    "light_curves",
    "Detections, upper and lower limits of hot spots; no row where not observed",
    (
        Column("site_id", "text", "The hot spot"),
        Column("time_utc", "time", "Middle of the observation"),
        Column("observation_id", "text", "The observation"),
        Column("band", "text", "Band"),
        Column("wavelength_um", "number", "Effective wavelength", "um", True, 3),
        Column("radiance_gw_um_sr", "number", "Spectral radiance or limit", "GW um-1 sr-1", True, None),
        Column("sigma_gw_um_sr", "number", "One-sigma uncertainty", "GW um-1 sr-1", True, None),
        Column("limit", "text", "Whether the value is a detection or a limit", values=LIMITS),
        Column("emission_deg", "number", "Emission angle", "deg", True, 2),
        Column("quantity", "text", "Which of the values is given", values=GLOW_QUANTITIES),
        Column("relative_value", "number", "Brightness in the observation's own unit; never in watts", "", True, None),
        Column("relative_sigma", "number", "One-sigma uncertainty of it", "", True, None),
        Column("power_gw", "number", "Power as published, where that is all there is", "GW", True, None),
        Column("power_sigma_gw", "number", "One-sigma uncertainty of it", "GW", True, None),
        Column(
            "activity", "text", "What the place does; null outside the leading bands", nullable=True, values=ACTIVITIES
        ),
        Column("source", "text", "Table or instrument"),
        Column("label", "text", "What the source calls the place", nullable=True),
        Column("rivals", "list", "Other hot spots it may belong to, each with its probability"),
        Column("blended", "boolean", "One of them was not seen on its own in this observation"),
        Column(
            "snr", "number", "Signal over noise in the image; null for tables and limits", nullable=True, decimals=2
        ),
        Column(
            "flags",
            "list",
            "`extended`, `ring`, `blended`, `saturated`, `limb`, `uncertain`, `stacked`, `unrepeated`: see methods",
        ),
        Column("night_looks", "integer", "Images of its night and band that looked at the place", nullable=True),
        Column("night_borne_out", "integer", "How many of them show it", nullable=True),
        Column("width_km", "number", "Diameter of an extended source without the blur", "km", True, 1),
        Column("width_sigma_km", "number", "One-sigma uncertainty of it", "km", True, 1),
        Column("extent_km2", "number", "Area of the ground within it", "km2", True, None),
    ),
    ("site_id", "time_utc", "observation_id", "quantity"),
)

LIGHT_CURVE_VALUES: Final = (
    ("radiance_gw_um_sr", "sigma_gw_um_sr"), ("power_gw", "power_sigma_gw"), ("relative_value", "relative_sigma"),
)  # fmt: skip
"""Value and its uncertainty, the one that says most first; each look has one."""

TABLES: Final = MappingProxyType(
    {table.name: table for table in (EVENTS, DETECTIONS, SEGMENTS, HOTSPOTS, LIGHT_CURVES)}
)


def json_schema(table: Table) -> dict[str, Any]:
    """JSON Schema (2020-12) of one row of a table, as it stands in JSON or GeoJSON properties."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": table.title,
        "version": SCHEMA_VERSION,
        "type": "object",
        "required": table.names,
        "properties": {column.name: _json_property(column) for column in table.columns},
        "additionalProperties": True,
    }


_JSON_TYPES: Final = {
    "text": "string", "number": "number", "integer": "integer", "boolean": "boolean", "time": "string", "list": "array",
}  # fmt: skip


def _json_property(column: Column) -> dict[str, Any]:
    base = _JSON_TYPES[column.kind]
    found: dict[str, Any] = {"description": column.description, "type": [base, "null"] if column.nullable else base}
    if column.unit:
        found["unit"] = column.unit
    if column.kind == "time":
        found["format"] = "date-time"
    if column.kind == "list":
        found["items"] = {"type": "string"}
    if column.values:
        found["enum"] = [*column.values, *([None] if column.nullable else [])]
    return found
