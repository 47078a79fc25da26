import pytest

from iovolc.archive.mending import Mend, edges_of, mended, negated, reread, shifted
from iovolc.geometry.variants import Variant
from iovolc.model.observation import Bounds, Disc, Projected

GLOBE = Bounds(0.0, 360.0, 90.0, -90.0)
DISC = Disc(0.0, 40.0, 0.0, 50.0, 50.0, 40.0, 400_000.0)
SHAPE = (180, 360)


def edges(mends):
    return tuple(float(mend.cell) for mend in mends[1:])


@pytest.mark.parametrize(
    ("variant", "placed"),
    [
        (Variant(mirrored=True), (360.0, 0.0, 90.0, -90.0)),
        (Variant(mirrored=True, east_deg=-1.0), (360.0, 0.0, 90.0, -90.0)),
        (Variant(mirrored=True, east_deg=179.0), (180.0, -180.0, 90.0, -90.0)),
        (Variant(east_deg=-180.0), (-180.0, 180.0, 90.0, -90.0)),
        (Variant(east_deg=91.0), (90.0, 450.0, 90.0, -90.0)),
        (Variant(east_deg=-33.0), (-33.0, 327.0, 90.0, -90.0)),
    ],
)
def test_a_reading_becomes_edges(variant, placed):
    assert edges(reread(GLOBE, SHAPE, variant)) == placed


def test_a_projected_map_becomes_bounds():
    degrees = Projected("IAU_2015:50100", (1.0, 0.0, -180.0, 0.0, -1.0, 90.0))
    found = edges_of(degrees, SHAPE)
    assert (found.left_lon_e, found.right_lon_e, found.top_lat, found.bottom_lat) == pytest.approx((-180, 180, 90, -90))
    assert reread(degrees, SHAPE, Variant(mirrored=True))[0] == Mend("projection", "bounds")


def test_what_no_cell_can_say():
    polar = Projected("IAU_2015:50130", (1e4, 0.0, -1e6, 0.0, -1e4, 1e6))
    assert reread(GLOBE, SHAPE, Variant(upside_down=True)) == ()
    assert reread(polar, (200, 200), Variant(mirrored=True)) == ()
    assert reread(DISC, (100, 100), Variant(mirrored=True)) == ()
    assert shifted(DISC, (100, 100), east_deg=3.0, north_deg=0.0) == ()


def test_a_disc_is_turned_under_the_observer():
    assert reread(DISC, (100, 100), Variant(east_deg=-80.0)) == (Mend("sub_observer_lon_w", "40"),)


def test_a_shift_keeps_the_poles_where_they_are():
    assert edges(shifted(GLOBE, SHAPE, east_deg=2.5, north_deg=0.4)) == (-2.5, 357.5, 90.0, -90.0)
    part = Bounds(10.0, 50.0, 40.0, 0.0)
    assert edges(shifted(part, SHAPE, east_deg=-1.0, north_deg=0.5)) == (11.0, 51.0, 39.5, -0.5)


def test_a_negative_keeps_its_ends():
    scale, offset = (float(mend.cell) for mend in negated(0.5, 10.0, 10.0, 137.5))
    assert (scale * 0 + offset, scale * 255 + offset) == (137.5, 10.0)


def test_only_the_named_cells_of_a_catalogue_change():
    text = 'path,credit\n"a, b.png",\n\n"two\nlines.png","x ""y"""\nc.png\n'
    assert mended(text, {4: (Mend("top_lat", "9"), Mend("credit", "z")), 6: (Mend("top_lat", "8"),)}) == (
        'path,credit,top_lat\n"a, b.png",,\n"two\nlines.png",z,9\nc.png,,8\n'
    )
