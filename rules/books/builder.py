"""The builder: brings village_days and link_days up to what is known, and says what changed.

What is provisional is rewritten. What is final is never touched: if something else has come to be
known, a correction is appended. Doing it twice changes nothing the second time.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from rules.books.days import day_of, midnight
from rules.books.drafts import draft_days
from rules.books.queries import query
from rules.books.shelf import Shelf
from rules.books.sources import Places, load_places
from rules.books.spans import whole_seconds

FINAL_AFTER: Final = timedelta(hours=72)
"""So long after its end a day is open for late news."""
_LATE_WATCH: Final = timedelta(minutes=10)
"""So late it is known of the last minutes of a day that somebody was watching."""
_ROWS_AT_A_TIME: Final = 12_000
_LINKS_PER_VILLAGE: Final = 4
_LOCK: Final = 0x5_2E_90_4C
"""Any number, another one than the migration lock's."""

Days = tuple[date, date]


@dataclass(slots=True)
class Built:
    """What a build did.

    Attributes:
        written: rows that are new or were rewritten.
        corrected: final rows to which a correction was appended.
        finished: days that became final.
    """

    written: int = 0
    corrected: int = 0
    finished: list[date] = field(default_factory=list)


@dataclass(slots=True)
class _Work:
    """Which days of which villages to look at, and why."""

    places: Places
    wanted: dict[str, tuple[date, date, str]] = field(default_factory=dict)

    def want(self, code: str, first: date, last: date, reason: str) -> None:
        """Add days of a village; the last reason given is the one that is kept."""
        if code in self.places.topology.villages:
            known = self.wanted.get(code, (first, last, reason))
            self.wanted[code] = min(first, known[0]), max(last, known[1]), reason

    def parts(self) -> Iterator[tuple[Days, Mapping[str, str]]]:
        """Yield villages that want the same days, with reasons, a few at a time."""
        groups: dict[Days, dict[str, str]] = defaultdict(dict)
        for code, (first, last, reason) in self.wanted.items():
            groups[first, last][code] = reason
        for days, reasons in sorted(groups.items()):
            length = (days[1] - days[0]).days + 1
            size = max(1, _ROWS_AT_A_TIME // (length * _LINKS_PER_VILLAGE))
            codes = sorted(reasons)
            for at in range(0, len(codes), size):
                yield days, {code: reasons[code] for code in codes[at : at + size]}


async def build_days(
    connection: AsyncConnection, first: date, last: date, now: datetime, reason: str = "rebuilt"
) -> Built:
    """Compute days of all villages and links again, the first and the last included.

    Args:
        connection: in no transaction, one that commits by itself.
        first: the first day.
        last: the last day; one in the future is left out.
        now: what is later has not happened.
        reason: for the log of revisions.
    """
    async with _alone(connection):
        work = _Work(await load_places(connection))
        last = min(last, day_of(whole_seconds(now) - 1))
        if first <= last:
            for code in work.places.topology.villages:
                work.want(code, first, last, reason)
        return await _build(connection, work, now)


async def tick(connection: AsyncConnection, now: datetime) -> Built:
    """Compute what may have changed since the last time: what is marked, and the newest days.

    Args:
        connection: in no transaction, one that commits by itself.
        now: what is later has not happened.
    """
    async with _alone(connection):
        work = _Work(await load_places(connection))
        today = day_of(whole_seconds(now) - 1)
        marks = await _read_marks(connection, work, today)
        since = await _newest_from(connection)
        if since is not None:
            newest = min(today, day_of(whole_seconds(since)))
            for code in work.places.topology.villages:
                # A reason that says more stays.
                said = work.wanted.get(code, (newest, today, "the day went on"))[2]
                work.want(code, newest, today, said)
        built = await _build(connection, work, now)
        await connection.execute(query("forget_marks"), {"marks": marks})
        return built


async def _build(connection: AsyncConnection, work: _Work, now: datetime) -> Built:
    built = Built()
    until = whole_seconds(now)
    for days, reasons in work.parts():
        async with connection.transaction():
            drafts = await draft_days(connection, work.places, list(reasons), days, until)
            by_link = {
                link: reason
                for code, reason in reasons.items()
                for link in work.places.topology.villages[code].links
            }
            for shelf, records, why in (
                (Shelf("village"), drafts.villages, reasons),
                (Shelf("link"), drafts.links, by_link),
            ):
                written, corrected = await shelf.put(connection, records, why, now)
                built.written += written
                built.corrected += corrected
    last = day_of(whole_seconds(now - FINAL_AFTER)) - timedelta(days=1)
    cursor = await connection.execute(query("make_final"), {"last": last, "now": now})
    built.finished = [row[0] for row in await cursor.fetchall()]
    return built


async def _read_marks(connection: AsyncConnection, work: _Work, today: date) -> Sequence[int]:
    marks = []
    cursor = await connection.execute(query("marks"))
    async for mark, village, since, until, reason, everybody in cursor:
        marks.append(mark)
        first = day_of(whole_seconds(since))
        last = today if until is None else min(today, day_of(whole_seconds(until)))
        if first <= last:
            for code in work.places.topology.villages if everybody else (village,):
                work.want(code, first, last, reason)
    return marks


async def _newest_from(connection: AsyncConnection) -> datetime | None:
    """Return from when on there may be news that nothing marks; None: nobody ever watched."""
    cursor = await connection.execute(query("last_built"))
    row = await cursor.fetchone()
    built_at: datetime | None = row[0] if row else None
    watched_since: datetime | None = row[1] if row else None
    return watched_since if built_at is None else built_at - _LATE_WATCH


@asynccontextmanager
async def _alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Build while nobody else does: whoever comes second finds nothing left to do."""
    await connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        if not connection.broken:
            await connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def final_from(day: date) -> datetime:
    """Return when a day becomes final."""
    return midnight(day + timedelta(days=1)) + FINAL_AFTER
