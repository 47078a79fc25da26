"""Commands that print or check a configuration."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def template() -> None:
    """Print the default configuration as commented YAML."""
    from iovolc.config import Config

    sys.stdout.write(Config().to_yaml())


def validate(path: Annotated[Path, typer.Argument(help="Configuration file (YAML).")]) -> None:
    """Check a configuration file."""
    from iovolc.config import load

    sys.stdout.write(f"valid; sha256 {load(path).digest()}\n")
