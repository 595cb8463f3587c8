"""Agreed maintenance: the windows that the books leave out, for what they were announced before.

Neither announcing a window after it began nor cancelling it afterwards changes what is past.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dateutil.rrule import rrulestr

from rules.books.days import LOCAL_ZONE
from rules.books.spans import Span, merge, whole_seconds

Scope = tuple[str, str]
"""Kind and code of what a window is about: node, link, village, commune or operator."""


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """Announced work, as it is stored.

    Attributes:
        name: for messages.
        starts_at: of the first occurrence.
        ends_at: of the first occurrence.
        recurrence: an RFC 5545 RRULE in local time; None: it happens once.
        created_at: when it was announced.
        cancelled_at: from when on it no longer holds.
    """

    name: str
    scope: Scope
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    recurrence: str | None = None
    cancelled_at: datetime | None = None


def occurrences(window: MaintenanceWindow, span: Span) -> list[Span]:
    """Return when a window held within a span: its occurrences that were announced in time.

    Raises:
        ValueError: its recurrence cannot be read; naming the window.
    """
    first, last = span
    cancelled = last if window.cancelled_at is None else whole_seconds(window.cancelled_at)
    found = []
    for starts_at in _starts(window, first, last):
        if starts_at < window.created_at:
            continue
        start = whole_seconds(starts_at)
        end = start + whole_seconds(window.ends_at) - whole_seconds(window.starts_at)
        found.append((max(start, first), min(end, last, cancelled)))
    return merge(found)


def by_scope(windows: Iterable[MaintenanceWindow], span: Span) -> Mapping[Scope, list[Span]]:
    """Return when each scope was in agreed maintenance.

    Raises:
        ValueError: as in `occurrences`.
    """
    spans: dict[Scope, list[Span]] = {}
    for window in windows:
        spans.setdefault(window.scope, []).extend(occurrences(window, span))
    return {scope: merge(each) for scope, each in spans.items()}


def _starts(window: MaintenanceWindow, first: int, last: int) -> Iterable[datetime]:
    if window.recurrence is None:
        return [window.starts_at]
    # Every Tuesday at two is at two by the clock on the wall.
    begins = window.starts_at.astimezone(LOCAL_ZONE).replace(tzinfo=None)
    try:
        rule = rrulestr(window.recurrence, dtstart=begins)
        after, before = (
            datetime.fromtimestamp(second, LOCAL_ZONE).replace(tzinfo=None)
            for second in (first, last)
        )
        local = rule.between(after - (window.ends_at - window.starts_at), before, inc=True)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"window {window.name!r}: recurrence {window.recurrence!r}: {error}"
        ) from None
    return [each.replace(tzinfo=LOCAL_ZONE).astimezone(UTC) for each in local]
