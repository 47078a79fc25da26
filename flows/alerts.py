"""Telling who must know, after publishing: no trouble with it undoes what is published."""

from dataclasses import dataclass

from flows.parameters import StoreParameters
from flows.states import stage, within
from iovolc.errors import TransientIOError
from iovolc.pipeline import alerts
from iovolc.pipeline.alerts import Alerts
from iovolc.publish.receivers import any_receiver


@stage
def tell(parameters: StoreParameters) -> Alerts | None:
    return alerts.alert_or_retry(parameters.store, parameters.configuration().alerts)


@dataclass(frozen=True, slots=True)
class Telling:
    """What came of it.

    Parameters
    ----------
    sent : int
        Changes of level that were delivered.
    troubles : tuple of str
        Why others were not.
    """

    sent: int = 0
    troubles: tuple[str, ...] = ()

    @property
    def happened(self) -> bool:
        """Whether there was anything to tell."""
        return bool(self.sent or self.troubles)

    @property
    def text(self) -> str:
        """In words, to be added to a state's message."""
        sent = f"; {self.sent} alerts sent" if self.sent else ""
        return sent + "".join(f"; {trouble}" for trouble in self.troubles)


def telling(parameters: StoreParameters) -> Telling:
    """Tell the receivers of the configuration, if there are any, what they do not know yet.

    Parameters
    ----------
    parameters : StoreParameters
        What the flow was given.
    """
    if not any_receiver(parameters.configuration().alerts):
        return Telling()
    try:
        done = within(parameters, tell)(parameters)
    except TransientIOError as error:
        return Telling(0, (str(error),))
    return Telling() if done is None else Telling(done.sent, done.troubles)
