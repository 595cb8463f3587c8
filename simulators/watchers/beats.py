"""Beats: what a deadman needs of an event log, the clock and who was heard, millions of lines."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from province.instants import parse_instant
from simulators.errors import UsageError
from simulators.milliseconds import SECOND, milliseconds

# A line is four hundred bytes of which a deadman needs forty. As our own runs write it, it is cut
# out in a tenth of the time that reading the JSON takes; any other way to write it is read whole.
_MESSAGE: Final = re.compile(
    rb'\{"received_at":"([^"]{24})"(?:,"delivered_at":"([^"]{24})")?,"kind":"message",'
    rb'"topic":"[^"/]+/[^"/]+/[^"/]+/[^"/]+/([^"/\\]+)/([a-z-]+)"'
)
_DELIVERED: Final = b'"delivered_at"'
_TO_SECOND: Final = len("2026-03-02T01:00:00.")
_HEARTBEAT: Final = "telemetry"
"""Channels that begin so come from the device itself; a will on `status` does not."""

Beat = tuple[int, str, int]
"""The watcher's clock, the device that was heard, and how often it means to report.

Both times are in milliseconds. The device's code is empty for what is no device's report, and how
often it reports is 0 but for the first one: the inventory can be wrong about it, the device cannot.
"""


class EventsError(UsageError):
    """An event log breaks its format; the message is `file:line: what`."""


def read_beats(lines: Iterable[bytes], source: str) -> Iterator[Beat]:
    """Yield a beat for each line.

    Args:
        lines: of an event log.
        source: its name, for messages.

    Raises:
        EventsError: a line cannot be read.
    """
    find = _MESSAGE.match
    names: dict[bytes, str] = {}
    second, base = b"", 0
    for number, line in enumerate(lines, 1):
        match = find(line)
        if match is None or (match[2] is None and _DELIVERED in line):
            yield _whole(line, number, source)
            continue
        received_at, delivered_at, device, channel = match.groups()
        at = delivered_at or received_at
        if at[:_TO_SECOND] != second:
            second = at[:_TO_SECOND]
            base = _clock(second.decode() + "000Z", number, source)
        clock = base + int(at[_TO_SECOND:-1])
        if not channel.startswith(b"telemetry"):
            yield clock, "", 0
        elif device in names:
            yield clock, names[device], 0
        else:
            names[device] = device.decode()
            yield _whole(line, number, source)


def _whole(line: bytes, number: int, source: str) -> Beat:
    device, interval = "", 0
    try:
        record = json.loads(line)
        at = record.get("delivered_at") or record["received_at"]
        if record["kind"] == "message":
            *_, code, channel = record["topic"].split("/")
            if channel.startswith(_HEARTBEAT):
                device, interval = code, _interval(record["payload"])
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise EventsError(f"{source}:{number}: not a line of events: {error!r}") from None
    return _clock(at, number, source), device, interval


def _interval(payload: object) -> int:
    """Return how often a device says that it reports; 0 if it does not say."""
    declared = payload.get("interval_s") if isinstance(payload, dict) else None
    return round(declared * SECOND) if isinstance(declared, int | float) else 0


def _clock(text: str, number: int, source: str) -> int:
    try:
        return milliseconds(parse_instant(text))
    except ValueError as error:
        raise EventsError(f"{source}:{number}: {error}") from None
