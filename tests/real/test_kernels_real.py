"""The kernels of real spacecraft images of Io, their labels, and the ephemeris: they must tell the same story."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from daf_transfer import to_binary

from iovolc.archive.kernels import opened
from iovolc.archive.viewing import choose
from iovolc.geometry.ephemeris import _io, sky_from_earth, sky_from_place
from iovolc.geometry.longitudes import difference
from iovolc.geometry.rotation import body_fixed
from iovolc.geometry.sky import Sky, angle_between_points_deg
from iovolc.geometry.sphere import lat_lon
from iovolc.geometry.timescale import tdb_days
from real_folder import ABSENT, REAL

spiceypy = pytest.importorskip("spiceypy")
SPICE = REAL / "spice"
PCK = "lor_0034974380_0x630_sci_1/pck00010.tpc"
BAR_DEG = 0.005

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not SPICE.is_dir(), reason=f"kernels {ABSENT}"),
]


@dataclass(frozen=True)
class Image:
    folder: str
    observer: int
    time_utc: datetime


SSI = Image("E6I0032", -77, datetime(1997, 2, 19, 21, 7, 27, 314_000, tzinfo=UTC))
LORRI = Image("lor_0034974380_0x630_sci_1", -98, datetime(2007, 2, 28, 13, 14, 22, 331_000, tzinfo=UTC))
JUNOCAM = Image("JNCR_2016240_01M06152_V01", -61, datetime(2016, 8, 27, 9, 0, 30, tzinfo=UTC))
OF_IO = [pytest.param(image, id=image.folder) for image in (SSI, LORRI)]


@pytest.fixture(scope="module")
def kernels_of(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spice")

    def of(image):
        sliced = sorted((SPICE / image.folder).glob("*.xsp"))
        places = [to_binary(path, folder / f"{path.stem}.bsp") for path in sliced]
        texts = [*sorted((SPICE / image.folder).glob("*.tls")), *sorted((SPICE / image.folder).glob("pck*.tpc"))]
        return [*texts, SPICE / "de410s.bsp", *places]

    return of


def seen(image, kernels_of):
    with opened(kernels_of(image)) as sky_of:
        return sky_of(image.time_utc, image.observer)


def keyword(label, name):
    return float(re.search(rf"^{name} = +([-+.\deE]+)", label, re.MULTILINE).group(1))


def test_kernels_say_what_the_label_of_ssi_says(kernels_of):
    label = (REAL / "labels" / "gllssi2isis_inputLabelEx1.txt").read_text(encoding="ascii", errors="replace")
    sky = seen(SSI, kernels_of)
    assert abs(sky.sub_observer_lat - keyword(label, "SUB_SPACECRAFT_LATITUDE")) <= BAR_DEG
    assert abs(difference(sky.sub_observer_lon_e, -keyword(label, "SUB_SPACECRAFT_LONGITUDE"))) <= BAR_DEG
    assert abs(sky.sub_solar_lat - keyword(label, "SUB_SOLAR_LATITUDE")) <= BAR_DEG
    assert abs(difference(sky.sub_solar_lon_e, -keyword(label, "SUB_SOLAR_LONGITUDE"))) <= BAR_DEG
    assert sky.range_km == pytest.approx(keyword(label, "TARGET_CENTER_DISTANCE"), abs=20.0)
    assert sky.phase_deg == pytest.approx(keyword(label, "PHASE_ANGLE"), abs=0.01)


def test_lorri_saw_the_night_side_by_jupitershine(kernels_of):
    """The label's sequence is "Jupiter shine": Jupiter full, the Sun behind the limb."""
    sky = seen(LORRI, kernels_of)
    assert sky.jupiter_phase_deg < 10.0
    assert sky.phase_deg > 90.0
    assert sky.eclipse == "sunlit"


@pytest.mark.parametrize("image", OF_IO)
def test_the_ephemeris_agrees_with_the_spacecrafts_kernels(image, kernels_of):
    """Sun within 0.005 degrees; Jupiter's barycentre, which these kernels hold, within 0.03 of its centre."""
    theirs = seen(image, kernels_of)
    ours = sky_from_place(
        image.time_utc, sub_observer_lat=theirs.sub_observer_lat, sub_observer_lon_e=theirs.sub_observer_lon_e,
        range_km=theirs.range_km,
    )  # fmt: skip
    assert apart(ours, theirs, "sub_solar") <= BAR_DEG
    assert apart(ours, theirs, "sub_jovian") <= 0.03
    assert ours.pole_angle_deg == pytest.approx(theirs.pole_angle_deg, abs=1e-3)
    assert ours.eclipse == theirs.eclipse


