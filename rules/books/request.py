"""Requests as people write them: what is unknown is named, with what comes near it."""

import difflib
import unicodedata
from collections.abc import Mapping
from datetime import datetime

from psycopg import AsyncConnection

from rules.books.days import day_of, month_of
from rules.books.queries import query
from rules.books.report import Request
from rules.books.spans import whole_seconds
from rules.errors import UsageError

_SHOWN = 3


class UnknownPlaceError(UsageError):
    """A commune or operator is not in the inventory."""


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


async def check_places(
    connection: AsyncConnection, commune: str | None, operator: str | None
) -> None:
    """Make sure that there are such a commune and operator.

    Raises:
        UnknownPlaceError: naming what comes near.
    """
    cursor = await connection.execute(query("names"))
    known: dict[str, dict[str, str]] = {"commune": {}, "operator": {}}
    for kind, code, name in await cursor.fetchall():
        known[kind][code] = name
    for kind, code in (("commune", commune), ("operator", operator)):
        if code is not None and code not in known[kind]:
            raise UnknownPlaceError(f"--{kind} {code}: no such {kind}{_near(code, known[kind])}")


def _near(asked: str, known: Mapping[str, str]) -> str:
    by_key = {_key(name): code for code, name in known.items()}
    by_key |= {_key(code): code for code in known}
    near = difflib.get_close_matches(_key(asked), by_key, _SHOWN, cutoff=0.5)
    codes = list(dict.fromkeys(by_key[key] for key in near))
    if not codes:
        return f"; there are {len(known)}, such as {', '.join(list(known)[:_SHOWN])}" * bool(known)
    return f"; did you mean {' or '.join(f'{code} ({known[code]})' for code in codes)}?"


def _key(text: str) -> str:
    """Return text without diacritics and case: not every keyboard has them."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
