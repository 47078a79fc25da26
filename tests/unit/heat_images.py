"""Thermal images with known hot spots."""

from datetime import UTC, datetime

import numpy as np

from iovolc.detect.heat import Thresholds
from iovolc.detect.heatfilter import point
from iovolc.detect.heatframe import SIGMA_OF_FWHM, frame_of
from iovolc.model.observation import Bounds, Disc, ObservationRecord

SIZE, RADIUS_KM = 96, 1821.49
DISC = Disc(2.0, 40.0, 10.0, 48.0, 47.0, 1821.49 / 36.0, 6e8)
STRICT = Thresholds(night=5.0, day=7.0, max_emission_deg=60.0)
TIME = datetime(2014, 2, 8, tzinfo=UTC)


def record(**facts):
    known = {
        "id": "m1", "sha256": "0" * 64, "path": "a.fits", "channel": "M", "quantity": "radiance",
        "unit": "W m-2 sr-1 um-1", "time_utc": TIME, "start_utc": TIME, "stop_utc": TIME, "placement": DISC,
        "wavelength_um": 4.67, "psf_km": 3.0 * DISC.km_per_px, "mission": "Keck", "instrument": "NIRC2", "band": "Ms",
    }  # fmt: skip
    return ObservationRecord(**(known | facts))


def night(spots, *, noise=1.0, seed=1, shape=(SIZE, SIZE), psf_px=3.0):
    """White noise and points of given flux at (row, column, flux)."""
    image = np.random.default_rng(seed).normal(0.0, noise, shape)
    for row, col, flux in spots:
        image += flux * point(shape, row, col, psf_px * SIGMA_OF_FWHM)
    return image


def day(spots, *, noise=0.01, bright=1.0, seed=1):
    """A limb-darkened disc with the same."""
    from iovolc.geometry.native import ground_of

    mu = np.nan_to_num(ground_of(DISC, (SIZE, SIZE)).cos_emission)
    return bright * (0.5 * (mu > 0.0) + 0.5 * mu) + night(spots, noise=noise, seed=seed)


def frame(image, *, eclipsed=True, saturated=None, **facts):
    return frame_of(record(**facts), image.astype(np.float32), saturated, eclipsed=eclipsed)


def flux_of_snr(snr, noise=1.0, psf_px=3.0):
    """The flux of a point whose matched filter in white noise has this SNR."""
    return snr * noise * 2.0 * np.sqrt(np.pi) * psf_px * SIGMA_OF_FWHM


MAP = Bounds(0.0, 360.0, 90.0, -90.0)
