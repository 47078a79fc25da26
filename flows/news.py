"""What a run tells that the one before did not: as artifacts and events of Prefect.

Prefect's automations can act on the events ``iovolc.event.gained``, ``.lost``, ``.moved`` and ``.changed``, which
operational runs alone send.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.events import emit_event

from iovolc.pipeline.diff import EventDifference, diff
from iovolc.publish.saved import SavedRun

SHOWN: Final = 100
"""At most so many events are shown, and told to automations."""


@dataclass(frozen=True, slots=True)
class News:
    """What differs between a run and the operational one before it.

    Parameters
    ----------
    run_id : str
        The run.
    before : str or None
        The operational run before; None if this is the first.
    events : tuple of EventDifference
        Gained, lost, moved and changed ones; none in a first run, whose page shows all.
    """

    run_id: str
    before: str | None
    events: tuple[EventDifference, ...]

    def text(self) -> str:
        """How many events are new or differ."""
        if self.before is None:
            return "the first run of this store"
        words = [event.verdict for event in self.events]
        counted = [f"{words.count(word)} {word}" for word in dict.fromkeys(words)]
        return ", ".join(counted) or "no event differs"


def news_of(before: SavedRun | None, after: SavedRun) -> News:
    """What a run tells that the one before did not.

    Parameters
    ----------
    before : SavedRun or None
        The operational run before, if there was one.
    after : SavedRun
        The run.
    """
    if before is None:
        return News(after.run_id, None, ())
    return News(after.run_id, before.run_id, diff(before, after).events)


def show(news: News, out: Path, *, operational: bool = True) -> None:
    """Hand the news to Prefect: a table, a report, a link to the page, and an event each for automations.

    Parameters
    ----------
    news : News
        What differs.
    out : Path
        The run's outputs.
    operational : bool
        Whether the run is the operational one; of others nobody is told, and their artifacts have keys of their own.
    """
    key = "iovolc" if operational else "iovolc-rerun"
    page = (out / "page" / "index.html").absolute().as_uri()
    rows = [_row(event) for event in news.events[:SHOWN]]
    create_table_artifact(key=f"{key}-events", table=rows, description=f"Run {news.run_id}: {news.text()}")
    create_markdown_artifact(key=f"{key}-report", markdown=report(news), description=f"Run {news.run_id}")
    create_link_artifact(key=f"{key}-page", link=page, link_text=f"Page of run {news.run_id}")
    for event in news.events[:SHOWN] if operational else ():
        name = event.after_id or event.before_id or ""
        resource = {"prefect.resource.id": f"iovolc.event.{name}", "prefect.resource.name": escaped(event.place)}
        emit_event(f"iovolc.event.{event.verdict}", resource, payload={**_row(event), "run_id": news.run_id})


def report(news: News) -> str:
    """The news in Markdown; whatever a catalogue may have put into names stays text."""
    lines = [f"# Run {news.run_id}", "", f"Against {news.before or 'nothing'}: {news.text()}.", ""]
    lines += [
        f"- **{event.verdict}** tier {event.tier}: {escaped(event.place)} ({escaped('; '.join(event.causes) or '-')})"
        for event in news.events[:SHOWN]
    ]
    more = len(news.events) - SHOWN
    return "\n".join([*lines, f"- and {more} more"] if more > 0 else lines) + "\n"


def escaped(text: str) -> str:
    """Text that neither Markdown nor HTML reads as anything else."""
    plain = " ".join(text.split())
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        plain = plain.replace(sign, name)
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+!|" else sign for sign in plain)


def _row(event: EventDifference) -> dict[str, Any]:
    return {
        "verdict": event.verdict,
        "event_id": event.after_id or event.before_id,
        "tier": event.tier,
        "place": event.place,
        "moved_km": event.moved_km,
        "causes": "; ".join(event.causes),
    }
