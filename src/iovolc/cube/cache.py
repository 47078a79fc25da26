"""Results that can be rebuilt at will, kept by stage and key: complete or not there at all, never changed.

The key must name everything the result depends on: see :func:`cache_key`.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from iovolc.cube.files import digest_json, new_folder
from iovolc.cube.layout import StorePath, cache_folder, local

Result = TypeVar("Result")

_FRAME = "frame.parquet"
_ARRAYS = "arrays.npz"


def cache_key(*parts: Any) -> str:
    """Hexadecimal sha256 of plain values: configuration, algorithm version, content hashes, whatever counts."""
    return digest_json(list(parts))


def cached(
    store: StorePath,
    stage: str,
    key: str,
    compute: Callable[[], Result],
    *,
    save: Callable[[Result, Path], None],
    load: Callable[[Path], Result],
) -> Result:
    """The result kept under this key, computed and kept if there is none.

    Parameters
    ----------
    store : str or Path
        Root of the store, on a local disk.
    stage, key : str
        Its place: ``cache/<stage>/<key>/``.
    compute : callable
        Makes the result.
    save, load : callable
        Write it into an empty folder, and read it back. What is returned has always gone through both, so that the
        first call and the later ones give the same.
    """
    folder = local(cache_folder(store, stage, key))
    if not folder.exists():
        result = compute()
        with new_folder(folder) as partial:
            save(result, partial)
    return load(folder)


def cached_frame(store: StorePath, stage: str, key: str, compute: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """:func:`cached` for a table, as parquet."""
    return cached(store, stage, key, compute, save=_save_frame, load=_load_frame)


def cached_arrays(
    store: StorePath, stage: str, key: str, compute: Callable[[], Mapping[str, NDArray[Any]]]
) -> Mapping[str, NDArray[Any]]:
    """:func:`cached` for named arrays, as npz."""
    return cached(store, stage, key, compute, save=_save_arrays, load=_load_arrays)


def _save_frame(frame: pd.DataFrame, folder: Path) -> None:
    frame.to_parquet(folder / _FRAME, compression="zstd")


def _load_frame(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / _FRAME)


def _save_arrays(arrays: Mapping[str, NDArray[Any]], folder: Path) -> None:
    np.savez(folder / _ARRAYS, allow_pickle=False, **dict(arrays))


def _load_arrays(folder: Path) -> Mapping[str, NDArray[Any]]:
    with np.load(folder / _ARRAYS, allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}
