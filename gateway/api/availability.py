"""Availability: the books of a month, by village, link, commune, operator or cause."""

from typing import Final

from aiohttp import web
from psycopg import AsyncConnection

from gateway.api.known import check_known
from gateway.api.models.availability import (
    AvailabilityQuestion,
    AvailabilityReport,
    Books,
    BookView,
    CauseView,
    LineView,
    MajorDay,
    MinutesRange,
    ShareRange,
)
from gateway.api.operation import Asked, Form, Operation
from gateway.api.parameters import wrong
from gateway.api.queries import reading
from gateway.api.sheets import sheet_of_text
from gateway.problems.problem import NOT_FOUND, Problem
from rules.books.causes import Cause
from rules.books.days import day_of, month_of
from rules.books.figures import Book, BookFigures, Estimate
from rules.books.report import Line, NoBooksError, Report, Request, load_report
from rules.books.sheet import sheet

_SHARE_DIGITS: Final = 8
_MINUTE_DIGITS: Final = 4


async def _availability(
    asked: Asked[AvailabilityQuestion, None],
) -> AvailabilityReport | web.Response:
    request = _request(asked)
    async with reading(asked.pool) as connection:
        report = await _load(connection, asked, request)
    if asked.form is Form.CSV:
        return sheet_of_text(f"availability-{asked.query.month}", sheet(report))
    return _view(report)


def _request(asked: Asked[AvailabilityQuestion, None]) -> Request:
    query = asked.query
    first, last = month_of(query.month)
    if first > day_of(int(asked.now.timestamp())):
        raise wrong("query", "month", "it has not begun", query.month)
    return Request(first, last, str(query.by), _commune(asked), query.operator)


def _commune(asked: Asked[AvailabilityQuestion, None]) -> str | None:
    """Return the only commune that counts; an official of one commune need not name it."""
    scope = asked.scope
    if asked.query.commune is not None or scope is None:
        return asked.query.commune
    if len(scope) != 1:
        raise wrong("query", "commune", f"name one of yours: {', '.join(scope)}", None)
    return scope[0]


async def _load(
    connection: AsyncConnection, asked: Asked[AvailabilityQuestion, None], request: Request
) -> Report:
    await check_known(connection, asked, "commune", request.commune)
    await check_known(connection, asked, "operator", request.operator)
    try:
        return await load_report(connection, request, asked.now)
    except NoBooksError:
        raise Problem(
            NOT_FOUND, f"month {asked.query.month}: nothing is kept of it for what was asked"
        ) from None


def _view(report: Report) -> AvailabilityReport:
    request = report.request
    return AvailabilityReport(
        subject=report.subject,
        first_day=request.first,
        last_day=request.last,
        by=request.by,
        asked_days=report.asked,
        kept_days=len(report.kept),
        provisional_days=len(report.provisional),
        made_at=report.made_at,
        total=_line(report.total),
        lines=[_line(line) for line in report.rows],
        causes=[_cause(report.total, cause) for cause in Cause],
        major_days=[
            MajorDay(day=day, b_saidi_minutes=round(minutes, _MINUTE_DIGITS))
            for day, minutes in sorted(report.major.days.items())
        ],
    )


def _line(line: Line) -> LineView:
    figures = line.figures
    return LineView(
        code=line.code,
        name=line.name,
        places=line.places,
        households=round(figures.households, 3),
        observed_share=round(figures.observed, _SHARE_DIGITS),
        degraded_minutes=round(figures.degraded, _MINUTE_DIGITS),
        provisional=bool(line.sums.provisional),
        corrected_rows=line.sums.corrected,
        books=Books(**{str(book): _book(figures.books.get(book)) for book in Book}),
    )


def _book(book: BookFigures | None) -> BookView | None:
    if book is None:
        return None
    return BookView(
        availability=_shares(book.availability),
        b_saidi_minutes=MinutesRange(
            least=round(book.saidi.least, _MINUTE_DIGITS),
            most=round(book.saidi.most, _MINUTE_DIGITS),
        ),
        b_saifi=round(book.saifi, 6),
        b_caidi_minutes=None if book.caidi is None else round(book.caidi, _MINUTE_DIGITS),
        b_maifi=round(book.maifi, 6),
        asai=_shares(book.asai),
    )


def _shares(estimate: Estimate) -> ShareRange:
    return ShareRange(
        least=round(estimate.least, _SHARE_DIGITS), most=round(estimate.most, _SHARE_DIGITS)
    )


def _cause(total: Line, cause: Cause) -> CauseView:
    seconds, households = total.sums.causes[cause], total.figures.households or 1
    return CauseView(
        cause=cause.value,
        household_minutes=round(seconds / 60, 1),
        b_saidi_minutes=round(seconds / 60 / households, _MINUTE_DIGITS),
        share=round(seconds / total.sums.down, 6) if total.sums.down else None,
    )


OPERATIONS: Final = (
    Operation(
        name="getAvailability",
        method="GET",
        path="/api/v1/availability",
        tag="availability",
        summary="The books of a month: who was without service, for how long, and why",
        description="Figures are defined in docs/operations/books.md. The CSV is that of"
        " `python -m rules report --format csv`.",
        query=AvailabilityQuestion,
        answer=AvailabilityReport,
        sheet=True,
        problems=(NOT_FOUND,),
        run=_availability,
    ),
)
"""What can be asked of the books."""
