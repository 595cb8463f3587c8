"""Replay: an event log (docs/events.md) through the engine, and what it says into a file."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from msgspec import DecodeError

from rules.engine.engine import Engine
from rules.errors import UsageError
from rules.event_log import EventReader
from rules.model import (
    Event,
    IncidentNotice,
    LinkNotice,
    Report,
    Said,
    Transition,
    VillageNotice,
)

_MOST: Final = 10_000


class EventLogError(UsageError):
    """An event log cannot be read; the message names file and line."""


def replay(lines: Iterable[bytes], source: str, engine: Engine, out: TextIO) -> int:
    """Feed an event log to an engine; return how many lines there were.

    Reports that change nothing that is said are handed over together with the next event that
    may: what is said, and when, is the same as line by line.

    Args:
        lines: of the log.
        source: its name, for messages.
        engine: takes the events.
        out: gets what the engine says, a JSON object a line (docs/scoring.md).

    Raises:
        EventLogError: a line is not what it should be.
    """
    read = EventReader().read
    waiting: list[Event] = []
    number, delivered_at, next_look = 0, 0.0, engine.next_look
    for number, line in enumerate(lines, 1):
        try:
            event, delivered_at = read(line)
        except (ValueError, DecodeError) as error:
            engine.advance(waiting, delivered_at)
            raise EventLogError(f"{source}:{number}: {error}") from None
        if event is None:
            continue
        waiting.append(event)
        if event.at >= next_look or type(event) not in _QUIET or len(waiting) > _MOST:
            _write(engine.advance(waiting, delivered_at), out)
            waiting.clear()
            next_look = engine.next_look
    _write(engine.advance(waiting, delivered_at), out)
    return number


_QUIET: Final = frozenset({Report, Said})
"""What changes nothing that is said before the engine's next look."""


def _write(said: Iterable[Transition], out: TextIO) -> None:
    out.writelines(f"{json.dumps(describe(transition))}\n" for transition in said)


def describe(transition: Transition) -> dict[str, Any]:
    """Return a transition as a line of incidents.jsonl."""
    if isinstance(transition, IncidentNotice):
        return _incident(transition)
    if isinstance(transition, VillageNotice):
        return {
            "kind": "village",
            "at": text(transition.at),
            "village": transition.village,
            "state": transition.state,
            "since": text(transition.since),
            "reason": transition.reason,
            "incident": transition.incident,
        }
    if isinstance(transition, LinkNotice):
        return {
            "kind": "link",
            "at": text(transition.at),
            "link": transition.link,
            "state": transition.state,
            "since": text(transition.since),
            "reason": transition.reason,
            "incident": transition.incident,
        }
    return {
        "kind": "withheld",
        "at": text(transition.at),
        "objects": list(transition.objects),
        "reason": transition.reason,
        "incident": transition.incident,
    }


def _incident(notice: IncidentNotice) -> dict[str, Any]:
    line = {
        "kind": "incident",
        "at": text(notice.at),
        "incident": notice.incident,
        "action": notice.action,
        "class": notice.incident_class,
        "root": list(notice.root),
        "root_kind": notice.root_kind,
        "villages": list(notice.villages),
        "links": list(notice.links),
        "onset": text(notice.onset),
        "planned": notice.planned,
        "notified": notice.notified,
        "flapping": notice.flapping,
        "reason": notice.reason,
    }
    if notice.end is not None:
        line["end"] = text(notice.end)
    if notice.into is not None:
        line["into"] = notice.into
    return line


def seconds(instant: str) -> float:
    """Return the seconds since 1970 of RFC 3339 text."""
    return datetime.fromisoformat(instant).timestamp()


def text(at: float) -> str:
    """Return RFC 3339 text in UTC, with milliseconds."""
    instant = datetime.fromtimestamp(at, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
