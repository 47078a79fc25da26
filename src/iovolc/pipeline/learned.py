"""The learned order of candidates, from ``data/reliability.yaml``."""

from functools import cache
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from iovolc.data import data_path
from iovolc.detect.ranking import MEASURES, Learned

FILE: Final = "reliability.yaml"

Number = Annotated[float, Field(allow_inf_nan=False)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(min_length=1)
    held_out: dict[str, Number]
    offset: Number
    weights: dict[str, Number]


@cache
def learned_reliability() -> Learned:
    """The parameters that iovolc carries.

    Raises
    ------
    IovolcError
        If the installation lacks them.
    ValueError
        If the file is not of this form, or an artefact measure in it speaks for a change.
    """
    content = _File.model_validate(yaml.safe_load(data_path(FILE).read_text(encoding="utf-8")))
    if wrong := sorted(name for name, weight in content.weights.items() if name not in MEASURES or weight > 0.0):
        raise ValueError(f"{FILE}: `{wrong[0]}` is no artefact measure, or its weight is above 0")
    return Learned(content.offset, content.weights)
