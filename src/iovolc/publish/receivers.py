"""Who gets alerts: a folder, a webhook, an e-mail address. Each knows how to deliver one packet; none decides what.

A receiver raises ``TransientIOError`` for what may pass and ``ConfigError`` for what will not. No message of theirs
holds an address beyond its host, a key or a password.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from iovolc.config_alerts import AlertsConfig
from iovolc.cube.files import write_bytes
from iovolc.cube.layout import folder_name
from iovolc.errors import ConfigError, TransientIOError
from iovolc.publish.mail import Mail
from iovolc.publish.packets import Packet
from iovolc.publish.webhook import Webhook

PAUSES_S: Final = (1.0, 4.0)
"""Seconds between attempts at one delivery."""


class Receiver(Protocol):
    """Somebody who gets alerts."""

    @property
    def name(self) -> str:
        """Under which the store notes what it has been told."""
        ...

    def deliver(self, packet: Packet) -> None:
        """Hand over one packet.

        Raises
        ------
        TransientIOError
            If it may work later.
        ConfigError, StoreError
            If it will not.
        """
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that gets a JSON file per packet, complete or not at all; the same packet is the same file."""

    path: Path
    name: str = "folder"

    def deliver(self, packet: Packet) -> None:
        """Write the file."""
        write_bytes(self.path / f"{folder_name(packet.id)}.json", packet.text.encode())


def any_receiver(settings: AlertsConfig) -> bool:
    """Whether a configuration tells anybody."""
    return bool(settings.folder or settings.webhook_url_env or settings.mail_to)


def receivers(settings: AlertsConfig, environment: Mapping[str, str] | None = None) -> tuple[Receiver, ...]:
    """The receivers of a configuration; none by default.

    Parameters
    ----------
    settings : AlertsConfig
        Who is told.
    environment : mapping of str to str or None
        Holds the secrets; None is that of this process.

    Raises
    ------
    ConfigError
        If a variable that the configuration names is not set, or holds no address.
    """
    given = os.environ if environment is None else environment
    found = list[Receiver]()
    if settings.folder:
        found.append(Folder(Path(settings.folder)))
    if settings.webhook_url_env:
        secret = _secret(given, settings.webhook_secret_env)
        found.append(Webhook.at(_secret(given, settings.webhook_url_env), secret, settings.webhook_url_env))
    if settings.mail_to:
        password = _secret(given, settings.mail_password_env) if settings.mail_user else ""
        found.append(Mail(settings, password))
    return tuple(found)


def deliver(receiver: Receiver, packet: Packet, pause: Callable[[float], None] = time.sleep) -> None:
    """Deliver a packet, again after a pause where that may help.

    Parameters
    ----------
    receiver : Receiver
        Who gets it.
    packet : Packet
        What.
    pause : callable
        Waits for so many seconds.

    Raises
    ------
    TransientIOError, ConfigError, StoreError
        As :meth:`Receiver.deliver`, once the attempts are used up.
    """
    for seconds in PAUSES_S:
        try:
            return receiver.deliver(packet)
        except TransientIOError:
            pause(seconds)
    return receiver.deliver(packet)


def _secret(environment: Mapping[str, str], variable: str) -> str:
    value = environment.get(variable, "").strip() if variable else ""
    if not value:
        raise ConfigError(f"alerts need the environment variable {variable or '(not named)'}: set it, or tell nobody")
    return value
