"""The base map as all stages of one process share it, and the refusal of images that it shows to be misread."""

from functools import lru_cache

from iovolc.archive.convention import misreading
from iovolc.archive.filters import redness
from iovolc.archive.reference import GLOBE, ReferenceMap, load_colours, load_reference
from iovolc.archive.rows import Row
from iovolc.config import Config
from iovolc.errors import AmbiguousGeometry
from iovolc.geometry.even import Plane, even_plane
from iovolc.model.observation import Observation


@lru_cache(maxsize=2)
def base_map(name: str) -> ReferenceMap:
    """The reference map of a configuration, read once.

    Raises
    ------
    ConfigError
        If it cannot be used.
    """
    return load_reference(name)


@lru_cache(maxsize=2)
def even_base_map(name: str) -> Plane:
    """The same of even contrast, at a pixel per degree."""
    reference = base_map(name)
    return even_plane(reference.pixels, reference.placement)


@lru_cache(maxsize=2)
def base_colour(name: str) -> Plane | None:
    """How much redder than others its places are, of even contrast, at a pixel per degree; None if it is grey.

    Raises
    ------
    ConfigError
        If it cannot be used.
    """
    colours = load_colours(name)
    return None if colours is None else even_plane(redness(*colours), GLOBE)


def refuse_misread(observation: Observation, row: Row, config: Config) -> None:
    """Refuse an image that the base map decisively shows to be misread, unless the configuration insists on it.

    Raises
    ------
    AmbiguousGeometry
        E210, E211 or E212, and E410.
    """
    if not {row.id, row.path, observation.record.id}.isdisjoint(config.ingest.insist):
        return
    found = misreading(observation, even_base_map(config.registration.reference), row.origin)
    if found.findings:
        raise AmbiguousGeometry(found.findings)
