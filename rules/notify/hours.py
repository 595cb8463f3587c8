"""Local hours: on which days and between which times a route holds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from runtime.database.relations import LOCAL_TIME_ZONE

ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)
"""What people's clocks show."""
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """A span of local time that comes again on its days.

    Attributes:
        days: numbers of the days on which it begins, Monday is 0.
        start: minute of the day, included.
        end: minute of the day, excluded; not after `start` where it runs past midnight.
    """

    days: frozenset[int] = frozenset(range(7))
    start: int = 0
    end: int = _DAY_MINUTES

    def holds(self, at: float) -> bool:
        """Tell whether the instant, in seconds since 1970, lies in it."""
        local = datetime.fromtimestamp(at, ZONE)
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        if minute >= self.start:
            return day in self.days
        # The hours after midnight belong to the day on which the span began.
        return minute < self.end and (day - 1) % 7 in self.days


Intervals = Mapping[str, tuple[Hours, ...]]
"""Spans by the name of the interval that they make up."""


def holding(intervals: Intervals, at: float) -> frozenset[str]:
    """Return the names of the intervals in which the instant lies."""
    return frozenset(
        name for name, spans in intervals.items() if any(span.holds(at) for span in spans)
    )


def parse_days(words: Iterable[str]) -> frozenset[int]:
    """Return the numbers of days such as `sat` or `mon-fri`.

    Raises:
        ValueError: naming the word.
    """
    days: set[int] = set()
    for word in words:
        first, _, last = word.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise ValueError(f"{word!r} is not a day such as sat, or days such as mon-fri")
        begin, end = DAYS.index(first), DAYS.index(last or first)
        days.update(day % 7 for day in range(begin, end + 1 + 7 * (end < begin)))
    return frozenset(days)


def parse_minute(text: str) -> int:
    """Return the minute of the day that text such as `22:00` means; `24:00` is its end.

    Raises:
        ValueError: naming the text.
    """
    hour, colon, minute = text.partition(":")
    digits = colon and hour.isdecimal() and minute.isdecimal() and len(minute) == len("00")
    value = int(hour) * 60 + int(minute) if digits else -1
    if not digits or int(minute) > 59 or not 0 <= value <= _DAY_MINUTES:  # noqa: PLR2004 - of an hour
        raise ValueError(f"{text!r} is not a time of the day such as 22:00")
    return value
