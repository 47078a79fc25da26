"""Whatever a reader or its libraries raise on bytes that somebody made up, as a numbered finding of the file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from iovolc.archive.files import system_error
from iovolc.archive.origin import Origin
from iovolc.errors import IovolcError, TransientIOError, UnreadableProduct

MAX_DETAIL: Final = 200


def damaged(origin: Origin, detail: str) -> UnreadableProduct:
    """E102 with what was seen, on one short line."""
    text = " ".join(detail.split())
    return UnreadableProduct([origin.finding("E102", text[:MAX_DETAIL], "path")])


@contextmanager
def failures_named(path: Path, origin: Origin, *, says: str = "") -> Iterator[None]:
    """Turn every failure of the block into a finding of the file.

    Parameters
    ----------
    path : Path
        The file; messages name it without its folder.
    origin : Origin
        For the message.
    says : str
        What comes before the library's own words.

    Raises
    ------
    UnreadableProduct
        E102 for whatever is raised inside that is not iovolc's own, E101 if there is no such file, E107 if it does
        not fit into the memory.
    TransientIOError
        If reading failed in a way that may pass.
    """
    try:
        yield
    except IovolcError:
        raise
    except MemoryError as error:
        raise UnreadableProduct([origin.finding("E107", "the memory does not hold it", "path")]) from error
    except OSError as error:
        told = system_error(error, origin)
        # Libraries raise errors of this kind, without a number, on damaged files too.
        if error.errno is not None or isinstance(told, TransientIOError):
            raise told from error
        raise damaged(origin, _reason(error, path, says)) from error
    # Anything, down to RecursionError.
    except Exception as error:
        raise damaged(origin, _reason(error, path, says)) from error


def _reason(error: Exception, path: Path, says: str) -> str:
    return f"{says}{type(error).__name__}: {error}".replace(str(path), path.name)
