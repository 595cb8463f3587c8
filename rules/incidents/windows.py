"""Windows of maintenance: when they are, once or again and again, and on what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from rules.incidents.recurrences import parse_recurrence
from rules.incidents.scopes import Scopes
from rules.model import Window
from runtime.database.relations import LOCAL_TIME_ZONE

_ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)
_GRACE_SECONDS: Final = 3_600.0
"""How long a window that is over is still said; the engine's own grace is five minutes."""
_MOST: Final = 10_000


class ScopeKind(StrEnum):
    """What a window can be on."""

    NODE = "node"
    LINK = "link"
    VILLAGE = "village"
    COMMUNE = "commune"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class PlannedWindow:
    """An announced window; instants are seconds since 1970.

    Attributes:
        window: its number.
        starts_at: start; of a recurring one, of the first.
        ends_at: end; of a recurring one, of the first.
        recurrence: RRULE of RFC 5545, in local time; None: it happens once.
        created_at: when it was announced.
        cancelled_at: from when on it no longer holds.
    """

    window: int
    name: str
    scope_kind: ScopeKind
    scope_code: str
    starts_at: float
    ends_at: float
    created_at: float
    created_by: str
    recurrence: str | None = None
    cancelled_at: float | None = None
    cancelled_by: str | None = None
    comment: str = ""

    def occurrences(self, since: float, until: float) -> Iterator[tuple[float, float]]:
        """Yield start and end of each time that overlaps a period, in order.

        What was cancelled does not happen; what was under way then ends then.
        """
        length = self.ends_at - self.starts_at
        for start in takewhile(lambda at: at < until, self._starts(since - length)):
            end = start + length
            if self.cancelled_at is not None:
                if start >= self.cancelled_at:
                    return
                end = min(end, self.cancelled_at)
            if end > since:
                yield start, end

    def announced(self, start: float) -> bool:
        """Whether an occurrence was announced before it began, so that books may leave it out."""
        return self.created_at <= start

    def _starts(self, since: float) -> Iterator[float]:
        if self.recurrence is None:
            return iter((self.starts_at,))
        rule = parse_recurrence(self.recurrence, self.starts_at)
        first = next(iter(rule), None)
        if first is None:
            return iter(())
        after = _local(since).replace(tzinfo=None if first.tzinfo is None else _ZONE)
        return (_seconds(start) for start in rule.xafter(after, count=_MOST, inc=True))


def next_occurrences(window: PlannedWindow, now: float, count: int) -> list[tuple[float, float]]:
    """Return start and end of the occurrences that are not over, the next ones first."""
    return list(islice(window.occurrences(now, float("inf")), count))


def window_events(
    windows: Iterable[PlannedWindow], scopes: Scopes, now: float, ahead: float
) -> list[Window]:
    """Return what the engine must be told of windows: the same call tells of their end, too.

    Each occurrence, on each object of the scope, has a name of its own; told again, it takes the
    place of what was told before.

    Args:
        windows: those that hold, and those that were cancelled lately.
        scopes: expands communes and operators.
        now: time of the events, seconds.
        ahead: how far ahead occurrences are told, seconds.
    """
    events = []
    for window in windows:
        nodes = scopes.expand(window.scope_kind, window.scope_code)
        for start, end in _told(window, now, ahead):
            events += [
                Window(now, f"{window.window}@{start:.0f}/{node}", node, start, end)
                for node in nodes
            ]
    return events


def _told(window: PlannedWindow, now: float, ahead: float) -> Iterator[tuple[float, float]]:
    since, until = now - _GRACE_SECONDS, now + ahead
    yield from window.occurrences(since, until)
    if window.cancelled_at is None:
        return
    # What was told before and will not be: an end in the past takes it back.
    for start, _ in replace(window, cancelled_at=None).occurrences(since, until):
        if start >= window.cancelled_at:
            yield start, 0.0


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at, _ZONE)


def _seconds(start: datetime) -> float:
    local = start if start.tzinfo else start.replace(tzinfo=_ZONE)
    return local.astimezone(UTC).timestamp()
