"""Whatever bytes a file holds, only numbered findings come out of the readers, or an image of the size it says."""

import io
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from astropy.io import fits as astropy_fits
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iovolc.archive.formats import netcdf_trial, on_demand
from iovolc.archive.origin import Origin
from iovolc.archive.product import Family
from iovolc.errors import InputError

FAST = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
LABEL = b"""<?xml version="1.0"?><Product_Observational xmlns="http://pds.nasa.gov/pds4/pds/v1"><A><Time_Coordinates>
<start_date_time>2007-02-28T01:02:03Z</start_date_time></Time_Coordinates><Cartography><west_bounding_coordinate>-180
</west_bounding_coordinate><east_bounding_coordinate>180</east_bounding_coordinate><north_bounding_coordinate>90
</north_bounding_coordinate><south_bounding_coordinate>-90</south_bounding_coordinate><Geographic/><Geodetic_Model>
<latitude_type>Planetographic</latitude_type><a_axis_radius>1829400</a_axis_radius><c_axis_radius>1815700
</c_axis_radius><longitude_direction>Positive West</longitude_direction></Geodetic_Model></Cartography></A>
<File_Area_Observational><File><file_name>data.img</file_name></File><Array_2D_Image><offset>0</offset>
<Element_Array><data_type>IEEE754LSBSingle</data_type><unit>I/F</unit><scaling_factor>1</scaling_factor>
</Element_Array><Axis_Array><axis_name>Line</axis_name><elements>4</elements><sequence_number>1</sequence_number>
</Axis_Array><Axis_Array><axis_name>Sample</axis_name><elements>8</elements><sequence_number>2</sequence_number>
</Axis_Array><Special_Constants><missing_constant>16#FF7FFFFB#</missing_constant></Special_Constants></Array_2D_Image>
</File_Area_Observational></Product_Observational>"""


def _fits() -> bytes:
    header = astropy_fits.Header(
        {"CTYPE1": "IOLN-CAR", "CTYPE2": "IOLT-CAR", "CDELT1": 1.0, "CDELT2": 1.0, "CRPIX1": 4.5, "CRPIX2": 2.5,
         "DATE-OBS": "2019-07-08T02:03:04", "BUNIT": "W/m2/sr/um", "WCSNAME": "planetographic"}
    )  # fmt: skip
    stream = io.BytesIO()
    astropy_fits.PrimaryHDU(np.arange(32.0).reshape(4, 8), header).writeto(stream)
    return stream.getvalue()


def _netcdf() -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w", libver="earliest") as file:
        lat = file.create_dataset("lat", data=np.arange(4.0), dtype="f8")
        lon = file.create_dataset("lon", data=np.arange(8.0), dtype="f8")
        for axis, unit in ((lat, "degrees_north"), (lon, "degrees_west")):
            axis.attrs["units"] = np.bytes_(unit)
            axis.make_scale(axis.name[1:])
        image = file.create_dataset("v", data=np.arange(32, dtype="i2").reshape(4, 8), chunks=(2, 8), compression=1)
        image.dims[0].attach_scale(lat)
        image.dims[1].attach_scale(lon)
        image.attrs["scale_factor"] = 0.5
    return stream.getvalue()


SOUND: dict[str, tuple[Family, Callable[[], bytes]]] = {
    "label.xml": (on_demand.PDS4, lambda: LABEL),
    "image.fits": (on_demand.FITS, _fits),
    "image.nc": (on_demand.NETCDF, _netcdf),
}
CONTENT = {name: make() for name, (_, make) in SOUND.items()}
NAMES = pytest.mark.parametrize("name", sorted(SOUND))


@pytest.fixture(autouse=True)
def _no_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netcdf_trial, "refuse_deadly", lambda *_: None)


def read(folder: Path, name: str, content: bytes) -> bool:
    """Whether the file is read; anything but a finding of iovolc passes through."""
    family = SOUND[name][0]
    path = folder / name
    path.write_bytes(content)
    (folder / "data.img").write_bytes(np.arange(32, dtype="<f4").tobytes())
    try:
        if not family.recognises(path, content[:4096]):
            return False
        product = family.open(path, Origin(name))
        for band in range(min(len(product.bands), 3)):
            stored = product.read(band)
            assert stored.numbers.shape == stored.valid.shape == product.shape
    except InputError as error:
        told = error.findings
    else:
        return True
    assert all(finding.code.startswith("E1") and str(folder) not in str(finding) for finding in told)
    return False


@NAMES
def test_the_sound_files_are_read(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, name, CONTENT[name])


@NAMES
@FAST
@given(content=st.binary(max_size=300))
def test_arbitrary_bytes_are_findings(tmp_path: Path, name: str, content: bytes) -> None:
    starts = {"label.xml": b"<Product_Observational>", "image.fits": b"SIMPLE  =", "image.nc": b"\x89HDF\r\n\x1a\n"}
    assert not read(tmp_path, name, starts[name] + content)


@NAMES
@FAST
@given(share=st.floats(0.0, 0.999))
def test_truncations_are_findings(tmp_path: Path, name: str, share: float) -> None:
    content = CONTENT[name]
    # The padding of FITS may be missing.
    end = content.index(b"END" + b" " * 77) // 2880 * 2880 + 2880 + 256 if name.endswith("fits") else len(content)
    assert not read(tmp_path, name, content[: int(end * share)])


# Changed NetCDF files may kill the process: test_bad_properties.py has them, with their trial.
@pytest.mark.parametrize("name", sorted(SOUND.keys() - {"image.nc"}))
@FAST
@given(data=st.data())
def test_mutations_are_findings_or_images(tmp_path: Path, name: str, data: st.DataObject) -> None:
    content = bytearray(CONTENT[name])
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from([b"9999999999", b"-1", b"NaN"])))
        content[place : place + len(piece)] = piece
    read(tmp_path, name, bytes(content))


@FAST
@given(
    tag=st.sampled_from(["offset", "elements", "sequence_number", "data_type", "file_name", "missing_constant"]),
    text=st.one_of(st.text(st.characters(exclude_characters="<>&", exclude_categories=["C"]), max_size=30),
                   st.integers().map(str), st.floats().map(str)),
)  # fmt: skip
def test_any_text_of_a_label_is_a_finding_or_an_image(tmp_path: Path, tag: str, text: str) -> None:
    before, start, rest = CONTENT["label.xml"].decode().partition(f"<{tag}>")
    _, end, after = rest.partition(f"</{tag}>")
    read(tmp_path, "label.xml", f"{before}{start}{text}{end}{after}".encode())


@FAST
@given(
    key=st.sampled_from(["NAXIS", "NAXIS1", "NAXIS2", "BITPIX", "CDELT1", "CRPIX2", "CTYPE1", "DATE-OBS", "BUNIT"]),
    text=st.one_of(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60), st.integers().map(str),
                   st.floats().map(str)),
)  # fmt: skip
def test_any_card_of_a_header_is_a_finding_or_an_image(tmp_path: Path, key: str, text: str) -> None:
    content = CONTENT["image.fits"]
    place = content.index(key.ljust(8).encode() + b"=")
    card = f"{key:8}= {text}".ljust(80)[:80].encode()
    read(tmp_path, "image.fits", content[:place] + card + content[place + 80 :])
