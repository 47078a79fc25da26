"""A trial of an HDF5 file in a process of its own: the library kills its process, or never returns, on some bytes.

``python -m iovolc.archive.formats.hdf5_trial FILE`` does to the file what the reader will do. Not for saying what else
is wrong with a file: the reader does (:mod:`iovolc.archive.formats.netcdf`).
"""

import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from iovolc.archive.formats.limits import damaged
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
        ended = subprocess.run(  # noqa: S603  (this program, on a checked path)
            command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=limit_s
        )
    except subprocess.TimeoutExpired as error:
        raise damaged(origin, f"HDF5's library comes to no end with it within {limit_s:.0f} s") from error
    if ended.returncode:
        raise damaged(origin, "HDF5's library breaks down on it")


def try_out(path: Path) -> None:
    """Look at every object of a file, its attributes, dimensions and values; what is raised is left to the reader."""
    # Not at the top: the reader's process needs neither before its own turn.
    import h5netcdf  # noqa: PLC0415

    from iovolc.archive.formats.stores import check_hdf5  # noqa: PLC0415

    try:
        check_hdf5(path, Origin(path.name))
        with h5netcdf.File(path, "r", phony_dims="access") as file:
            groups: list[Any] = [file]
            while groups:
                group = groups.pop()
                groups += group.groups.values()
                _ = dict(group.attrs), dict(group.dimensions)
                for variable in group.variables.values():
                    _ = dict(variable.attrs), variable.dimensions
                    _read(variable)
    except Exception:
        return


def _read(variable: Any) -> None:
    """All values of a variable, some at a time."""
    if not variable.shape:
        _ = variable[...]
        return
    per_row = max(1, int(variable.size // max(1, variable.shape[0])))
    step = max(1, _BLOCK_VALUES // per_row)
    for start in range(0, variable.shape[0], step):
        _ = variable[start : start + step]


if __name__ == "__main__":
    try_out(Path(sys.argv[1]))
