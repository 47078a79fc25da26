"""Where a hot spot lies: directions with covariances, their distances in sigmas, and their weighted mean.

Covariances are kept in three dimensions, so that poles and the seam of longitudes are places like any other.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iovolc import body
from iovolc.geometry.sphere import lat_lon, tangent_basis, unit_vectors
from iovolc.model.glow import Glow

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """A direction and its uncertainty.

    Parameters
    ----------
    vector : ndarray, shape (3,)
        Unit vector, body-fixed.
    covariance_km2 : ndarray, shape (3, 3)
        In the tangent plane, as a matrix of the body's axes.
    """

    vector: Floats
    covariance_km2: Floats

    @property
    def lat_lon_e(self) -> tuple[float, float]:
        """Latitude and east longitude in degrees."""
        lat, lon_e = lat_lon(self.vector)
        return float(lat), float(lon_e)

    @property
    def sigma_km(self) -> float:
        """One-sigma uncertainty per axis."""
        return math.sqrt(float(np.trace(self.covariance_km2)) / 2.0)


def place_of(glow: Glow) -> Place:
    """The place of a measurement."""
    basis = _basis(glow.lat, glow.lon_e)
    east, north, both = glow.covariance_km2
    plane = np.array([[east, both], [both, north]])
    return Place(unit_vectors(glow.lat, glow.lon_e), basis @ plane @ basis.T)


def mahalanobis(place: Place, other: Place, source_km: float) -> tuple[float, float]:
    """Squared distance in sigmas, and the logarithm of the covariance's determinant (km^4).

    Parameters
    ----------
    place, other : Place
        Two places; the tangent plane is that of the first.
    source_km : float
        One-sigma wander of the source per axis.
    """
    plane = plane_km2(place, place) + plane_km2(place, other) + source_km**2 * np.eye(2)
    step_km = offset_km(place, other)
    return float(step_km @ np.linalg.solve(plane, step_km)), float(np.linalg.slogdet(plane)[1])


def mean_place(place: Place, other: Place) -> Place:
    """Both places together, weighted by their covariances (one step of a Kalman filter)."""
    basis = _basis(*place.lat_lon_e)
    own = basis.T @ place.covariance_km2 @ basis
    gain = own @ np.linalg.inv(own + basis.T @ other.covariance_km2 @ basis)
    moved = place.vector + basis @ (gain @ offset_km(place, other)) / body.RADIUS_KM
    vector = moved / np.linalg.norm(moved)
    left = (np.eye(2) - gain) @ own
    turned = _basis(*Place(vector, place.covariance_km2).lat_lon_e)
    plane = turned.T @ (basis @ left @ basis.T) @ turned
    return Place(vector, turned @ ((plane + plane.T) / 2.0) @ turned.T)


def apart_km(place: Place, other: Place) -> float:
    """Great-circle distance."""
    chord, across = np.linalg.norm(place.vector - other.vector), np.linalg.norm(place.vector + other.vector)
    return 2.0 * body.RADIUS_KM * math.atan2(float(chord), float(across))


def plane_km2(place: Place, other: Place) -> Floats:
    """Covariance of the other place to the east and north in the first one's tangent plane, shape (2, 2)."""
    basis = _basis(*place.lat_lon_e)
    return basis.T @ other.covariance_km2 @ basis


def offset_km(place: Place, other: Place) -> Floats:
    """From the first place to the other, east and north in its tangent plane, as long as the arc."""
    along = _basis(*place.lat_lon_e).T @ other.vector
    length = float(np.linalg.norm(along))
    return along * (apart_km(place, other) / length) if length > 0.0 else along


def _basis(lat: float, lon_e: float) -> Floats:
    """East and north as columns, shape (3, 2)."""
    return np.stack(tangent_basis(lat, lon_e), axis=1)
