"""A lazy array (time, y, x) over the epochs of a sheet, for xarray: nothing is read before it is asked for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from xarray.backends import BackendArray
from xarray.core import indexing

from iovolc.cube import epochs
from iovolc.cube.entry import EpochEntry
from iovolc.cube.layout import StorePath
from iovolc.cube.schema import LayerSpec
from iovolc.model.flags import Flag
from iovolc.model.grid import Sheet


class EpochStack(BackendArray):
    """One layer of all epochs of a channel on a sheet.

    Parameters
    ----------
    store : str or Path
        Root of the store.
    entries : tuple of EpochEntry
        The epochs, in the order of the time axis.
    sheet : Sheet
        The sheet.
    spec : LayerSpec
        The layer. Where an epoch lacks the sheet it reads as NaN, or as flagged "no data".
    """

    def __init__(self, store: StorePath, entries: tuple[EpochEntry, ...], sheet: Sheet, spec: LayerSpec) -> None:
        self._store = store
        self._entries = entries
        self._sheet = sheet
        self._spec = spec
        self.shape = (len(entries), *sheet.shape)
        self.dtype = np.dtype(spec.dtype)

    def __getitem__(self, key: indexing.ExplicitIndexer) -> Any:
        return indexing.explicit_indexing_adapter(key, self.shape, indexing.IndexingSupport.OUTER, self._read)

    def _read(self, key: tuple[Any, Any, Any]) -> NDArray[Any]:
        times, rows, cols = key
        chosen = np.arange(len(self._entries))[times]
        layers = [self._layer(self._entries[index], rows, cols) for index in np.atleast_1d(chosen)]
        if np.ndim(chosen) == 0:
            return layers[0]
        shape = (0, *self._blank(rows, cols).shape)
        return np.stack(layers) if layers else np.empty(shape, dtype=self.dtype)

    def _layer(self, entry: EpochEntry, rows: Any, cols: Any) -> NDArray[Any]:
        if self._sheet.name not in entry.sheets:
            return self._blank(rows, cols)
        return epochs.read_layer(self._store, entry, self._sheet.name, self._spec.name, (rows, cols))

    def _blank(self, rows: Any, cols: Any) -> NDArray[Any]:
        height, width = self._sheet.shape
        shape = (*np.shape(np.arange(height)[rows]), *np.shape(np.arange(width)[cols]))
        fill = int(Flag.NO_DATA) if self.dtype.kind == "u" else np.nan
        return np.full(shape, fill, dtype=self.dtype)
