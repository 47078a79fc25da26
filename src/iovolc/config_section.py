"""What all sections of the configuration have in common."""

import math
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Base of all sections: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def yaml_lines(model: BaseModel, indent: int = 0) -> list[str]:
    """A model as lines of YAML, each key under its description."""
    pad = "  " * indent
    lines: list[str] = []
    for name, info in type(model).model_fields.items():
        value = getattr(model, name)
        if info.description:
            lines.append(f"{pad}# {info.description}")
        if isinstance(value, BaseModel):
            lines += [f"{pad}{name}:", *yaml_lines(value, indent + 1)]
        else:
            plain = model.model_dump(mode="json", include={name})[name]
            lines.append(f"{pad}{name}: {_scalar(plain)}")
    return lines


def _scalar(plain: Any) -> str:
    """A value as YAML on one line."""
    return yaml.safe_dump(plain, default_flow_style=True, width=math.inf, allow_unicode=True).splitlines()[0]
