"""Finds the files of ``data/``: inside the installed wheel, or in the checkout."""

from importlib.resources import files
from pathlib import Path

from iovolc.errors import IovolcError


def data_path(name: str) -> Path:
    """The path of a file or folder of ``data/``.

    Parameters
    ----------
    name : str
        Relative, with forward slashes, for example ``demo/eruptions.csv``.

    Raises
    ------
    IovolcError
        If there is no such file.
    """
    package = Path(str(files("iovolc")))
    for root in (package / "_data", package.parents[1] / "data"):
        path = root / name
        if path.exists():
            return path
    raise IovolcError(f"iovolc carries no data file `{name}`: the installation is incomplete, install it again")
