"""Width of a point source and error of position in kilometres, from what is known of the instrument. Pure."""

import math

from iovolc.archive.instrument import Descriptor
from iovolc.archive.instrument_parts import Band


def psf_km(descriptor: Descriptor, band: Band | None, range_km: float) -> float | None:
    """Full width at half maximum of a point source at the sub-observer point, in kilometres.

    Parameters
    ----------
    descriptor : Descriptor
        Its point-spread function; that of an aperture is wavelength over diameter, in quadrature with one pixel.
    band : Band or None
        Needed where diffraction rules.
    range_km : float
        Distance of the observer from Io.

    Returns
    -------
    float or None
        None where it is not known.
    """
    psf, pixel_urad = descriptor.psf, descriptor.ifov_urad
    if psf is None:
        return None
    if psf.fwhm_urad is not None:
        return psf.fwhm_urad.value * 1e-6 * range_km
    if pixel_urad is None:
        return None
    if psf.fwhm_px is not None:
        return psf.fwhm_px.value * pixel_urad.value * 1e-6 * range_km
    if psf.aperture_m is None or band is None:
        return None
    return math.hypot(band.wavelength_um.value / psf.aperture_m.value, pixel_urad.value) * 1e-6 * range_km


def registration_sigma_km(
    descriptor: Descriptor, *, range_km: float | None, resolution_km: float | None
) -> float | None:
    """One-sigma position error per axis, in kilometres: its part in kilometres and that in pixels, in quadrature.

    Parameters
    ----------
    descriptor : Descriptor
        Its registration budget.
    range_km : float or None
        Distance of the observer, from which the pixel follows where ``resolution_km`` is not given.
    resolution_km : float or None
        Size of one pixel on Io.

    Returns
    -------
    float or None
        None where it is not known.
    """
    registration = descriptor.registration
    if registration is None:
        return None
    fixed_km = 0.0 if registration.sigma_km is None else registration.sigma_km.value
    if registration.sigma_px is None:
        return fixed_km
    pixel_km = resolution_km
    if pixel_km is None and range_km is not None and descriptor.ifov_urad is not None:
        pixel_km = descriptor.ifov_urad.value * 1e-6 * range_km
    return None if pixel_km is None else math.hypot(fixed_km, registration.sigma_px.value * pixel_km)
