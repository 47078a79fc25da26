"""From NAIF's text form of an SPK (``DAFETF``), as the sliced kernels have it, to the binary form that SPICE loads."""

import struct
from pathlib import Path

RECORD_BYTES = 1024
FIRST_DATA_WORD = 3 * RECORD_BYTES // 8 + 1


def to_binary(transfer: Path, binary: Path) -> Path:
    """Write the binary file; one record each for header, summaries and names (the slices hold four segments)."""
    lines = iter(transfer.read_text(encoding="ascii", errors="replace").splitlines())
    while not next(lines).startswith("DAFETF"):
        pass
    kind, n_real, n_whole, title = (next(lines).strip("'") for _ in range(4))
    next_word, summaries, names, numbers = FIRST_DATA_WORD, [], [], []
    while (begin := next(lines)).startswith("BEGIN_ARRAY"):
        size = int(begin.split()[2])
        names.append(next(lines).strip("'").ljust(40).encode())
        reals = [number(next(lines)) for _ in range(int(n_real))]
        wholes = [int(number(next(lines))) for _ in range(int(n_whole) - 2)]
        summaries.append(struct.pack("<2d6i", *reals, *wholes, next_word, next_word + size - 1))
        last = next_word + size
        while next_word < last:
            count = int(next(lines))
            numbers += [number(next(lines)) for _ in range(count)]
            next_word += count
        next(lines)
    head = struct.pack(
        "<8sii60siii8s", kind.encode(), int(n_real), int(n_whole), title.encode(), 2, 2, next_word, b"LTL-IEEE"
    )
    records = [head, struct.pack("<3d", 0.0, 0.0, len(summaries)) + b"".join(summaries), b"".join(names)]
    body = struct.pack(f"<{len(numbers)}d", *numbers)
    binary.write_bytes(b"".join(record.ljust(RECORD_BYTES, b"\0") for record in records) + _whole_records(body))
    return binary


def number(text: str) -> float:
    """Of a quoted hexadecimal fraction and its exponent of 16 (``'-A8C^5'``), or of a hexadecimal whole number."""
    mantissa, _, exponent = text.strip("'").partition("^")
    digits = mantissa.lstrip("-")
    value = int(digits, 16) * (16.0 ** (int(exponent, 16) - len(digits)) if exponent else 1.0)
    return -value if mantissa.startswith("-") else value


def _whole_records(data: bytes) -> bytes:
    return data + bytes(-len(data) % RECORD_BYTES)
