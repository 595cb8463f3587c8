"""Requests for a report as people write them."""

from datetime import datetime

from rules.books.days import day_of, month_of
from rules.books.report import Request
from rules.books.spans import whole_seconds
from rules.errors import UsageError


class MonthError(UsageError):
    """A month cannot be reported on."""


def request_of(
    month: str, by: str, commune: str | None, operator: str | None, now: datetime
) -> Request:
    """Return the request for a month.

    Raises:
        MonthError: it is none, or has not begun.
    """
    try:
        first, last = month_of(month)
    except ValueError as error:
        raise MonthError(f"--month: {error}") from None
    today = day_of(whole_seconds(now))
    if first > today:
        raise MonthError(f"--month {month}: has not begun; today is {today}")
    return Request(first, last, by, commune, operator)
