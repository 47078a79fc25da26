"""Which band of a file a row means."""

from collections.abc import Sequence

from iovolc.archive.product import Facts
from iovolc.archive.rows import Row
from iovolc.errors import Finding, UnreadableProduct


def choose_band(bands: Sequence[Facts], row: Row) -> int:
    """The band of the file, counted from 0.

    A blank ``band_index`` means the only band, or the one that the file calls by the row's band or channel; a grey
    value of a colour picture is never made up.

    Raises
    ------
    UnreadableProduct
        E104 if there is no such band or several could be meant.
    """
    usable = [index for index, facts in enumerate(bands) if not facts.is_mask]
    if row.band_index is not None:
        chosen = [row.band_index - 1] if row.band_index - 1 in usable else []
    else:
        chosen = usable if len(usable) == 1 else [index for index in usable if _is_called(bands[index], row)]
    if len(chosen) != 1:
        raise UnreadableProduct([_no_band(bands, usable, row)])
    return chosen[0]


def _is_called(facts: Facts, row: Row) -> bool:
    if row.band and facts.band:
        return row.band.casefold() == facts.band.casefold()
    return bool(row.channel) and facts.channel == row.channel


def _no_band(bands: Sequence[Facts], usable: Sequence[int], row: Row) -> Finding:
    listed = ", ".join(_numbered(index, bands[index]) for index in usable)
    wanted = f"no band {row.band_index}" if row.band_index is not None else "`band_index` is blank"
    if row.band_index is None and (row.band or row.channel):
        wanted += f" and not just one band is called `{row.band or row.channel}`"
    return row.origin.finding("E104", f"{wanted}; the file has bands {listed}", "band_index")


def _numbered(index: int, facts: Facts) -> str:
    name = facts.band or facts.channel
    return f"{index + 1} ({name})" if name else str(index + 1)
