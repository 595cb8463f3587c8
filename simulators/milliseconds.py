"""Time in whole milliseconds since 1970, UTC: what a simulated run counts in."""

from datetime import UTC, datetime, timedelta
from typing import Final

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LOCAL: Final = 7 * HOUR
_KEPT: Final = 4_096
_seconds: dict[int, str] = {}


def milliseconds(instant: datetime | timedelta) -> int:
    """Return an instant, or the length of a duration, in milliseconds."""
    length = instant - _EPOCH if isinstance(instant, datetime) else instant
    return length // timedelta(milliseconds=1)


def instant(at: int) -> datetime:
    """Return the aware UTC instant of these milliseconds."""
    return _EPOCH + timedelta(milliseconds=at)


def stamp(at: int) -> str:
    """Return RFC 3339 text in UTC with milliseconds, such as 2026-11-23T13:37:00.250Z.

    Millions of lines of a run fall into few seconds, so the text of a second is kept for the next
    line: formatting it anew would be the greatest part of writing a line.
    """
    second, rest = divmod(at, SECOND)
    text = _seconds.get(second)
    if text is None:
        if len(_seconds) >= _KEPT:
            _seconds.clear()
        text = instant(second * SECOND).strftime("%Y-%m-%dT%H:%M:%S.")
        _seconds[second] = text
    return f"{text}{rest:03d}Z"


def minute_of_day(at: int) -> int:
    """Return the minute of the local day, 0 to 1439; Vietnam has no summer time."""
    return (at + _LOCAL) % DAY // MINUTE
