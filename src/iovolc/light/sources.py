"""Two sources of light: what Sun and Jupiter each add to the reflectance of a place.

    I/F = A [ f(i, e, g) + K f(i_J, e, g_J) ]

with the normal albedo A, the photometric function f, Jupiter's irradiance at normal incidence over the Sun's K, and the
angles i_J and g_J of the light from the middle of Jupiter's lit part. Not for the photometric functions
(:mod:`iovolc.light.photometric`) nor for what Jupiter sends (:mod:`iovolc.light.jupiter`).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.backplanes import surface
from iovolc.geometry.lattice import nodes, sample
from iovolc.geometry.sky import Sky
from iovolc.geometry.sphere import unit_vectors
from iovolc.light.jupiter import normal_irradiance_ratio
from iovolc.light.jupiter_horizon import SoftHorizon, jupiter_phase_deg, lit_centroid, soft_horizon
from iovolc.light.jupiter_phase import sigma_fraction
from iovolc.light.photometric import PhotometryEstimate, reflectance, reflectance_sigma
from iovolc.model.epoch import Lattice

Values = NDArray[np.float64]

_STEP_DEG: Final = 1.0


@dataclass(frozen=True, slots=True)
class Lighting:
    """What lights an epoch: scalars from which every plane of its light follows.

    Parameters
    ----------
    sky : Sky
        Sun and Jupiter are known; an observer that is not, reflects as Lambert's law says.
    surface : PhotometryEstimate
        Photometric function of the ground in the epoch's channel.
    jupiter_albedo : float
        Jupiter's geometric albedo in the channel; 0 leaves its light out.
    """

    sky: Sky
    surface: PhotometryEstimate
    jupiter_albedo: float

    @property
    def eclipsed(self) -> bool:
        """Whether any of the Sun is hidden."""
        return self.sky.eclipse in ("penumbra", "umbra")

    @property
    def sun(self) -> Values:
        """Direction of the Sun, shape (3,)."""
        return _direction(self.sky.sub_solar_lat, self.sky.sub_solar_lon_e)

    @property
    def jupiter_km(self) -> Values:
        """From Io's to Jupiter's centre, shape (3,)."""
        distance_km = self.sky.jupiter_distance_km or body.JUPITER_DISTANCE_KM
        return distance_km * _direction(self.sky.sub_jovian_lat, self.sky.sub_jovian_lon_e)

    @property
    def irradiance(self) -> float:
        """K: Jupiter's irradiance at normal incidence over the Sun's, at Io's centre; 0 in an eclipse."""
        if self.eclipsed:
            return 0.0
        distance_km = float(np.linalg.norm(self.jupiter_km))
        return float(normal_irradiance_ratio(self.jupiter_phase_deg, self.jupiter_albedo, distance_km))

    @property
    def irradiance_sigma(self) -> float:
        """Relative error of ``irradiance``."""
        return float(sigma_fraction(self.jupiter_phase_deg))

    @property
    def jupiter_phase_deg(self) -> float:
        """Phase angle of Jupiter as seen from Io's centre: 0 is full Jupiter."""
        return float(jupiter_phase_deg(self.sun, self.jupiter_km / np.linalg.norm(self.jupiter_km)))


@dataclass(frozen=True, slots=True)
class Rays:
    """Angles at places, in degrees and of one shape; those with the observer are nan where it is not known.

    Parameters
    ----------
    incidence_deg, phase_deg : ndarray
        Of the Sun's light.
    jupiter_incidence_deg, jupiter_phase_deg : ndarray
        Of a point in the middle of Jupiter's light that lights the place as all of it does: 90 where it has set.
    emission_deg : ndarray
        Of the observer.
    """

    incidence_deg: Values
    emission_deg: Values
    phase_deg: Values
    jupiter_incidence_deg: Values
    jupiter_phase_deg: Values


@dataclass(frozen=True, slots=True)
class Terms:
    """What each source adds to I/F per unit of normal albedo.

    Parameters
    ----------
    sun, jupiter : ndarray
        Of one shape; 0 where the source has set or the place is not seen.
    """

    sun: Values
    jupiter: Values

    @property
    def bracket(self) -> Values:
        """Their sum: I/F over normal albedo."""
        return self.sun + self.jupiter

    @property
    def jupiter_share(self) -> Values:
        """Jupiter's part of the light; 0 where there is none."""
        total = self.bracket
        return np.divide(self.jupiter, total, out=np.zeros_like(total), where=total > 0.0)


