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
from psycopg.rows import TupleRow

from rules.books.days import LATE_WATCH, day_of
from rules.books.drafts import WIDE_CONTEXT, draft_days
from rules.books.queries import query
from rules.books.shelf import Shelf
from rules.books.sources import Places, load_places
from rules.books.spans import whole_seconds

FINAL_AFTER: Final = timedelta(hours=72)
"""So long after its end a day is open for late news."""
EVERYBODY_EVERY: Final = timedelta(hours=1)
"""How often the day under way goes on for those of whom there is no news."""
_ROWS_AT_A_TIME: Final = 12_000
_FEW_ROWS_AT_A_TIME: Final = 1_500
"""Beside other work in the same process."""
_LINKS_PER_VILLAGE: Final = 4
_LOCK: Final = 0x5_2E_90_4C
"""Any number, another one than the migration lock's."""

_DAY: Final = timedelta(days=1)

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
    """Which days of which villages to look at, and why.

    Attributes:
        earliest: the first day of which nothing has been removed as too old; what is older stays
            as it is kept, because computing it again would make it unknown.
    """

    places: Places
    earliest: date
    wanted: dict[str, tuple[date, date, str]] = field(default_factory=dict)

    def want(self, code: str, first: date, last: date, reason: str) -> None:
        """Add days of a village; the last reason given is the one that is kept."""
        first = max(first, self.earliest)
        if code in self.places.topology.villages and first <= last:
            known = self.wanted.get(code, (first, last, reason))
            self.wanted[code] = min(first, known[0]), max(last, known[1]), reason

    def parts(self, rows: int) -> Iterator[tuple[Days, Mapping[str, str]]]:
        """Yield villages that want the same days, with reasons; about so many rows at a time."""
        groups: dict[Days, dict[str, str]] = defaultdict(dict)
        for code, (first, last, reason) in self.wanted.items():
            groups[first, last][code] = reason
        for days, reasons in sorted(groups.items()):
            length = (days[1] - days[0]).days + 1
            size = max(1, rows // (length * _LINKS_PER_VILLAGE))
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
        work = _Work(await load_places(connection), await _earliest(connection, now))
        last = min(last, day_of(whole_seconds(now) - 1))
        for code in work.places.topology.villages:
            work.want(code, first, last, reason)
        return await _build(connection, work, now, _ROWS_AT_A_TIME)


async def tick(connection: AsyncConnection, now: datetime) -> Built:
    """Compute what may have changed since the last time: what is marked; each hour, the day itself.

    Args:
        connection: in no transaction, one that commits by itself.
        now: what is later has not happened.
    """
    async with _alone(connection):
        today = day_of(whole_seconds(now) - 1)
        marks = await (await connection.execute(query("marks"))).fetchall()
        newest = await _due_from(connection, now)
        if not marks and newest is None:
            return Built(finished=await _make_final(connection, now))
        work = _Work(await load_places(connection), await _earliest(connection, now))
        _want_marked(work, marks, today)
        if newest is not None:
            for code in work.places.topology.villages:
                # A reason that says more stays.
                said = work.wanted.get(code, (newest, today, "the day went on"))[2]
                work.want(code, newest, today, said)
        built = await _build(connection, work, now, _FEW_ROWS_AT_A_TIME)
        await connection.execute(query("forget_marks"), {"marks": [mark for mark, *_ in marks]})
        return built


async def _build(connection: AsyncConnection, work: _Work, now: datetime, rows: int) -> Built:
    built = Built()
    until = whole_seconds(now)
    for days, reasons in work.parts(rows):
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
    built.finished = await _make_final(connection, now)
    return built


async def _make_final(connection: AsyncConnection, now: datetime) -> list[date]:
    last = day_of(whole_seconds(now - FINAL_AFTER)) - _DAY
    cursor = await connection.execute(query("make_final"), {"last": last, "now": now})
    return [day for (day,) in await cursor.fetchall()]


def _want_marked(work: _Work, marks: Sequence[TupleRow], today: date) -> None:
    for _mark, village, since, until, reason, everybody in marks:
        first = day_of(whole_seconds(since))
        last = today if until is None else min(today, day_of(whole_seconds(until)))
        for code in work.places.topology.villages if everybody else (village,):
            work.want(code, first, last, reason)


async def _due_from(connection: AsyncConnection, now: datetime) -> date | None:
    """Return the day from which on everybody's days have to go on; None: they need not yet."""
    cursor = await connection.execute(query("last_built"), {"late": LATE_WATCH})
    row = await cursor.fetchone()
    unfinished, built_at, newest, watched_since = row or (None, None, None, None)
    due: date | None = None
    if unfinished is not None:
        due = unfinished if now - built_at >= EVERYBODY_EVERY else None
    elif newest is not None:
        due = newest + _DAY
    elif watched_since is not None:
        due = day_of(whole_seconds(watched_since))
    return due


async def _earliest(connection: AsyncConnection, now: datetime) -> date:
    cursor = await connection.execute(query("horizon"))
    row = await cursor.fetchone()
    kept: timedelta | None = row[0] if row else None
    return date.min if kept is None else day_of(whole_seconds(now - kept + WIDE_CONTEXT)) + _DAY


@asynccontextmanager
async def _alone(connection: AsyncConnection) -> AsyncIterator[None]:
    """Build while nobody else does: whoever comes second finds nothing left to do."""
    await connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        if not connection.broken:
            await connection.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
