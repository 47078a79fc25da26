"""Detection curves, from ``data/completeness`` or a file of the user's: reading, checking, writing.

Not for what they mean (:mod:`iovolc.detect.curve`).
"""

from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

import yaml
from pydantic import Field, ValidationError, field_validator

from iovolc.archive.instrument_parts import Part
from iovolc.data import data_path
from iovolc.errors import ConfigError

FOLDER: Final = "completeness"

Positive = Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0.0)]
Spread = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0.0)]


class Measured(NamedTuple):
    """A fitted number and its standard deviation."""

    value: Positive
    sigma: Spread


class Fitted(Part):
    """One curve.

    Parameters
    ----------
    maps : {'calibrated', 'relative'}
        Kind of the maps that are compared.
    elements : float
        Diameter of the changes over the resolution of the comparison.
    middle, width, ceiling : (value, standard deviation)
        Of the curve: ``ceiling Phi((margin - middle) / width)``.
    injections : int
        How many it was fitted to.
    """

    maps: Literal["calibrated", "relative"]
    elements: Positive
    middle: Measured
    width: Measured
    ceiling: Measured
    injections: int = Field(ge=1)


class CurveSet(Part):
    """The curves of one search.

    Parameters
    ----------
    source : str
        What they were fitted to.
    date : str
        When, ISO 8601.
    detector : str
        Algorithm version of the detection that was tried.
    curves : tuple of Fitted
        By kind of map and size.
    """

    source: str = Field(min_length=1)
    date: str = Field(min_length=1)
    detector: str = Field(min_length=1)
    curves: tuple[Fitted, ...] = Field(min_length=1)

    @field_validator("curves")
    @classmethod
    def _no_curve_twice(cls, curves: tuple[Fitted, ...]) -> tuple[Fitted, ...]:
        if len({(curve.maps, curve.elements) for curve in curves}) < len(curves):
            raise ValueError("a kind of map and size stands twice")
        return curves

    def to_yaml(self) -> str:
        """The text of a file that :func:`load_curves` reads."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, default_flow_style=None, width=120)


def load_curves(name: str) -> CurveSet:
    """A set of ``data/completeness`` by its name, or the file at a path.

    Parameters
    ----------
    name : str
        Such as ``packaged``; anything with a dot or a slash is a path.

    Raises
    ------
    ConfigError
        If there is none, or it is not sound.
    """
    path = Path(name) if any(mark in name for mark in "./\\") else data_path(f"{FOLDER}/{name}.yaml")
    try:
        return CurveSet.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise ConfigError(f"the detection curves {path} cannot be used: {error}") from error
