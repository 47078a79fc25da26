"""The section of the configuration that says who is told of events; the rest is in :mod:`iovolc.config`.

It names the environment variables that hold secrets, never a secret.
"""

from typing import Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from iovolc.config_section import Section
from iovolc.errors import is_control

_VARIABLE: Final = r"^([A-Za-z_][A-Za-z0-9_]*)?$"


class AlertsConfig(Section):
    """Who is told of events, from which level on. No part of a run's identity; secrets lie in the environment alone."""

    folder: str = Field(default="", description="Folder that gets each alert as a JSON file; blank for none.")
    webhook_url_env: str = Field(
        default="",
        pattern=_VARIABLE,
        description="Name of the environment variable that holds the address alerts are posted to; blank for none.",
    )
    webhook_secret_env: str = Field(
        default="IOVOLC_WEBHOOK_SECRET",
        pattern=_VARIABLE,
        description="Name of the environment variable that holds the key with which they are signed.",
    )
    mail_to: tuple[str, ...] = Field(default=(), description="Addresses that get each alert by e-mail.")
    mail_from: str = Field(default="", description="Sender of the e-mails.")
    mail_host: str = Field(default="localhost", description="Mail server.")
    mail_port: int = Field(default=587, ge=1, le=65535, description="Its port.")
    mail_starttls: bool = Field(default=True, description="Whether it must encrypt; without it no password is sent.")
    mail_user: str = Field(default="", description="Name to log in with; blank sends without login.")
    mail_password_env: str = Field(
        default="IOVOLC_MAIL_PASSWORD",
        pattern=_VARIABLE,
        description="Name of the environment variable that holds the password.",
    )
    link_base: str = Field(
        default="", description="Address under which the store's `runs` are served; blank links to files."
    )
    budget: int = Field(
        default=20, ge=0, description="Alerts sent singly per run and receiver; one digest tells the rest."
    )
    min_level: Literal["watch", "advisory", "alert"] = Field(default="watch", description="Lower levels count as none.")
    recent_days: float = Field(
        default=365.0, gt=0.0, description="Events last seen so long before the run's newest look have no level."
    )
    area_km2: float = Field(default=40000.0, gt=0.0, description="Surface changes of this area are a level louder.")
    radiance_gw_um_sr: float = Field(default=150.0, gt=0.0, description="So is heat of this intensity.")
    power_gw: float = Field(default=1000.0, gt=0.0, description="So is heat of this power.")

    @field_validator("mail_to", "mail_from", "mail_host", "mail_user", "link_base")
    @classmethod
    def _one_line(cls, given: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if any(is_control(sign) for text in ((given,) if isinstance(given, str) else given) for sign in text):
            raise ValueError("give plain text without control characters")
        return given

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.mail_to and not self.mail_from:
            raise ValueError("`mail_to` needs `mail_from`")
        if self.mail_user and not self.mail_starttls:
            raise ValueError("`mail_user` needs `mail_starttls`: a password is not sent in the clear")
        return self
