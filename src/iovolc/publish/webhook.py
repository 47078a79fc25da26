"""Alerts by HTTP: one signed POST each.

The signature is HMAC-SHA256 over ``<timestamp>.<body>``; a receiver refuses old timestamps and drops ids that it has.
"""

import hashlib
import hmac
import http.client
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from iovolc.errors import ConfigError, TransientIOError
from iovolc.publish.packets import Packet

TIMEOUT_S: Final = 20.0
_MAY_PASS: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address to which alerts are posted; made by :meth:`at`, printed without its secrets."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    host: str
    name: str = "webhook"

    @classmethod
    def at(cls, url: str, secret: str, variable: str) -> "Webhook":
        """The webhook at an address.

        Parameters
        ----------
        url : str
            ``http`` or ``https``.
        secret : str
            Key of the signature.
        variable : str
            Where the address was found, for the message.

        Raises
        ------
        ConfigError
            If it is no such address.
        """
        try:
            parts = urlsplit(url)
            host = parts.hostname or ""
            sound = parts.scheme in ("http", "https") and bool(host) and parts.username is None
        except ValueError:
            host, sound = "", False
        if not sound or not url.isprintable() or " " in url:
            raise ConfigError(f"the variable {variable} holds no address: give http(s)://host/path, without a password")
        return cls(url, secret, host)

    def deliver(self, packet: Packet) -> None:
        """Post a packet; redirects are not followed.

        Raises
        ------
        TransientIOError
            If nobody answers, or with 408, 425, 429 or 5xx.
        ConfigError
            On any other answer but 2xx.
        """
        body = packet.text.encode()
        moment = str(int(time.time()))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "iovolc",
            "Idempotency-Key": packet.id,
            "Iovolc-Timestamp": moment,
            "Iovolc-Signature": f"sha256={signature(self.secret, moment, body)}",
        }
        request = urllib.request.Request(self.url, body, headers, method="POST")  # noqa: S310 (the scheme is checked)
        try:
            with _OPENER.open(request, timeout=TIMEOUT_S):
                return
        except urllib.error.HTTPError as error:
            error.close()
            raise _refusal(self.host, error.code) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            # Its text, and the error that would be shown with it, may hold the address.
            raise TransientIOError(
                f"the webhook at {self.host} cannot be reached ({type(error).__name__}); the next run tries again"
            ) from None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Hexadecimal HMAC-SHA256 with which a receiver compares the header ``Iovolc-Signature``.

    Parameters
    ----------
    secret : str
        The shared key.
    timestamp : str
        The header ``Iovolc-Timestamp``: seconds since 1970.
    body : bytes
        As received.
    """
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _refusal(host: str, code: int) -> ConfigError | TransientIOError:
    if code >= 500 or code in _MAY_PASS:
        return TransientIOError(f"the webhook at {host} answers {code}; the next run tries again")
    return ConfigError(f"the webhook at {host} answers {code}: correct its address or its access")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any, **named: Any) -> None:  # noqa: ARG002 (a signed body goes where it was sent)
        return None


_OPENER: Final = urllib.request.build_opener(_NoRedirect)
