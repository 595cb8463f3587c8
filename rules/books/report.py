"""Reports: what the books say of a span of days, read from the database and added up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from psycopg import AsyncConnection

from rules.books.causes import Cause
from rules.books.days import day_of
from rules.books.figures import Book, Counted, Figures, Sums, figures_of
from rules.books.major import HISTORY_YEARS, major_days, threshold
from rules.books.queries import query
from rules.books.spans import whole_seconds
from rules.errors import UsageError
from rules.store.places import load_names

GROUPS: Final = ("village", "link", "commune", "operator", "province", "cause")
"""What a report can be made by."""

_LINK_GROUPS: Final = frozenset({"link", "operator"})
_EVERYTHING: Final = "everything"
_DAY_SECONDS: Final = 86_400


class NoBooksError(UsageError):
    """Nothing is kept of the days that were asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for.

    Attributes:
        first: the first day.
        last: the last day.
        by: one of `GROUPS`.
        commune: code of the only commune that counts.
        operator: code of the only operator that counts; then links count, not villages.
    """

    first: date
    last: date
    by: str = "commune"
    commune: str | None = None
    operator: str | None = None

    @property
    def of_links(self) -> bool:
        """Whether figures are made from the books of links."""
        return self.operator is not None or self.by in _LINK_GROUPS

    @property
    def values(self) -> dict[str, Any]:
        """The values of the queries."""
        return {
            "first": self.first,
            "last": self.last,
            "by": self.by,
            "commune": self.commune,
            "operator": self.operator,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report.

    Attributes:
        code: of the village, link, commune, operator or province.
        places: villages that were counted, or links.
    """

    code: str
    name: str
    places: int
    sums: Sums
    figures: Figures


@dataclass(frozen=True, slots=True)
class MajorEvents:
    """Major event days of a report.

    Attributes:
        history: days with outages from which the threshold was made, or would have been.
        limit: the threshold, minutes of B-SAIDI a day; None: too little history.
        days: B-SAIDI of the days above it.
    """

    history: int
    limit: float | None
    days: Mapping[date, float]


@dataclass(frozen=True, slots=True)
class Report:
    """What the books say.

    Attributes:
        subject: what it is about, by name: the province, the commune, the operator.
        rows: one of each village, commune and so on; those that lost most come first.
        total: of all that was asked for.
        asked: days that were asked for and have begun.
        kept: those of them that have books.
        provisional: those of them of which something may still be rewritten.
        major: days that are reported apart, and counted all the same.
        made_at: when the report was made.
    """

    request: Request
    subject: str
    rows: Sequence[Line]
    total: Line
    asked: int
    kept: Sequence[date]
    provisional: Sequence[date]
    major: MajorEvents
    made_at: datetime


async def load_report(connection: AsyncConnection, request: Request, now: datetime) -> Report:
    """Read and add up what is asked for.

    Raises:
        NoBooksError: nothing is kept of these days.
    """
    last = min(request.last, day_of(whole_seconds(now)))
    asked = (last - request.first).days + 1
    cursor = await connection.execute(query("kept_days"), request.values)
    kept: dict[date, int] = dict(await cursor.fetchall())
    lines = await _lines(connection, request, asked)
    together = await _lines(connection, replace(request, by=_EVERYTHING), asked)
    if not together:
        raise NoBooksError(await _nothing(connection, request))
    return Report(
        request,
        await _subject(connection, request, together[0]),
        []
        if request.by == "cause"
        else sorted(lines, key=lambda line: (-line.sums.down, line.code)),
        together[0],
        asked,
        list(kept),
        [day for day, provisional in kept.items() if provisional],
        await _major(connection, request),
        now,
    )


async def _subject(connection: AsyncConnection, request: Request, total: Line) -> str:
    asked = (("commune", request.commune), ("operator", request.operator))
    known = await load_names(connection)
    names = [known[kind][code] for kind, code in asked if code and code in known[kind]]
    return ", ".join([total.name, *names])


async def _lines(connection: AsyncConnection, request: Request, asked: int) -> list[Line]:
    name = "link_sums" if request.of_links else "village_sums"
    cursor = await connection.execute(query(name), request.values)
    lines = []
    async for code, called, places, *sums in cursor:
        counted = _sums(sums, asked)
        lines.append(Line(code, called, places, counted, figures_of(counted)))
    return lines


def _sums(row: Sequence[int], asked: int) -> Sums:
    days, household_days, elapsed, degraded, down, unknown, *rest = row
    causes = dict(zip(_CAUSES, rest[:8], strict=True))
    counts = [Counted(*rest[at : at + 2]) for at in (8, 10, 12)]
    # Of a day without books nothing is known; as many lived there as on the others.
    absent = round(household_days / days * (asked - days))
    return Sums(
        days=asked,
        household_days=household_days + absent,
        elapsed=elapsed + absent * _DAY_SECONDS,
        degraded=degraded,
        down=down,
        unknown=unknown + absent * _DAY_SECONDS,
        causes=causes,
        outages=dict(zip(Book, counts, strict=True)),
        provisional=rest[14],
        corrected=rest[15],
    )


_CAUSES: Final = tuple(Cause)
"""In the order of the columns, with which `rules.books.records` agrees."""


async def _major(connection: AsyncConnection, request: Request) -> MajorEvents:
    begins = request.first.replace(year=request.first.year - HISTORY_YEARS, day=1)
    name = "daily_links" if request.of_links else "daily_villages"
    cursor = await connection.execute(query(name), request.values | {"first": begins})
    saidi = {day: float(minutes or 0) for day, minutes in await cursor.fetchall()}
    history = [minutes for day, minutes in saidi.items() if day < request.first]
    limit = threshold(history)
    with_outages = sum(minutes > 0 for minutes in history)
    if limit is None:
        return MajorEvents(with_outages, None, {})
    return MajorEvents(with_outages, limit, major_days(saidi, request.first, limit))


async def _nothing(connection: AsyncConnection, request: Request) -> str:
    cursor = await connection.execute(query("first_day"))
    row = await cursor.fetchone()
    begin = row[0] if row else None
    if begin is None:
        return "there are no books yet: --rebuild makes them from the spells that are stored"
    if begin > request.last:
        return (
            f"nothing is kept of {request.first} to {request.last}: the books begin on {begin};"
            " --rebuild makes earlier days from the spells that are stored"
        )
    return f"nothing is kept of {request.first} to {request.last} for what was asked"
