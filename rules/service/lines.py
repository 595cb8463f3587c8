"""Lines of the event log (docs/events.md) that this service writes, as plain objects."""

from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json

from province.instants import format_instant

Line = dict[str, Any]
"""One line, with its instants as text."""


def message_line(at: datetime, topic: str, retain: bool, payload: dict[str, Any]) -> Line:  # noqa: FBT001 - MQTT's own flag
    """Return the line of a device's message."""
    return _line("message", at, topic=topic, qos=1, retain=retain, payload=payload)


def part_line(at: datetime, part: str, *, up: bool, blinding: bool, now: datetime) -> Line:
    """Return the line of a part of ours that went down or came up.

    Args:
        at: when it did.
        part: its name.
        up: whether it works now.
        blinding: while it is down nothing is seen.
        now: when that was found out.
    """
    state = "up" if up else "down"
    delivered = {"delivered_at": format_instant(now)} if now != at else {}
    return _line("service", at, service=part, state=state, blinding=blinding, **delivered)


def beat_line(at: datetime) -> Line:
    """Return the line of a canary that came back."""
    return _line("beat", at)


def tick_line(at: datetime) -> Line:
    """Return the line that says that time goes on, though nothing is seen."""
    return _line("tick", at)


def session_line(at: datetime, client: str, ended: str | None) -> Line:
    """Return the line of a device's session: accepted, or ended for a reason."""
    if ended is None:
        return _line("connect", at, client=client)
    return _line("disconnect", at, client=client, reason=ended)


def window_line(at: datetime, name: str, node: str, starts_at: datetime, ends_at: datetime) -> Line:
    """Return the line of a window of maintenance that was announced."""
    times = {"starts_at": format_instant(starts_at), "ends_at": format_instant(ends_at)}
    return _line("maintenance", at, maintenance=name, node=node, **times)


def own_line(kind: str, at: datetime, **fields: Any) -> Line:  # noqa: ANN401 - JSON's
    """Return a line of a kind that replay passes over: what this service must remember."""
    return _line(kind, at, **fields)


def dump(line: Line) -> bytes:
    """Return the line as it is written, with its end."""
    return to_json(line) + b"\n"


def parse(text: bytes) -> Line:
    """Return a line that was written.

    Raises:
        ValueError: it is damaged.
    """
    line = from_json(text)
    if not isinstance(line, dict) or "kind" not in line or "received_at" not in line:
        raise ValueError("not a line of an event log")
    return line


def at_of(line: Line) -> datetime:
    """Return when the broker, or our own part, had it."""
    return datetime.fromisoformat(line["received_at"])


def now_of(line: Line) -> datetime:
    """Return when this service had it."""
    return datetime.fromisoformat(line.get("delivered_at") or line["received_at"])


def _line(kind: str, at: datetime, **fields: Any) -> Line:  # noqa: ANN401 - JSON's
    return {"kind": kind, "received_at": format_instant(at), **fields}