def apart(a, b, point):
    points = [getattr(sky, point + part) for sky in (a, b) for part in ("_lat", "_lon_e")]
    return angle_between_points_deg(*points)


@pytest.mark.parametrize("image", OF_IO)
def test_the_earth_sees_what_the_kernels_of_that_moment_say(image, kernels_of):
    """Io's place is sliced to some seconds, so the light that left it then is followed to the Earth."""
    for path in (kernels := kernels_of(image)):
        spiceypy.furnsh(str(path))
    try:
        emitted = spiceypy.str2et(image.time_utc.strftime("%Y-%m-%dT%H:%M:%S.%f"))
        to_earth_km, light_time_s = spiceypy.spkpos("EARTH", emitted, "J2000", "XCN", "IO")
        lat, lon_e = lat_lon(spiceypy.pxform("J2000", "IAU_IO", emitted) @ to_earth_km)
    finally:
        for path in kernels:
            spiceypy.unload(str(path))
    ours = sky_from_earth(image.time_utc + timedelta(seconds=light_time_s))
    off = angle_between_points_deg(float(lat), float(lon_e), ours.sub_observer_lat, ours.sub_observer_lon_e)
    assert off <= BAR_DEG


def test_the_ephemeris_agrees_with_de410_over_two_decades():
    """Earth, Sun and Jupiter's system from DE410; only Io's place in that system, 0.04 degrees at most, is ours."""
    off_observer, off_sun = [], []
    with opened([SPICE / "E6I0032/naif0012.tls", SPICE / PCK, SPICE / "de410s.bsp"]):
        for k in range(80):
            time = datetime(1996, 1, 1, tzinfo=UTC) + timedelta(days=100.37 * k)
            received, sky = spiceypy.str2et(time.strftime("%Y-%m-%dT%H:%M:%S.%f")), sky_from_earth(time)
            emitted = received - sky.light_time_s
            io_km = spiceypy.spkpos("5", emitted, "J2000", "NONE", "0")[0] + _io(emitted / 86_400.0)[2]
            to_body = spiceypy.pxform("J2000", "IAU_IO", emitted)
            earth_km = spiceypy.spkpos("EARTH", received, "J2000", "NONE", "0")[0]
            sun_km = spiceypy.spkpos("SUN", emitted, "J2000", "NONE", "0")[0]
            velocity = _io(emitted / 86_400.0)[1] / 299_792.458
            sunward = (sun_km - io_km) / np.linalg.norm(sun_km - io_km) + velocity
            for point, towards, found in (
                ("sub_observer", earth_km - io_km, off_observer), ("sub_solar", sunward, off_sun),
            ):  # fmt: skip
                place = [float(value) for value in lat_lon(to_body @ towards)]
                ours = getattr(sky, point + "_lat"), getattr(sky, point + "_lon_e")
                found.append(angle_between_points_deg(*place, *ours))
    assert max(off_observer) <= BAR_DEG
    assert max(off_sun) <= BAR_DEG


@pytest.mark.parametrize("pck", ["E6I0032/pck00009.tpc", PCK])
def test_the_rotation_is_that_of_naif(pck):
    times = [datetime(year, 5, 3, 7, tzinfo=UTC) for year in range(1979, 2036, 4)]
    with opened([SPICE / pck]):
        for days in map(tdb_days, times):
            np.testing.assert_allclose(body_fixed(days), spiceypy.pxform("J2000", "IAU_IO", 86_400.0 * days), atol=1e-9)


def test_kernels_without_io_have_no_sky(kernels_of):
    """The slices of the JunoCam image hold Jupiter, the Sun and Juno, but not Io."""
    with opened(kernels_of(JUNOCAM)) as sky_of:
        assert sky_of(JUNOCAM.time_utc, JUNOCAM.observer) is None
        chosen = choose(Sky(), JUNOCAM.time_utc, earth_based=False, kernels=sky_of, observer=JUNOCAM.observer)
    assert chosen.sky == Sky()


@pytest.mark.parametrize("image", OF_IO)
def test_a_spacecraft_without_label_takes_all_from_its_kernels(image, kernels_of):
    with opened(kernels_of(image)) as sky_of:
        chosen = choose(Sky(), image.time_utc, earth_based=False, kernels=sky_of, observer=image.observer)
    assert set(chosen.sources.values()) == {"kernels"}
    assert chosen.sky.range_km < 3e6
