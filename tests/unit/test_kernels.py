import shutil
import sys
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from kernel_sample import Body, write_places, write_text_kernels

from iovolc import body
from iovolc.archive.kernels import contents, opened
from iovolc.errors import ConfigError
from iovolc.geometry.ephemeris import _earth_km, _io, sky_from_earth
from iovolc.geometry.sky import angle_between_points_deg
from iovolc.geometry.timescale import tdb_days

spiceypy = pytest.importorskip("spiceypy")

TIME = datetime(2019, 7, 3, 4, 30, tzinfo=UTC)
POINTS = ("sub_observer", "sub_solar", "sub_jovian")


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """Kernels in which Sun, Jupiter, Io and Earth stand where astronomy-engine has them, moving on straight lines."""
    folder = tmp_path_factory.mktemp("kernels")
    received = tdb_days(TIME)
    emitted = received - sky_from_earth(TIME).light_time_s / 86_400.0
    io_km, io_km_s, from_jupiter_km = _io(emitted)
    earth_km = _earth_km(received)
    earth_km_s = (_earth_km(received + 0.01) - _earth_km(received - 0.01)) / (0.02 * 86_400.0)
    still = np.zeros(3)
    back_s = (received - emitted) * 86_400.0
    bodies = [
        Body(10, still, still),
        Body(501, io_km + io_km_s * back_s, io_km_s),
        Body(599, io_km - from_jupiter_km + io_km_s * back_s, io_km_s),
        Body(399, earth_km, earth_km_s),
    ]
    places = write_places(folder / "places.bsp", received * 86_400.0, bodies)
    return [*write_text_kernels(folder), places]


def sky_at_time(paths, observer):
    with opened(paths) as sky_of:
        return sky_of(TIME, observer)


def test_kernels_and_ephemeris_see_the_same_sky(paths):
    ours, theirs = sky_from_earth(TIME), sky_at_time(paths, "EARTH")
    for point in POINTS:
        a, b = ((getattr(sky, point + "_lat"), getattr(sky, point + "_lon_e")) for sky in (ours, theirs))
        assert angle_between_points_deg(*a, *b) < 1e-4, point
    assert theirs.range_km == pytest.approx(ours.range_km, rel=1e-9)
    assert theirs.light_time_s == pytest.approx(ours.light_time_s, abs=1e-3)
    assert theirs.sun_distance_au == pytest.approx(ours.sun_distance_au, rel=1e-7)
    assert theirs.phase_deg == pytest.approx(ours.phase_deg, abs=1e-4)
    assert theirs.pole_angle_deg == pytest.approx(ours.pole_angle_deg, abs=1e-4)
    assert theirs.jupiter_distance_km == pytest.approx(ours.jupiter_distance_km, rel=1e-6)
    assert theirs.eclipse == ours.eclipse


def test_the_observer_is_a_name_or_a_number(paths):
    with opened(paths) as sky_of:
        assert sky_of(TIME, "EARTH") == sky_of(TIME, 399) == sky_of(TIME, "399")


def test_the_time_counts_in_utc_whatever_its_zone(paths):
    eastern = TIME.astimezone(tz=None)
    with opened(paths) as sky_of:
        assert sky_of(TIME, 399) == sky_of(eastern, 399)
        assert sky_of(TIME + timedelta(seconds=1), 399) != sky_of(TIME, 399)


def test_where_the_kernels_do_not_reach_there_is_no_sky(paths):
    with opened(paths) as sky_of:
        assert sky_of(TIME + timedelta(days=400), 399) is None
        assert sky_of(TIME, -77) is None
        assert sky_of(TIME, "NO SUCH SPACECRAFT") is None
        assert sky_of(TIME, 399) is not None


def write_meta(folder, paths):
    meta, short = folder / "all.tm", folder / "k"
    short.symlink_to(paths[0].parent)
    listed = "\n".join(f"'$K/{path.name}'" for path in paths)
    meta.write_text(
        f"KPL/MK\n\\begindata\nPATH_VALUES = ( '{short}' )\nPATH_SYMBOLS = ( 'K' )\n"
        f"KERNELS_TO_LOAD = (\n{listed} )\n\\begintext\n",
        encoding="ascii",
    )
    return meta


