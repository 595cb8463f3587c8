"""Replay: an event log (docs/events.md) through the engine, and what it says into a file."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from pydantic_core import from_json

from rules.engine.engine import Engine
from rules.errors import UsageError
from rules.model import (
    Event,
    IncidentNotice,
    LinkNotice,
    Own,
    Report,
    Said,
    Session,
    Transition,
    VillageNotice,
    Window,
)

_TELEMETRY: Final = "telemetry"
_BLINDING: Final = frozenset({"broker", "ingest"})
"""Parts through which the writer of an event log sees what it tells."""


class EventLogError(UsageError):
    """An event log cannot be read; the message names file and line."""


def replay(lines: Iterable[bytes], source: str, engine: Engine, out: TextIO) -> int:
    """Feed an event log to an engine, line by line; return how many lines there were.

    Args:
        lines: of the log.
        source: its name, for messages.
        engine: takes the events.
        out: gets what the engine says, a JSON object a line (docs/scoring.md).

    Raises:
        EventLogError: a line is not what it should be.
    """
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            body = from_json(line)
            received_at = seconds(body["received_at"])
            delivered_at = seconds(body["delivered_at"]) if "delivered_at" in body else received_at
            event = _event(body, received_at)
        except (ValueError, KeyError, TypeError) as error:
            raise EventLogError(f"{source}:{number}: {error}") from None
        if event is not None:
            said = engine.advance((event,), delivered_at)
            out.writelines(f"{json.dumps(describe(transition))}\n" for transition in said)
    return number


def _event(body: dict[str, Any], at: float) -> Event | None:
    kind = body["kind"]
    if kind == "message":
        *_, device, channel = body["topic"].split("/")
        return _message(device, channel, body["payload"], at)
    if kind == "connect":
        return Session(at, body["client"], connected=True)
    if kind == "disconnect":
        return Session(at, body["client"], connected=False, reason=body["reason"])
    if kind in {"broker", "service"}:
        part = body.get("service", "broker")
        return Own(at, part, body["state"] == "up", blinding=part in _BLINDING)
    if kind == "maintenance":
        starts_at, ends_at = seconds(body["starts_at"]), seconds(body["ends_at"])
        return Window(at, body["maintenance"], body["node"], starts_at, ends_at)
    return None


def _message(device: str, channel: str, payload: dict[str, Any], at: float) -> Event | None:
    if channel == _TELEMETRY:
        return _report(device, payload, at)
    if channel == "event":
        return Said(at, device, payload["event"])
    if channel == "status":
        reason = payload.get("reason")
        said = "goodbye" if reason == "shutdown" else reason or payload["state"]
        return Said(at, device, said)
    return None


def _report(device: str, payload: dict[str, Any], at: float) -> Report:
    values = payload["values"]
    sent = values.get("probes_sent")
    loss = 1 - values["probes_ok"] / sent if sent else None
    return Report(
        at,
        device,
        payload["boot_id"],
        payload["seq"],
        payload.get("backfill", False),
        payload.get("interval_s"),
        loss,
        values.get("power") == "battery",
        0 if sent else hash(tuple(values.items())),
    )


def describe(transition: Transition) -> dict[str, Any]:
    """Return a transition as a line of incidents.jsonl."""
    if isinstance(transition, IncidentNotice):
        line = {
            "kind": "incident",
            "at": text(transition.at),
            "incident": transition.incident,
            "action": transition.action,
            "class": transition.incident_class,
            "root": list(transition.root),
            "villages": list(transition.villages),
            "links": list(transition.links),
            "onset": text(transition.onset),
            "planned": transition.planned,
            "notified": transition.notified,
            "reason": transition.reason,
        }
        return line if transition.end is None else line | {"end": text(transition.end)}
    if isinstance(transition, VillageNotice):
        return {
            "kind": "village",
            "at": text(transition.at),
            "village": transition.village,
            "state": transition.state,
            "since": text(transition.since),
            "reason": transition.reason,
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


def seconds(instant: str) -> float:
    """Return the seconds since 1970 of RFC 3339 text."""
    return datetime.fromisoformat(instant).timestamp()


def text(at: float) -> str:
    """Return RFC 3339 text in UTC, with milliseconds."""
    instant = datetime.fromtimestamp(at, UTC)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
