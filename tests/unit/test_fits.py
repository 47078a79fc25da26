"""FITS: rows from the bottom up, world coordinates on Io, what headers say, and damaged files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from format_sample import (
    AXES_M,
    COLS,
    ROWS,
    STEP,
    TOLERANCE_PX,
    gap_px,
    misplaced,
    open_file,
    refused,
    true_places,
)  # fmt: skip

from iovolc.archive.formats import agreement
from iovolc.archive.formats.on_demand import FITS as FAMILY
from iovolc.model.observation import parse_utc

SMALL = np.arange(6, dtype=np.int16).reshape(2, 3)


def write(path: Path, data: np.ndarray, **cards: Any) -> Path:
    header = fits.Header({name.replace("__", "-"): value for name, value in cards.items()})
    fits.PrimaryHDU(data, header).writeto(path)
    return path


def planetary(centre_e: float, projection: str = "CAR", *, lat_step: float = STEP, lon_step: float = STEP) -> dict:
    return {
        "CTYPE1": f"IOLN-{projection}",
        "CTYPE2": f"IOLT-{projection}",
        "CRVAL1": centre_e,
        "CRVAL2": 0.0,
        "CRPIX1": COLS / 2 + 0.5,
        "CRPIX2": ROWS / 2 + 0.5,
        "CDELT1": lon_step,
        "CDELT2": lat_step,
        "CUNIT1": "deg",
        "CUNIT2": "deg",
    }


# --- places ---------------------------------------------------------------------------------------------------------


def test_the_first_stored_row_is_the_bottom(tmp_path: Path) -> None:
    product = open_file(FAMILY, write(tmp_path / "a.fits", SMALL))
    np.testing.assert_array_equal(product.read(0).numbers, SMALL[::-1])
    assert product.bands[0].placement is None
    assert product.bands[0].misplaced is None


@pytest.mark.parametrize("centre_e", [0.0, -90.0, 180.0, 270.0])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("north_first", [False, True])
def test_planetary_coordinates_land_on_the_same_grid(
    tmp_path: Path, centre_e: float, mirrored: bool, north_first: bool
) -> None:
    stored = true_places(centre_e)[:, :: 1 if north_first else -1, :: -1 if mirrored else 1]
    header = planetary(centre_e, lat_step=-STEP if north_first else STEP, lon_step=-STEP if mirrored else STEP)
    product = open_file(FAMILY, write(tmp_path / "a.fits", stored, **header))
    assert product.bands[0].misplaced is None
    assert gap_px(product) < TOLERANCE_PX


def test_planetographic_rows_are_brought_to_planetocentric(tmp_path: Path) -> None:
    words = {"WCSNAME": "Planetographic", "A_RADIUS": AXES_M[0], "C_RADIUS": AXES_M[1]}
    stored = true_places(0.0, graphic=True)[:, ::-1]
    assert gap_px(open_file(FAMILY, write(tmp_path / "a.fits", stored, **planetary(0.0), **words))) < TOLERANCE_PX


@pytest.mark.parametrize("direction", ["E", "W"])
@pytest.mark.parametrize("graphic", [False, True])
@pytest.mark.parametrize("centre_e", [0.0, -90.0, 180.0])
def test_directions_in_words_land_on_the_same_grid(
    tmp_path: Path, direction: str, graphic: bool, centre_e: float
) -> None:
    sign = 1.0 if direction == "E" else -1.0
    header = {
        "CTYPE1": f"Planeto{'graphic' if graphic else 'centric'} longitude, positive {direction}",
        "CTYPE2": f"Planeto{'graphic' if graphic else 'centric'} latitude",
        "CRPIX1": 1, "CRVAL1": sign * (centre_e - 180.0 + STEP / 2), "CDELT1": sign * STEP, "CUNIT1": "deg",
        "CRPIX2": 1, "CRVAL2": -90.0 + STEP / 2, "CDELT2": STEP, "CUNIT2": "deg",
    }  # fmt: skip
    stored = true_places(centre_e, graphic=graphic)[:, ::-1]
    assert gap_px(open_file(FAMILY, write(tmp_path / "a.fits", stored, **header))) < TOLERANCE_PX


@pytest.mark.parametrize(
    ("projection", "centre"),
    [(name, (-50.0, 0.0)) for name in ("SFL", "SIN", "STG", "ZEA", "MER", "CEA", "MOL")]
    + [(name, centre) for name in ("SIN", "STG", "ZEA") for centre in ((120.0, 90.0), (120.0, -90.0), (20.0, 35.0))],
)
def test_other_projections_agree_with_wcslib(tmp_path: Path, projection: str, centre: tuple[float, float]) -> None:
    header = planetary(centre[0], projection, lon_step=1.0, lat_step=1.0) | {"CRVAL2": centre[1]}
    path = write(tmp_path / "a.fits", np.zeros((ROWS, COLS)), **header)
    facts = open_file(FAMILY, path).bands[0]
    assert facts.misplaced is None
    cols, rows = agreement.lattice((ROWS, COLS))
    lon_e, lat = WCS(fits.getheader(path)).all_pix2world(cols + 0.5, ROWS + 0.5 - rows, 1)
    assert agreement.gap_px(facts.placement, (ROWS, COLS), (cols, rows), lat, lon_e) < 0.01


def test_a_disagreement_with_wcslib_prints_both(tmp_path: Path) -> None:
    header = planetary(0.0) | {"CRVAL2": 30.0}
    finding = misplaced(FAMILY, write(tmp_path / "a.fits", np.zeros((ROWS, COLS)), **header))
    assert finding.code == "E207"
    assert "the label has the first and last pixel at" in finding.detail
    assert "wcslib at" in finding.detail


@pytest.mark.parametrize(
    ("cards", "code"),
    [
        ({"CTYPE1": "MALN-CAR", "CTYPE2": "MALT-CAR"}, "E202"),
        ({"CTYPE1": "IOLN-AIR", "CTYPE2": "IOLT-AIR"}, "E202"),
        ({"A_RADIUS": 3_396_190.0}, "E202"),
        ({"CTYPE1": "longitude, positive E", "CTYPE2": "latitude", "CDELT1": 0.0}, "E201"),
    ],
)
def test_other_bodies_and_projections_are_refused(tmp_path: Path, cards: dict[str, Any], code: str) -> None:
    path = write(tmp_path / "a.fits", np.zeros((ROWS, COLS)), **(planetary(0.0) | cards))
    assert misplaced(FAMILY, path).code == code


def test_the_sky_is_no_place_on_io(tmp_path: Path) -> None:
    header = planetary(0.0) | {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}
    facts = open_file(FAMILY, write(tmp_path / "a.fits", SMALL, **header)).bands[0]
    assert (facts.placement, facts.misplaced) == (None, None)


# --- what is said ---------------------------------------------------------------------------------------------------


def test_the_header_is_understood(tmp_path: Path) -> None:
    cards = {
        "DATE__OBS": "2019-07-08T02:03:04.5", "DATE__END": "2019-07-08T02:10:00", "TELESCOP": "ESO-VLT-U4",
        "INSTRUME": "MUSE", "FILTER": "WFM", "OBJECT": "Io", "BUNIT": "W/m2/sr/um", "EXPTIME": 12.5, "BLANK": -7,
    }  # fmt: skip
    facts = open_file(FAMILY, write(tmp_path / "a.fits", SMALL, **cards)).bands[0]
    assert facts.start_utc == datetime(2019, 7, 8, 2, 3, 4, 500_000, tzinfo=UTC)
    assert facts.stop_utc == datetime(2019, 7, 8, 2, 10, tzinfo=UTC)
    assert (facts.mission, facts.instrument, facts.band, facts.target) == ("ESO-VLT-U4", "MUSE", "WFM", "Io")
    assert (facts.quantity, facts.unit, facts.exposure_s, facts.nodata) == ("radiance", "W/m2/sr/um", 12.5, -7.0)
    assert facts.keywords["DATE-OBS"] == "2019-07-08T02:03:04.5"


@pytest.mark.parametrize(
    ("cards", "start", "stop"),
    [
        ({"DATE__OBS": "2019-07-08", "TIME__OBS": "02:03:04"}, "2019-07-08T02:03:04", None),
        ({"DATE__OBS": "2019-07-08"}, "2019-07-08T00:00:00", "2019-07-09T00:00:00"),
        ({"MJD__OBS": 58672.5}, "2019-07-08T12:00:00", None),
        ({"DATE__BEG": "2019-07-08T00:01:09.184", "TIMESYS": "TT"}, "2019-07-08T00:00:00", None),
        ({"DATE__OBS": "08/07/19"}, None, None),
        ({"DATE__OBS": "2019-07-08", "TIMESYS": "LOCAL"}, None, None),
    ],
)
def test_times_are_utc(tmp_path: Path, cards: dict[str, Any], start: str | None, stop: str | None) -> None:
    facts = open_file(FAMILY, write(tmp_path / "a.fits", SMALL, **cards)).bands[0]
    assert (facts.start_utc, facts.stop_utc) == tuple(None if end is None else parse_utc(end) for end in (start, stop))


def test_numbers_stay_as_they_are_stored(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    fits.PrimaryHDU(np.array([[0, 1], [40_000, 65_535]], np.uint16)).writeto(path)
    product = open_file(FAMILY, path)
    facts, stored = product.bands[0], product.read(0)
    assert (facts.scale, facts.offset) == (1.0, 32768.0)
    assert stored.numbers.dtype == np.dtype("=i2")
    np.testing.assert_array_equal(stored.numbers + 32768.0, [[40_000, 65_535], [0, 1]])


@pytest.mark.parametrize("dtype", ["u1", "i2", "i4", "i8", "f4", "f8"])
def test_all_types_of_numbers_are_read(tmp_path: Path, dtype: str) -> None:
    stored = open_file(FAMILY, write(tmp_path / "a.fits", SMALL.astype(dtype))).read(0)
    assert stored.numbers.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(stored.numbers, SMALL[::-1])


def test_planes_of_a_cube_are_bands_with_wavelengths(tmp_path: Path) -> None:
    cube = np.stack([SMALL, SMALL + 10, SMALL + 20])
    cards = {"CTYPE3": "AWAV", "CRVAL3": 4750.0, "CDELT3": 1250.0, "CRPIX3": 1.0, "CUNIT3": "Angstrom"}
    product = open_file(FAMILY, write(tmp_path / "a.fits", cube, **cards))
    assert [facts.wavelength_um for facts in product.bands] == pytest.approx([0.475, 0.6, 0.725])
    np.testing.assert_array_equal(product.read(2).numbers, SMALL[::-1] + 20)


def test_the_science_extension_goes_before_others(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    primary = fits.PrimaryHDU(header=fits.Header({"TELESCOP": "HST", "OBJECT": "IO"}))
    error, science = fits.ImageHDU(SMALL + 50, name="ERR"), fits.ImageHDU(SMALL, name="SCI")
    table = fits.BinTableHDU.from_columns([fits.Column("a", "J", array=np.arange(3))])
    fits.HDUList([primary, table, error, science]).writeto(path)
    product = open_file(FAMILY, path)
    np.testing.assert_array_equal(product.read(0).numbers, SMALL[::-1])
    assert (product.bands[0].mission, product.bands[0].keywords["EXTNAME"]) == ("HST", "SCI")


# --- damaged files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        (b"NAXIS2  =                    2", b"NAXIS2  =                 2000", "E102", "needs"),
        (b"NAXIS2  =                    2", b"NAXIS2  =      200000000000000", "E103", "more than the"),
        (b"NAXIS2  =                    2", b"NAXIS2  =                   -2", "E102", "long"),
        (b"NAXIS   =                    2", b"NAXIS   =                  'a'", "E102", "NAXIS is a"),
        (b"BITPIX  =                   16", b"BITPIX  =                   17", "E102", "BITPIX is 17"),
        (b"END", b"XXX", "E102", "no END"),
    ],
)
def test_damaged_headers_are_findings(tmp_path: Path, old: bytes, new: bytes, code: str, said: str) -> None:
    path = write(tmp_path / "a.fits", SMALL)
    path.write_bytes(path.read_bytes().replace(old, new))
    finding = refused(FAMILY, path)
    assert finding.code == code
    assert said in finding.detail


def test_what_follows_the_last_unit_is_left_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.fits", SMALL)
    path.write_bytes(path.read_bytes() + b"anything" * 1000)
    np.testing.assert_array_equal(open_file(FAMILY, path).read(0).numbers, SMALL[::-1])


def test_tables_are_not_read(tmp_path: Path) -> None:
    table = fits.BinTableHDU.from_columns([fits.Column("a", "J", array=np.arange(3))])
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(tmp_path / "a.fits")
    assert refused(FAMILY, tmp_path / "a.fits").code == "E103"
