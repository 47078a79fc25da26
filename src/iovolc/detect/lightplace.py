"""What lights the place of a change in one epoch, and from where."""

import math
from dataclasses import dataclass

import numpy as np

from iovolc.detect.clusters import Cluster
from iovolc.detect.describe import Shape
from iovolc.detect.look import Look
from iovolc.geometry.angles import illumination
from iovolc.geometry.sphere import tangent_basis
from iovolc.light.classes import LIT, LightClass
from iovolc.light.eclipse import eclipse_phase
from iovolc.light.sources import Lighting, rays_at
from iovolc.model.observation import ObservationRecord


@dataclass(frozen=True, slots=True)
class PlaceLight:
    """Light at a place in one epoch; nan where the label does not tell.

    Parameters
    ----------
    light : LightClass
        Its source.
    incidence_deg, emission_deg, phase_deg : float
        Of the source's light, on the triaxial body.
    azimuth_deg : float
        Direction on the ground towards the source, from north through east; nan where the epoch's light is not known.
    after_eclipse : bool
        Whether Io has just come out of Jupiter's shadow.
    """

    light: LightClass
    incidence_deg: float
    emission_deg: float
    phase_deg: float
    azimuth_deg: float = math.nan
    after_eclipse: bool = False


def light_at(look: Look, cluster: Cluster, shape: Shape) -> PlaceLight:
    """The light at the centre of a change, of the source that lights most of its footprint.

    Parameters
    ----------
    look : Look
        The epoch.
    cluster : Cluster
        The change.
    shape : Shape
        Where it is.
    """
    if look.side.lit is None:
        return _from_label(look.record, shape)
    light = _commonest(look, cluster)
    return _from_source(look.side.lit.lighting, light, shape)


def _commonest(look: Look, cluster: Cluster) -> LightClass:
    known = look.side.lit
    if known is None or not known.classes:
        return LightClass.UNKNOWN
    counts = {
        light: sum(
            int((known.planes[name].ravel()[pixels] == light).sum())
            for name, pixels in cluster.footprint.pixels
            if name in known.planes
        )
        for light in LIT
    }
    return max(known.classes, key=lambda light: counts[light])


def _from_source(lighting: Lighting, light: LightClass, shape: Shape) -> PlaceLight:
    lat, lon_e = np.array(shape.lat), np.array(shape.lon_e)
    rays = rays_at(lighting, lat, lon_e)
    jupiter = light == LightClass.JUPITER
    source = lighting.jupiter_km if jupiter else lighting.sun
    east, north = tangent_basis(lat, lon_e)
    return PlaceLight(
        light,
        float(rays.jupiter_incidence_deg if jupiter else rays.incidence_deg),
        float(rays.emission_deg),
        float(rays.jupiter_phase_deg if jupiter else rays.phase_deg),
        math.degrees(math.atan2(float(east @ source), float(north @ source))) % 360.0,
        eclipse_phase(lighting.sky) == "post_eclipse",
    )


def _from_label(record: ObservationRecord, shape: Shape) -> PlaceLight:
    incidence, emission, phase = (
        float(angle)
        for angle in illumination(
            shape.lat,
            shape.lon_e,
            sub_solar=(record.sub_solar_lat, record.sub_solar_lon_e),
            sub_observer=(record.sub_observer_lat, record.sub_observer_lon_e),
            range_km=record.range_km,
        )
    )
    if record.quantity == "relative" or math.isnan(incidence):
        return PlaceLight(LightClass.UNKNOWN, incidence, emission, phase)
    return PlaceLight(LightClass.SUN if incidence < 90.0 else LightClass.DARK, incidence, emission, phase)
