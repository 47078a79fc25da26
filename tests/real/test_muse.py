"""The MUSE maps of July 2019: FITS without coordinates, row 0 in the south, placed by a catalogue's row."""

import numpy as np
import pytest
from astropy.io import fits as astropy_fits

from iovolc.archive.formats.on_demand import FITS as FAMILY
from iovolc.archive.origin import Origin
from iovolc.geometry.locate import locate
from iovolc.geometry.projections import source
from iovolc.geometry.sphere import unit_vectors
from iovolc.model.observation import Bounds
from real_folder import ABSENT, REAL

pytestmark = pytest.mark.real
# Columns stand at 0, 2 ... 358 E and rows at -90, -88 ... 88 N.
EDGES = Bounds(-1.0, 359.0, 89.0, -91.0)
NAMES = tuple(f"{index}_io_night_{night}.fits" for index in ("485nm_slope", "560nm_band") for night in (1, 2, 3))


@pytest.fixture(scope="module")
def muse():
    if not (REAL / "muse").is_dir():
        pytest.skip(f"MUSE maps {ABSENT}")
    return REAL / "muse"


@pytest.mark.parametrize("name", NAMES)
def test_the_maps_are_read(muse, name):
    path = muse / name
    assert FAMILY.recognises(path, path.read_bytes()[:4096])
    product = FAMILY.open(path, Origin(name))
    stored = product.read(0)
    assert product.shape == (90, 180)
    assert len(product.bands) == 1
    assert stored.numbers.dtype == np.float64
    assert 0.2 < stored.valid.mean() < 0.25
    assert (product.bands[0].placement, product.bands[0].misplaced) == (None, None)


@pytest.mark.parametrize("name", NAMES)
def test_every_value_lies_where_the_authors_put_it(muse, name):
    authors = astropy_fits.getdata(muse / name)
    stored = FAMILY.open(muse / name, Origin(name)).read(0)
    row, col = np.nonzero(np.isfinite(authors))
    found = locate(source(EDGES, (90, 180)), unit_vectors(-90.0 + 2.0 * row, 2.0 * col))
    # At the pole itself the longitude means nothing.
    away = row > 0
    ours = stored.numbers[found.row.astype(int)[away], found.col.astype(int)[away]]
    np.testing.assert_array_equal(ours, authors[row[away], col[away]])
