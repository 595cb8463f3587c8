"""Days: local ones, from midnight to midnight in Asia/Ho_Chi_Minh; and months of them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from rules.books.spans import Span
from runtime.database.relations import LOCAL_TIME_ZONE

LOCAL_ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)

LATE_WATCH: Final = timedelta(minutes=10)
"""So late it is known of the last minutes of a day that somebody was watching."""

_DAY: Final = timedelta(days=1)


def day_of(second: int) -> date:
    """Return the local day in which a second since 1970 lies."""
    return datetime.fromtimestamp(second, LOCAL_ZONE).date()


def midnight(day: date) -> datetime:
    """Return the instant, in UTC, at which a local day begins."""
    return datetime.combine(day, time(), LOCAL_ZONE).astimezone(UTC)


@cache
def span_of(day: date) -> Span:
    """Return a local day as a span."""
    return int(midnight(day).timestamp()), int(midnight(day + _DAY).timestamp())


def closed_at(day: date) -> datetime:
    """Return from when on all is known that is known in time of a day's last minutes."""
    return midnight(day + _DAY) + LATE_WATCH


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield the days from the first to the last, both included."""
    while first <= last:
        yield first
        first += _DAY


def month_of(text: str) -> tuple[date, date]:
    """Return the first and the last day of a month such as `2026-03`.

    Raises:
        ValueError: naming the text.
    """
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise ValueError(f"{text!r} is not a month such as 2026-03") from None
    return first, (first + timedelta(days=31)).replace(day=1) - _DAY
