"""Photometric parameters by channel, from ``data/photometry`` or a file of the user's: reading, checking, writing.

A parameter is written ``[value, sigma, confidence, source]``. Not for what they mean
(:mod:`iovolc.light.photometric`) nor for fitting them (:mod:`iovolc.light.photofit`).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple, Self, get_args

import numpy as np
import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from iovolc.archive.instrument_parts import Part, Tag
from iovolc.data import data_path
from iovolc.errors import Finding, InputError
from iovolc.light.photometric import PARAMETERS, Model, Photometry, PhotometryEstimate
from iovolc.model.observation import CHANNELS

FOLDER: Final = "photometry"
_SYMMETRY: Final = 1e-6

Finite = Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Parameter(NamedTuple):
    """A parameter, its standard deviation, the confidence in it and its source (key of the set's sources)."""

    value: Finite
    sigma: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0.0)]
    tag: Tag
    source: str


class Entry(Part):
    """The parameters of some channels.

    Parameters
    ----------
    channels : tuple of str
        The channels.
    parameters : mapping of str to Parameter
        All of the model's, by name.
    correlation : tuple of tuple of float or None
        Of the parameters in the model's order; None where they are taken as independent.
    note : str
        What a user should know, such as what a fit rests on.
    """

    channels: tuple[str, ...] = Field(min_length=1)
    parameters: dict[str, Parameter]
    correlation: tuple[tuple[Finite, ...], ...] | None = None
    note: str = ""

    @field_validator("channels")
    @classmethod
    def _known(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := set(channels) - set(CHANNELS):
            raise ValueError(f"no channel `{min(unknown)}`; there are {', '.join(CHANNELS)}")
        return channels

    @field_validator("correlation")
    @classmethod
    def _is_correlation(cls, rows: tuple[tuple[float, ...], ...] | None) -> tuple[tuple[float, ...], ...] | None:
        if rows is None:
            return None
        if any(len(row) != len(rows) for row in rows):
            raise ValueError("the correlation is not square")
        matrix = np.array(rows)
        sound = np.allclose(matrix, matrix.T, atol=_SYMMETRY) and np.allclose(np.diag(matrix), 1.0, atol=_SYMMETRY)
        if not sound or np.linalg.eigvalsh(matrix)[0] <= 0.0:
            raise ValueError("the correlation is not symmetric and positive with ones on its diagonal")
        return rows


class PhotometrySet(Part):
    """A photometric function with its parameters in the channels for which it has them.

    Parameters
    ----------
    id : str
        Its name.
    model : str
        The function.
    entries : tuple of Entry
        No channel twice.
    note : str
        What a user should know.
    sources : mapping of str to str
        The references, each used at least once.
    """

    id: str = Field(min_length=1)
    model: Model
    entries: tuple[Entry, ...] = Field(min_length=1)
    note: str = ""
    sources: dict[str, str]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        channels = [channel for entry in self.entries for channel in entry.channels]
        if twice := sorted({name for name in channels if channels.count(name) > 1}):
            raise ValueError(f"the channel {twice[0]} stands twice")
        names = PARAMETERS[self.model]
        for entry in self.entries:
            if set(entry.parameters) != set(names):
                raise ValueError(f"{', '.join(entry.channels)}: {self.model} takes {', '.join(names)}")
            if entry.correlation is not None and len(entry.correlation) != len(names):
                raise ValueError(f"{', '.join(entry.channels)}: the correlation is not of {len(names)} parameters")
            self._estimate(entry)
        used = {parameter.source for entry in self.entries for parameter in entry.parameters.values()}
        if used != set(self.sources):
            raise ValueError(f"sources: {', '.join(sorted(used ^ set(self.sources)))} not given or not used")
        return self

    def entry_of(self, channel: str) -> Entry | None:
        """The entry of a channel; None where the set has nothing for it."""
        return next((entry for entry in self.entries if channel in entry.channels), None)

    def of(self, channel: str) -> PhotometryEstimate | None:
        """Function, parameters and covariance in a channel; None where the set has nothing for it."""
        entry = self.entry_of(channel)
        return None if entry is None else self._estimate(entry)

    def _estimate(self, entry: Entry) -> PhotometryEstimate:
        parameters = [entry.parameters[name] for name in PARAMETERS[self.model]]
        sigmas = np.array([parameter.sigma for parameter in parameters])
        correlation = np.eye(len(sigmas)) if entry.correlation is None else np.array(entry.correlation)
        covariance = correlation * np.outer(sigmas, sigmas)
        photometry = Photometry(self.model, tuple(parameter.value for parameter in parameters))
        return PhotometryEstimate(photometry, tuple(tuple(map(float, row)) for row in covariance))

    def to_yaml(self) -> str:
        """The text of a file that :func:`load_photometry` reads."""
        plain = self.model_dump(mode="json", exclude_defaults=True)
        return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, default_flow_style=None, width=120)


def load_photometry(name: str) -> PhotometrySet:
    """A set of ``data/photometry`` by its name, or the file at a path.

    Parameters
    ----------
    name : str
        A name has neither a slash nor the ending ``.yaml``.

    Raises
    ------
    InputError
        E108, if there is none or it cannot be used; the message names the key.
    """
    if "/" in name or name.endswith((".yaml", ".yml")):
        return _read(Path(name))
    if name not in get_args(Model):
        detail = f"there is no set `{name}`, but {', '.join(get_args(Model))}; the path of a file ends in .yaml"
        raise InputError([Finding("E108", name, detail)])
    return _read(data_path(f"{FOLDER}/{name}.yaml"))


def bundled_photometry() -> Mapping[str, PhotometrySet]:
    """All sets that iovolc carries, by name."""
    return {name: load_photometry(name) for name in get_args(Model)}


def _read(path: Path) -> PhotometrySet:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return PhotometrySet.model_validate(content)
    except ValidationError as error:
        details = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors())
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        details = str(error)
    raise InputError([Finding("E108", str(path), details)])
