"""Which exposure an image is a product of, told from row and label."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archive_sample import EDGES, ramp, row, write_picture

from iovolc.archive.exposures import choose_products, known_product
from iovolc.archive.understanding import look_at
from iovolc.archive.versions import Known

START = datetime(2023, 12, 30, 8, 36, 0, tzinfo=UTC)
RAW = Known("JNCE_2023364_57C00012_V01", "", "", "JunoCam", "RED red", START, "a" * 64)
CALIBRATED = replace(RAW, product_id="JNCR_2023364_57C00012_V01", sha256="b" * 64)


def test_a_held_product_gives_way_to_a_better_new_one() -> None:
    choice = choose_products([CALIBRATED], [RAW])
    assert (choice.reasons, choice.replaced) == (("",), (0,))


def test_a_worse_new_product_is_passed_over_with_the_reason() -> None:
    choice = choose_products([RAW], [CALIBRATED])
    assert choice.replaced == ()
    assert CALIBRATED.product_id in choice.reasons[0]


def test_other_bands_are_other_observations() -> None:
    assert choose_products([replace(RAW, band="BLUE blue")], [CALIBRATED]).reasons == ("",)


def test_without_an_id_nothing_is_taken_for_a_copy() -> None:
    nameless = replace(RAW, product_id="")
    assert choose_products([nameless, nameless], [nameless]).reasons == ("", "")


def test_a_plain_picture_has_no_id(tmp_path: Path) -> None:
    write_picture(tmp_path / "a.png", ramp())
    of = row(mission="Juno", instrument="JunoCam", **EDGES)
    known = known_product(of, look_at(of, tmp_path, sha256="c" * 64))
    assert (known.product_id, known.instrument, known.sha256) == ("", "JunoCam", "c" * 64)
