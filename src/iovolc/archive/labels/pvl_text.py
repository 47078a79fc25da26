"""Labels in PVL, ODL and the dialects of PDS3, ISIS2 and ISIS3: from bytes to names and values.

The grammar is the ``pvl`` library's; bounds on size, statements and time are ours, because labels come from outside.
Not for what the keywords mean (:mod:`iovolc.archive.labels.keywords`).
"""

import re
from typing import Any, Final

import pvl.collections
import pvl.decoder
import pvl.grammar
import pvl.parser

from iovolc.archive.labels.values import Group, LabelError, Text, Value

MAX_LABEL_BYTES: Final = 1 << 20
"""How far into a file the end of the label is sought."""
MAX_TEXT: Final = 1 << 17
"""Characters of a label; the library takes about ten microseconds for each."""
MAX_STATEMENTS: Final = 5000
MAX_EMPTY: Final = 64
"""Statements without a value; each costs the library a walk through the label."""

_END: Final = re.compile(rb"^[ \t\f\v]*END[ \t\f\v]*(?:;|\r|\n|\x00|\x1a|/\*|\Z)", re.IGNORECASE | re.MULTILINE)
_SHORT_END: Final = re.compile(r"^([ \t]*)END(GROUP|OBJECT)\b", re.IGNORECASE | re.MULTILINE)
_SHOWN: Final = 120


class _AsWritten(pvl.decoder.OmniDecoder):
    """Leaves every value as text; the library would make numbers of clock counts and versions."""

    def decode_simple_value(self, value: str) -> Any:
        try:
            return self.decode_quoted_string(value)
        except ValueError:
            if self.grammar.nondecimal_re.fullmatch(value) is not None:
                return str(value)
            return self.decode_unquoted_string(value)

    def decode_datetime(self, value: str) -> Any:
        raise ValueError(value)


class _Parser(pvl.parser.OmniParser):
    """Mends only so many statements: on ``A = (1, 2) = C`` the library would try for ever."""

    mended = 0

    def parse_module_post_hook(self, module: Any, tokens: Any) -> Any:
        self.mended += 1
        if self.mended > MAX_EMPTY:
            raise LabelError(f"more than {MAX_EMPTY} statements of the label have no value")
        return super().parse_module_post_hook(module, tokens)


def find_label(content: bytes) -> bytes:
    """The part of a file's beginning that is its label, up to the ``END`` statement.

    Raises
    ------
    LabelError
        If there is no such statement, as in a truncated label, or the label is larger than :data:`MAX_TEXT`.
    """
    end = _END.search(content, 0, MAX_LABEL_BYTES)
    if end is None:
        raise LabelError("the label has no END statement; the file is cut off or no label")
    if end.start() > MAX_TEXT:
        raise LabelError(f"the label has {end.start()} bytes, more than {MAX_TEXT}")
    return content[: end.start()]


def parse_pvl(content: bytes) -> Group:
    """Names and values of a label.

    Parameters
    ----------
    content : bytes
        From the file's first byte on; what follows the ``END`` statement is passed over.

    Raises
    ------
    LabelError
        If the label is too large, not closed, or not PVL; the message says where.
    """
    text = find_label(content).decode("latin-1")
    text = _SHORT_END.sub(r"\1END_\2", text.replace("\r\n", "\n").replace("\r", "\n"))
    if text.count("=") > MAX_STATEMENTS:
        raise LabelError(f"the label has more than {MAX_STATEMENTS} statements")
    grammar = pvl.grammar.OmniGrammar()
    parser = _Parser(grammar=grammar, decoder=_AsWritten(grammar=grammar))
    # The library lets ValueError, KeyError, RuntimeError (of generators) and RecursionError through on broken text.
    try:
        return _group(parser.parse(f"{text}\nEND\n"))
    except LabelError:
        raise
    except Exception as error:
        raise LabelError(f"the label cannot be read: {_reason(error)}") from error


def _group(tree: Any) -> Group:
    return Group(tuple((str(name), _entry(value)) for name, value in tree.items()))


def _entry(value: Any) -> Text | tuple[Value, ...] | Group:
    if isinstance(value, pvl.collections.MutableMappingSequence):
        return _group(value)
    return _value(value)


def _value(value: Any, unit: str = "") -> Value:
    if isinstance(value, pvl.collections.Quantity):
        return _value(value.value, str(value.units).strip().lower())
    if isinstance(value, list):
        return tuple(_value(item, unit) for item in value)
    if isinstance(value, frozenset | set):
        return tuple(sorted((_value(item, unit) for item in value), key=repr))
    return Text(" ".join(str(value).split()), unit)


def _reason(error: Exception) -> str:
    text = " ".join(str(error.args[-1] if error.args else error).split())
    return (text or type(error).__name__)[:_SHOWN]
