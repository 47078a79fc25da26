"""Which band of a file a row means, and what the file itself calls it."""

from typing import Final

from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader

from iovolc.archive.rows import Row
from iovolc.errors import Finding, UnreadableProduct, UnsupportedProduct
from iovolc.model.observation import CHANNELS

_COLOURS: Final = {ColorInterp.red: "red", ColorInterp.green: "green", ColorInterp.blue: "blue"}


def choose_band(dataset: DatasetReader, row: Row) -> int:
    """The band of the file, counted from 1.

    A blank ``band_index`` means the only band, or the one whose colour or description is the row's channel; a grey
    value of a colour picture is never made up.

    Raises
    ------
    UnreadableProduct
        E104 if there is no such band or several could be meant.
    UnsupportedProduct
        E103 for pictures that hold numbers of a colour table.
    """
    bands = [band for band in dataset.indexes if dataset.colorinterp[band - 1] is not ColorInterp.alpha]
    if row.band_index is not None:
        chosen = [row.band_index] if row.band_index in bands else []
    else:
        chosen = bands if len(bands) == 1 else [b for b in bands if row.channel and _names(dataset, b, row.channel)]
    if len(chosen) != 1:
        raise UnreadableProduct([_no_band(dataset, bands, row)])
    if dataset.colorinterp[chosen[0] - 1] is ColorInterp.palette:
        detail = "its pixels are numbers of a colour table; save it in grey or full colour"
        raise UnsupportedProduct([row.origin.finding("E103", detail, "path")])
    return chosen[0]


def label_channel(dataset: DatasetReader, band: int) -> str:
    """The channel that the file itself gives to a band by description or colour; empty without one."""
    for channel in CHANNELS:
        if _names(dataset, band, channel):
            return channel
    return ""


def _names(dataset: DatasetReader, band: int, channel: str) -> bool:
    description = dataset.descriptions[band - 1]
    return (description or _COLOURS.get(dataset.colorinterp[band - 1], "")) == channel


def _no_band(dataset: DatasetReader, bands: list[int], row: Row) -> Finding:
    listed = ", ".join(
        f"{band} ({dataset.descriptions[band - 1] or dataset.colorinterp[band - 1].name})" for band in bands
    )
    wanted = f"no band {row.band_index}" if row.band_index is not None else "`band_index` is blank"
    if row.band_index is None and row.channel:
        wanted += f" and not just one band is called `{row.channel}`"
    return row.origin.finding("E104", f"{wanted}; the file has bands {listed}", "band_index")
