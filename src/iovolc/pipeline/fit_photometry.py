"""Fit photometry: from the epochs of a store to a file of photometric parameters that a run can use."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np

from iovolc.archive.photometry import Entry, Parameter, PhotometrySet, load_photometry
from iovolc.cube.files import write_bytes
from iovolc.cube.manifest import Manifest
from iovolc.errors import AlgorithmError, Finding, InputError, NoWork
from iovolc.light.blocks import BlockPlaces
from iovolc.light.photofit import PhotometryFit
from iovolc.light.photofit import fit_photometry as fit
from iovolc.light.photolooks import Looks, patches
from iovolc.light.photometric import PARAMETERS, Model
from iovolc.pipeline.context import Context
from iovolc.pipeline.multiview import Viewed, ViewTask, view
from iovolc.pipeline.run import current_manifest
from iovolc.pipeline.select import select_epochs
from iovolc.pipeline.tones import frame_of

LEAST_LEARNED: Final = 0.5
"""A parameter counts as fitted if its standard deviation fell below this share of its prior's."""
_FITTED: Final = "fit"
_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class FittedChannel:
    """The fit of one channel.

    Parameters
    ----------
    channel : str
        Which.
    epochs : tuple of str
        Ids of the epochs used, in the order of the gains.
    fit : PhotometryFit
        Parameters, gains and what they rest on.
    """

    channel: str
    epochs: tuple[str, ...]
    fit: PhotometryFit


@dataclass(frozen=True, slots=True)
class FittedPhotometry:
    """What came of the fits.

    Parameters
    ----------
    photometry : PhotometrySet
        As written.
    channels : tuple of FittedChannel
        At least one.
    left_out : tuple of Finding
        Epochs that tell nothing of photometry.
    findings : tuple of Finding
        Channels that could not be fitted.
    """

    photometry: PhotometrySet
    channels: tuple[FittedChannel, ...]
    left_out: tuple[Finding, ...]
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "model": self.photometry.model,
            "channels": {channel.channel: _plain(channel) for channel in self.channels},
            "left_out": [str(finding) for finding in self.left_out],
            "refused": [str(finding) for finding in self.findings],
        }


def fit_photometry(context: Context, *, model: Model, out: Path) -> FittedPhotometry:
    """Fit the parameters of each channel and write them.

    Parameters
    ----------
    context : Context
        Store, configuration (its section ``select`` narrows epochs and channels) and workers.
    model : str
        The photometric function; the set of that name in ``data/photometry`` gives the priors.
    out : Path
        The file, in the form of ``data/photometry``.

    Raises
    ------
    NoWork
        If the store holds no epoch of these channels.
    InputError
        E221, E222, E223 and E418, if no channel can be fitted.
    """
    manifest = select_epochs(current_manifest(context.store), context.config.select)
    priors = load_photometry(model)
    channels = [channel for channel in manifest.channels if priors.of(channel) is not None]
    if not channels:
        raise NoWork("the store holds no epoch of a channel that shows reflected sunlight; ingest some first")
    fitted: list[FittedChannel] = []
    left_out: list[Finding] = []
    findings: list[Finding] = []
    for channel in channels:
        tasks = [ViewTask(context.store, entry, context.config.light) for entry in manifest.of_channel(channel)]
        seen = context.runner.map(view, tasks, f"look {channel}")
        left_out += [item for item in seen if isinstance(item, Finding)]
        found = _fit_channel(channel, [item for item in seen if isinstance(item, Viewed)], priors, manifest)
        if isinstance(found, FittedChannel):
            fitted.append(found)
        else:
            findings.append(found)
    if not fitted:
        raise InputError([*left_out, *findings])
    photometry = _as_set(fitted, priors, out.stem, manifest)
    write_bytes(out, photometry.to_yaml().encode())
    return FittedPhotometry(photometry, tuple(fitted), tuple(left_out), tuple(findings))


