"""Alerts by e-mail: a few lines for people, with the packet as an attachment.

Whatever a catalogue may have put into names is one line of text in subject and body, and never a header of its own.
"""

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any, Final

from iovolc.config_alerts import AlertsConfig
from iovolc.cube.layout import folder_name
from iovolc.errors import ConfigError, TransientIOError, one_line
from iovolc.publish.packets import Packet, headline

TIMEOUT_S: Final = 30.0
_SUBJECT: Final = 160


@dataclass(frozen=True, slots=True)
class Mail:
    """The addresses that get alerts, and the server that takes them; printed without the password."""

    settings: AlertsConfig
    password: str = field(repr=False)
    name: str = "mail"

    def deliver(self, packet: Packet) -> None:
        """Send a packet; copies share a Message-ID.

        Raises
        ------
        TransientIOError
            If the server cannot be reached or says that it may pass.
        ConfigError
            If it refuses the login, an address or the message, or does not encrypt.
        """
        message, host = message_of(packet, self.settings), self.settings.mail_host
        try:
            self._send(message)
        except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
            raise ConfigError(f"the mail server {host} refuses: {type(error).__name__}; correct `alerts`") from None
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _trouble(host, min(codes, default=500)) from None
        except smtplib.SMTPResponseException as error:
            raise _trouble(host, error.smtp_code) from None
        except (OSError, smtplib.SMTPException) as error:
            raise TransientIOError(
                f"the mail server {host} cannot be reached ({type(error).__name__}); the next run tries again"
            ) from None

    def _send(self, message: EmailMessage) -> None:
        settings = self.settings
        with smtplib.SMTP(settings.mail_host, settings.mail_port, timeout=TIMEOUT_S) as server:
            if settings.mail_starttls:
                server.starttls(context=ssl.create_default_context())
            if settings.mail_user:
                server.login(settings.mail_user, self.password)
            server.send_message(message)


def message_of(packet: Packet, settings: AlertsConfig) -> EmailMessage:
    """The e-mail of a packet.

    Parameters
    ----------
    packet : Packet
        What to tell.
    settings : AlertsConfig
        From whom to whom.
    """
    message = EmailMessage()
    message["Subject"] = one_line(packet.headline)[:_SUBJECT]
    message["From"], message["To"] = settings.mail_from, ", ".join(settings.mail_to)
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{folder_name(packet.id)}@iovolc.invalid>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(one_line(line) for line in _lines(packet.body)) + "\n")
    name = f"{folder_name(packet.id)}.json"
    message.add_attachment(packet.text.encode(), maintype="application", subtype="json", filename=name)
    return message


def _lines(body: Mapping[str, Any]) -> Iterator[str]:
    for item in body.get("digest", [body]):
        yield headline(item)
        yield f"because: {item['reason']}; event {item['event_id']}"
    for name, link in (body.get("cutouts") or {}).items():
        yield f"{name}: {link}"
    yield f"run {body['run_id']}"


def _trouble(host: str, code: int) -> ConfigError | TransientIOError:
    if 400 <= code < 500:
        return TransientIOError(f"the mail server {host} answers {code}; the next run tries again")
    return ConfigError(f"the mail server {host} answers {code}: correct `alerts`")