def rays_at(lighting: Lighting, lat: Values, lon_e: Values) -> Rays:
    """Angles at places of the triaxial body.

    Parameters
    ----------
    lighting : Lighting
        Where Sun, observer and Jupiter stand.
    lat, lon_e : ndarray, shape (...)
        Planetocentric degrees.
    """
    return _rays(_cosines(lighting, lat, lon_e))


def rays_near(lighting: Lighting, lat: Values, lon_e: Values) -> Rays:
    """Angles at many places, as :func:`rays_at` gives them, in a tenth of the time: cosines are interpolated to 4e-4.

    Parameters are those of :func:`rays_at`.
    """
    return _rays(sample(_lattice(lighting), lat, lon_e))


def _rays(cosines: Values) -> Rays:
    incidence, emission, phase, by_jupiter, phase_by_jupiter = np.moveaxis(
        np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0))), -1, 0
    )
    return Rays(incidence, emission, phase, by_jupiter, phase_by_jupiter)


def _cosines(lighting: Lighting, lat: Values, lon_e: Values) -> Values:
    """Cosines of the angles of :class:`Rays` in its order, shape (..., 5)."""
    points_km, normals = surface(lat, lon_e)
    sky, sun = lighting.sky, lighting.sun
    view = _towards(points_km, _direction(sky.sub_observer_lat, sky.sub_observer_lon_e), sky.range_km)
    distance_km = float(np.linalg.norm(lighting.jupiter_km))
    jupiter = _towards(points_km, lighting.jupiter_km / distance_km, distance_km)
    light = lit_centroid(sun, jupiter)
    factor = _horizon(lighting).factor(normals, jupiter)
    found = (normals @ sun, _dot(normals, view), view @ sun, factor, _dot(view, light))
    return np.stack(found, axis=-1)


@lru_cache(maxsize=8)
def _lattice(lighting: Lighting) -> Lattice:
    lat, lon_e = np.meshgrid(*nodes(_STEP_DEG), indexing="ij")
    return Lattice(_cosines(lighting, lat, lon_e).astype(np.float32), _STEP_DEG)


def terms_of(lighting: Lighting, rays: Rays) -> Terms:
    """What Sun and Jupiter each add at places with these angles."""
    if lighting.sky.sub_observer_lat is None:
        sun, jupiter = (
            np.maximum(np.cos(np.radians(angle)), 0.0) for angle in (rays.incidence_deg, rays.jupiter_incidence_deg)
        )
    else:
        law, emission = lighting.surface.photometry, rays.emission_deg
        sun = reflectance(law, rays.incidence_deg, emission, rays.phase_deg)
        jupiter = reflectance(law, rays.jupiter_incidence_deg, emission, rays.jupiter_phase_deg)
    return Terms((0.0 if lighting.eclipsed else 1.0) * sun, lighting.irradiance * jupiter)


def bracket_sigma(lighting: Lighting, rays: Rays, terms: Terms) -> Values:
    """Error of the bracket: of the photometric function for both sources, and of Jupiter's irradiance for its own.

    0 for the function where the observer is not known.
    """
    jupiter = lighting.irradiance_sigma * terms.jupiter
    if lighting.sky.sub_observer_lat is None:
        return jupiter
    law, emission = lighting.surface, rays.emission_deg
    by_sun = np.where(terms.sun > 0.0, reflectance_sigma(law, rays.incidence_deg, emission, rays.phase_deg), 0.0)
    by_jupiter = reflectance_sigma(law, rays.jupiter_incidence_deg, emission, rays.jupiter_phase_deg)
    # The parameters err alike for both sources, so that their parts add up.
    return np.hypot(by_sun + lighting.irradiance * by_jupiter, jupiter)


@lru_cache(maxsize=64)
def _horizon(lighting: Lighting) -> SoftHorizon:
    distance_km = float(np.linalg.norm(lighting.jupiter_km))
    return soft_horizon(lighting.sun, lighting.jupiter_km / distance_km, jupiter_distance_km=distance_km)


def _direction(lat: float | None, lon_e: float | None) -> Values:
    return unit_vectors(np.nan if lat is None else lat, np.nan if lon_e is None else lon_e)


def _towards(points_km: Values, direction: Values, distance_km: float | None) -> Values:
    """Unit vectors from points of the body to what stands in a direction at a distance."""
    if distance_km is None:
        return np.broadcast_to(direction, points_km.shape)
    ways_km = distance_km * direction - points_km
    return ways_km / np.linalg.norm(ways_km, axis=-1, keepdims=True)


def _dot(a: Values, b: Values) -> Values:
    return np.sum(a * b, axis=-1)