def _fit_channel(
    channel: str, views: Sequence[Viewed], priors: PhotometrySet, manifest: Manifest
) -> FittedChannel | Finding:
    prior = priors.of(channel)
    product = f"channel {channel}"
    if prior is None or len(views) < 2:
        return Finding("E223", product, f"{len(views)} epochs can be used, two are needed")
    looks = _looks(views, frame_of(manifest.pixels_per_degree)[0].places)
    try:
        found = fit(looks, prior, gain_sigma=np.array([item.gain_sigma for item in views]))
    except AlgorithmError as error:
        return Finding("E223", product, str(error))
    if max(found.learned) < LEAST_LEARNED:
        names = ", ".join(f"{name} by {share:.0%}" for name, share in _by_name(priors.model, found.learned))
        return Finding("E223", product, f"{len(views)} epochs narrow no parameter by half: {names}")
    return FittedChannel(channel, tuple(item.observation_id for item in views), found)


def _looks(views: Sequence[Viewed], places: BlockPlaces) -> Looks:
    patch = patches(places.lat, places.lon_e)
    rows = [np.flatnonzero(np.isfinite(item.value)) for item in views]
    measured = [item.name for item in fields(Looks)[3:]]
    columns = {
        name: np.concatenate([getattr(item, name)[row] for item, row in zip(views, rows, strict=True)])
        for name in measured
    }
    place = np.concatenate(rows)
    epoch = np.repeat(np.arange(len(views)), [len(row) for row in rows])
    return Looks(place, patch[place], epoch, **columns)


def _as_set(fitted: Sequence[FittedChannel], priors: PhotometrySet, name: str, manifest: Manifest) -> PhotometrySet:
    entries = tuple(_entry(channel, priors) for channel in fitted)
    used = {parameter.source for entry in entries for parameter in entry.parameters.values()}
    own = f"iovolc fit-photometry, from manifest {manifest.number} ({manifest.digest[:12]}) of the store"
    sources = {_FITTED: own, **priors.sources}
    return PhotometrySet(
        id=name,
        model=priors.model,
        entries=entries,
        note="Fitted to epochs of one's own; what they could not tell is kept from the priors, with their source.",
        sources={key: text for key, text in sources.items() if key in used},
    )


def _entry(fitted: FittedChannel, priors: PhotometrySet) -> Entry:
    before = priors.entry_of(fitted.channel)
    estimate, found = fitted.fit.estimate, fitted.fit
    covariance = np.array(estimate.covariance)
    sigmas = np.sqrt(covariance.diagonal())
    parameters: dict[str, Parameter] = {}
    for k, (name, value) in enumerate(estimate.photometry.named().items()):
        known = before.parameters[name] if before is not None and found.learned[k] < LEAST_LEARNED else None
        tag, source = (known.tag, known.source) if known is not None else ("C", _FITTED)
        parameters[name] = Parameter(_rounded(value), _rounded(float(sigmas[k])), tag, source)
    correlation = np.round(covariance / np.outer(sigmas, sigmas), _DIGITS)
    return Entry(
        channels=(fitted.channel,),
        parameters=parameters,
        correlation=tuple(tuple(map(float, row)) for row in correlation),
        note=f"{found.n_looks} looks at {found.n_places} places in {', '.join(fitted.epochs)}; "
        f"scatter {found.scatter:.1%}, outlying {found.outlying:.1%}",
    )


def _plain(fitted: FittedChannel) -> dict[str, Any]:
    found = fitted.fit
    model = found.estimate.photometry.model
    numbers = zip(found.estimate.photometry.parameters, found.estimate.sigmas(), strict=True)
    return {
        "parameters": {name: list(pair) for name, pair in _by_name(model, tuple(numbers))},
        "learned": dict(_by_name(model, found.learned)),
        "departures": dict(_by_name(model, found.departures)),
        "gains": dict(zip(fitted.epochs, zip(found.gains, found.gain_sigmas, strict=True), strict=True)),
        "scatter": found.scatter,
        "outlying": found.outlying,
        "places": found.n_places,
        "looks": found.n_looks,
    }


def _by_name(model: Model, values: Sequence[Any]) -> list[tuple[str, Any]]:
    return list(zip(PARAMETERS[model], values, strict=True))


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
