"""Telling who must know."""

from typing import TYPE_CHECKING, Annotated

import typer

from iovolc.cli.options import ConfigOption, JsonOption, SetOption, StoreOption

if TYPE_CHECKING:
    from pathlib import Path

    from iovolc.config_alerts import AlertsConfig


def alerts(
    store: StoreOption,
    config: ConfigOption = None,
    overrides: SetOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be sent, and send nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show the events' levels of alert, and tell the receivers of the section `alerts` what they do not know yet."""
    from iovolc.config import load
    from iovolc.console import DEGRADED, DONE, answer, say
    from iovolc.pipeline.alerts import alert

    found = alert(store, load(config, tuple(overrides or ())).alerts, dry_run=dry_run)
    answer(found.to_json(), found.text(), as_json=as_json)
    for trouble in found.troubles:
        say(trouble)
    raise typer.Exit(DEGRADED if found.troubles else DONE)


def after_publishing(store: "Path", settings: "AlertsConfig") -> int:
    """Tell the configured receivers; 4 if one could not be told, else 0."""
    from iovolc.console import DEGRADED, DONE, say
    from iovolc.pipeline.alerts import alert_if_asked

    found = alert_if_asked(store, settings)
    troubles = () if found is None else found.troubles
    for trouble in troubles:
        say(trouble)
    return DEGRADED if troubles else DONE
