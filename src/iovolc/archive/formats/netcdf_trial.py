"""A trial of a NetCDF file in a process of its own: on some bytes the libraries kill their process, or never return.

``python -m iovolc.archive.formats.netcdf_trial FILE`` does to the file what the reader will do, down to the second
opinion of GDAL. Not for saying what else is wrong with it: the reader does (:mod:`iovolc.archive.formats.netcdf`).
"""

import math
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from iovolc.archive.failures import damaged
from iovolc.archive.formats.on_demand import HDF5
from iovolc.archive.origin import Origin

LEAST_S: Final = 20.0
BYTES_PER_S: Final = 5e6
_BLOCK_VALUES: Final = 1 << 22


def refuse_deadly(path: Path, origin: Origin) -> None:
    """Refuse a file that this process would not survive.

    Raises
    ------
    UnreadableProduct
        E102.
    """
    limit_s = LEAST_S + path.stat().st_size / BYTES_PER_S
    command = [sys.executable, "-m", __name__, str(path.absolute())]
    try:
        ended = subprocess.run(  # noqa: S603  (this program, on a path that has been checked)
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=limit_s
        )
    except subprocess.TimeoutExpired as error:
        raise damaged(origin, f"its libraries come to no end with it within {limit_s:.0f} s") from error
    if ended.returncode:
        raise damaged(origin, "its libraries break down on it")


def try_out(path: Path) -> list[str]:
    """Read all attributes, dimensions and values of a file; what is raised is left to the reader.

    Returns
    -------
    list of str
        The variables that GDAL was asked for.
    """
    with path.open("rb") as stream:
        is_hdf5 = stream.read(len(HDF5)) == HDF5
    names: list[str] = []
    with suppress(Exception):
        names += _try_hdf5(path) if is_hdf5 else _try_classic(path)
    # Not at the top, here and below: the reader's process needs none of them before its own turn.
    import rasterio  # noqa: PLC0415

    for name in names:
        with suppress(Exception), rasterio.open(f'NETCDF:"{path}":{name}', driver="netCDF") as dataset:
            _ = dataset.transform, dataset.crs
    return names


def _try_hdf5(path: Path) -> Iterator[str]:
    """Names of the variables, each after all of it has been read."""
    import h5netcdf  # noqa: PLC0415

    from iovolc.archive.formats.stores import check_hdf5  # noqa: PLC0415

    check_hdf5(path, Origin(path.name))
    with h5netcdf.File(path, "r", phony_dims="access") as file:
        _ = dict(file.attrs), dict(file.dimensions)
        for name, variable in file.variables.items():
            _ = dict(variable.attrs), variable.dimensions
            _read(variable)
            yield name


def _try_classic(path: Path) -> Iterator[str]:
    from scipy.io import netcdf_file  # noqa: PLC0415

    with netcdf_file(path, mmap=False) as file:
        yield from file.variables


def _read(variable: Any) -> None:
    """All values of a variable, some at a time."""
    if not variable.shape:
        _ = variable[...]
        return
    step = max(1, _BLOCK_VALUES // max(1, math.prod(variable.shape[1:])))
    for start in range(0, variable.shape[0], step):
        _ = variable[start : start + step]


if __name__ == "__main__":
    try_out(Path(sys.argv[1]))
