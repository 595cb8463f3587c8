"""The accounts: every record that was committed is found, and found once.

Ingest adds each batch to `ingest_minutes` in the batch's own transaction: what it decoded, and
what the database said became of it. The check compares the two, and counts the tables
themselves, minute by minute of arrival.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from psycopg import AsyncConnection
from psycopg.rows import class_row

from ingest.instants import ClockLimits
from ingest.queries import query

_WINDOW: Final = timedelta(hours=1)
"""Of arrival, counted at a time: a million rows of a large province, so that no statement comes
near the time that a login is given for one."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What the accounts say of a stretch of time, in records (`messages` in messages)."""

    minutes: int
    messages: int
    received: int
    stored: int
    duplicate: int
    rejected: int

    @property
    def balanced(self) -> bool:
        """Whether everything received is stored, duplicate or rejected."""
        return self.received == self.stored + self.duplicate + self.rejected


@dataclass(frozen=True, slots=True)
class Difference:
    """A minute of arrival whose rows do not match its account."""

    minute: datetime
    accounted: int
    counted: int


@dataclass(frozen=True, slots=True)
class Letters:
    """Dead letters of a stretch of time, as accounted and as kept, in occurrences.

    Attributes:
        accounted: rejections in the accounts.
        at_least: occurrences of the letters that came first in this time.
        at_most: occurrences of all letters that came in this time, with what some of them
            had counted before it.
    """

    accounted: int
    at_least: int
    at_most: int

    @property
    def balanced(self) -> bool:
        """Whether what is kept can be what was accounted."""
        return self.at_least <= self.accounted <= self.at_most


async def totals(connection: AsyncConnection, since: datetime) -> Totals:
    """Return the accounts of the minutes from `since` on."""
    async with connection.cursor(row_factory=class_row(Totals)) as cursor:
        await cursor.execute(query("account_totals"), {"since": since})
        row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - an aggregate without GROUP BY always has its row
    return row


async def differences(
    connection: AsyncConnection, since: datetime, until: datetime, clock: ClockLimits
) -> list[Difference]:
    """Return the minutes from `since` to `until` in which rows and accounts do not match.

    Call it in a repeatable-read transaction, so that both are of one instant.

    Args:
        connection: the database.
        since: the first minute of arrival.
        until: the end, excluded.
        clock: the limits under which rows were accepted: none is further from its arrival.
    """
    found: list[Difference] = []
    async with connection.cursor(row_factory=class_row(Difference)) as cursor:
        while since < until:
            end = min(since + _WINDOW, until)
            window = {
                "since": since,
                "until": end,
                "earliest": since - clock.maximum_age - timedelta(seconds=1),
                "latest": end + clock.maximum_ahead,
            }
            await cursor.execute(query("account_differences"), window)
            found += await cursor.fetchall()
            since = end
    return found


async def letters(connection: AsyncConnection, since: datetime) -> Letters:
    """Return the dead letters of the minutes from `since` on."""
    async with connection.cursor(row_factory=class_row(Letters)) as cursor:
        await cursor.execute(query("account_letters"), {"since": since})
        row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM always has its row
    return row
