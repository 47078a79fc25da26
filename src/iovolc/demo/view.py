"""What an observer sees of Io: unit vectors and the angles of light and view. Not for the triaxial body."""

import numpy as np
from numpy.typing import NDArray

from iovolc import body

Vectors = NDArray[np.float32]


def unit_vectors(lat: NDArray[np.floating], lon_e: NDArray[np.floating]) -> Vectors:
    """Unit vectors of places.

    Parameters
    ----------
    lat, lon_e : ndarray, shape (...)
        Planetocentric degrees.

    Returns
    -------
    ndarray, shape (3, ...), float32
        x towards Jupiter, z towards the north pole.
    """
    phi, lam = np.radians(lat).astype(np.float32), np.radians(lon_e).astype(np.float32)
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)]).astype(np.float32)


def places(vectors: Vectors) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Latitude and east longitude (degrees) of vectors of any length, shape (3, ...)."""
    x, y, z = vectors
    return np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))


def dot(direction: NDArray[np.floating], vectors: Vectors) -> NDArray[np.float32]:
    """Scalar product of one vector, shape (3,), with many, shape (3, ...); summed in a fixed order."""
    x, y, z = direction.astype(np.float32)
    return x * vectors[0] + y * vectors[1] + z * vectors[2]


def cosine_of_incidence(vectors: Vectors, sub_lat: float, sub_lon_e: float) -> NDArray[np.float32]:
    """Cosine of the angle between the normals and a source at infinity over the sub-point, shape (...)."""
    return dot(unit_vectors(np.array(sub_lat), np.array(sub_lon_e)), vectors)


def cosine_of_emission(vectors: Vectors, sub_lat: float, sub_lon_e: float, range_km: float) -> NDArray[np.float32]:
    """Cosine of the angle between the normals and an observer at finite distance.

    Parameters
    ----------
    vectors : ndarray, shape (3, ...)
        Unit normals.
    sub_lat, sub_lon_e : float
        Sub-observer point in degrees.
    range_km : float
        Distance of the observer from Io's centre.
    """
    distance = range_km / body.RADIUS_KM
    cosine = cosine_of_incidence(vectors, sub_lat, sub_lon_e)
    emission = (distance * cosine - 1.0) / np.sqrt(distance**2 - 2.0 * distance * cosine + 1.0)
    return emission.astype(np.float32)


def distance_km(
    lat: float, lon_e: float, lats: NDArray[np.floating], lons_e: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Great-circle distance from one place to others, in kilometres, shape as ``lats``."""
    phi, phis = np.radians(lat), np.radians(lats)
    half = np.sin((phis - phi) / 2) ** 2 + np.cos(phi) * np.cos(phis) * np.sin(np.radians(lons_e - lon_e) / 2) ** 2
    return np.asarray(2.0 * body.RADIUS_KM * np.arcsin(np.sqrt(half)), dtype=np.float64)
