"""Whatever bytes a label reader is given, only numbered input errors come out."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iovolc.archive.formats import isis3, pds3, vicar
from iovolc.archive.origin import Origin
from iovolc.errors import InputError

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import label_sample as sample

OPENERS = {"isis3": isis3.open_isis3, "pds3": pds3.open_pds3, "vicar": vicar.open_vicar}
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("valid")
    return {
        "isis3": sample.isis3(folder / "a", mapping=sample.mapping()).read_bytes(),
        "pds3": sample.pds3(folder / "b", more=sample.pds3_map()).read_bytes(),
        "vicar": sample.vicar(folder / "c", sample.PIXELS.tobytes(), sample.vicar_words()).read_bytes(),
    }


def survives(folder: Path, family: str, content: bytes) -> None:
    path = folder / "product.x"
    path.write_bytes(content)
    try:
        product = OPENERS[family](path, Origin("product"))
        stored = product.read(len(product.bands) - 1)
    except InputError as error:
        codes = [finding.code for finding in error.findings]
    else:
        codes = []
        assert stored.numbers.shape == stored.valid.shape == product.shape
    assert all(code in {"E102", "E103"} for code in codes)


@pytest.mark.parametrize("family", OPENERS)
@given(start=st.sampled_from([b"", b"LBLSIZE=60 ", b"PDS_VERSION_ID = ", b"Object = IsisCube\n"]), rest=st.binary())
@FEW
def test_arbitrary_bytes(tmp_path: Path, family: str, start: bytes, rest: bytes) -> None:
    survives(tmp_path, family, start + rest + b"\nEND\n")


@pytest.mark.parametrize("family", OPENERS)
@given(share=st.floats(0.0, 1.0))
@FEW
def test_truncated_files(tmp_path: Path, valid: dict[str, bytes], family: str, share: float) -> None:
    content = valid[family]
    survives(tmp_path, family, content[: int(share * len(content))])


@pytest.mark.parametrize("family", OPENERS)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 1800), st.sampled_from([b"", b"9", b"-", b"(", b'"', b"'", b"=", b"\0", b"99999999"])),
        min_size=1,
        max_size=4,
    )
)
@FEW
def test_mutated_labels(tmp_path: Path, valid: dict[str, bytes], family: str, changes: list[tuple[int, bytes]]) -> None:
    content = valid[family]
    for place, piece in changes:
        content = content[:place] + piece + content[place + 1 :]
    survives(tmp_path, family, content)