def test_a_meta_kernel_names_the_others(paths, tmp_path):
    meta = write_meta(tmp_path, paths)
    assert sky_at_time([meta], 399) == sky_at_time(paths, 399)
    assert spiceypy.ktotal("ALL") == 0


def test_kernels_count_by_their_content(paths, tmp_path):
    copies = [tmp_path / f"other-{path.name}" for path in paths]
    for path, copy in zip(paths, copies, strict=True):
        shutil.copy(path, copy)
    assert contents(copies) == contents(paths)
    meta = write_meta(tmp_path, copies)
    before = contents([meta])
    assert set(contents(paths)) < set(before)
    with copies[0].open("a", encoding="ascii") as stream:
        stream.write("another comment\n")
    after = contents([meta])
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, False, True, True]
    assert (contents([]), spiceypy.ktotal("ALL")) == ((), 0)


def test_kernels_are_unloaded_whatever_happens(paths):
    with opened(paths):
        assert spiceypy.ktotal("ALL") == 3
    assert spiceypy.ktotal("ALL") == 0
    with pytest.raises(RuntimeError, match="inside"), opened(paths):
        raise RuntimeError("inside")
    assert spiceypy.ktotal("ALL") == 0


def test_a_faulty_kernel_is_named_and_the_others_unloaded(paths, tmp_path):
    broken = tmp_path / "broken.bsp"
    broken.write_bytes(b"DAF/SPK " + bytes(100))
    with pytest.raises(ConfigError, match=r"broken\.bsp cannot be loaded"), opened([*paths, broken]):
        pass
    assert spiceypy.ktotal("ALL") == 0


def test_a_kernel_in_transfer_form_is_refused_with_advice(tmp_path):
    text = tmp_path / "places.xsp"
    text.write_text("DAFETF NAIF DAF ENCODED TRANSFER FILE\n'DAF/SPK '\n'2'\n'6'\n", encoding="ascii")
    with pytest.raises(ConfigError, match="binary form"), opened([text]):
        pass


def test_a_missing_kernel_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.tls does not exist"), opened([tmp_path / "absent.tls"]):
        pass


def test_no_kernels_at_all_are_a_mistake():
    with pytest.raises(ConfigError, match="no SPICE kernel"), opened([]):
        pass


@pytest.mark.parametrize("left_out", [0, 1])
def test_without_leap_seconds_or_rotation_the_message_says_what_to_add(paths, left_out):
    rest = [path for k, path in enumerate(paths) if k != left_out]
    with opened(rest) as sky_of, pytest.raises(ConfigError, match=r"add leap seconds \(LSK\), Io's rotation"):
        sky_of(TIME, 399)


def test_without_spiceypy_the_message_says_how_to_install_it(paths, monkeypatch):
    monkeypatch.setitem(sys.modules, "spiceypy", None)
    with pytest.raises(ConfigError, match=r"pip install iovolc\[spice\]"), opened(paths):
        pass


def test_threads_take_turns(paths):
    """SPICE has one pool of kernels: a second thread must not see, or unload, the first one's."""
    found = []

    def look():
        for _ in range(5):
            with opened(paths) as sky_of:
                found.append((spiceypy.ktotal("ALL"), sky_of(TIME, 399)))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 20
    assert {total for total, _ in found} == {3}
    assert len({sky for _, sky in found}) == 1


def test_jupiters_barycentre_stands_in_for_its_centre(paths, tmp_path):
    """Most planetary ephemerides hold the barycentre alone."""
    et = tdb_days(TIME) * 86_400.0
    still, apart_km = np.zeros(3), np.array([421_800.0, 0.0, 0.0])
    io_km = np.array([7.8e8, 1.0e7, -2.0e7])
    bodies = [
        Body(10, still, still), Body(501, io_km, still), Body(5, io_km + apart_km, still),
        Body(399, np.array([1.5e8, 0.0, 0.0]), still),
    ]  # fmt: skip
    sky = sky_at_time([*paths[:2], write_places(tmp_path / "barycentre.bsp", et, bodies)], 399)
    assert sky.jupiter_distance_km == pytest.approx(421_800.0)
    assert sky.range_km == pytest.approx(np.linalg.norm(io_km - [1.5e8, 0.0, 0.0]))
    assert sky.sun_distance_au == pytest.approx(np.linalg.norm(io_km) / body.AU_KM)
