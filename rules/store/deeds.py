"""Deeds of people: each writes its entry and is announced, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection

from rules.incidents.entries import Deed, TimelineEntry
from rules.store.entries import store_entries
from rules.store.errors import CancelledError
from rules.store.instants import seconds
from runtime.database.relations import RULES_CHANNEL

LATELY: Final = timedelta(days=2)
"""What ended or was cancelled since is still loaded: somebody may have to be told of its end."""


async def record_deed(
    connection: AsyncConnection,
    deed: Deed,
    subject: str,
    *,
    actor: str,
    now: datetime,
    incident: str | None = None,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write the entry of a deed and announce it on `srepok_rules`, in the caller's transaction.

    Args:
        connection: in a transaction.
        deed: what was done.
        subject: to what: an incident's name; kind and number of a window or mute.
        actor: who did it.
        now: when.
        incident: to whose timeline it belongs.
        reason: in the person's words.
        detail: what else belongs to it.
    """
    entry = TimelineEntry(
        key=f"{subject}:{deed}:{now.isoformat()}:{actor}",
        incident=incident,
        at=seconds(now),
        kind=deed,
        actor=actor,
        reason=reason,
        detail=detail or {},
    )
    await store_entries(connection, [entry])
    await connection.execute("SELECT pg_notify(%s, %s)", [RULES_CHANNEL, f"{deed} {subject}"])


async def number_of(
    connection: AsyncConnection, statement: LiteralString, values: Sequence[object]
) -> int:
    """Run an INSERT ... RETURNING of one row; return its number."""
    row = await (await connection.execute(statement, values)).fetchone()
    assert row is not None  # noqa: S101 - INSERT ... RETURNING of one row has one row
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Cancelling:
    """How something that people made is cancelled.

    Attributes:
        deed: that this is.
        look: statement of the time and the number; locks the row, and returns what it is called,
            who has cancelled it, and whether it is over.
        cancel: statement of the time, the actor and the number.
    """

    deed: Deed
    look: LiteralString
    cancel: LiteralString


async def cancel(
    connection: AsyncConnection,
    how: Cancelling,
    number: int,
    unknown: Exception,
    *,
    actor: str,
    now: datetime,
    comment: str,
) -> None:
    """Cancel something that people made.

    Args:
        connection: in no transaction.
        how: it is cancelled.
        number: of it.
        unknown: what is raised where there is none of that number.
        actor: who cancels it.
        now: when.
        comment: why.

    Raises:
        CancelledError: it was cancelled, or is over.
    """
    async with connection.transaction():
        row = await (await connection.execute(how.look, [now, number])).fetchone()
        if row is None:
            raise unknown
        name, cancelled_by, over = row
        if cancelled_by is not None:
            raise CancelledError(f"{name}: {cancelled_by} has cancelled it")
        if over:
            raise CancelledError(f"{name}: it is over")
        await connection.execute(how.cancel, [now, actor, number])
        await record_deed(connection, how.deed, name, actor=actor, now=now, reason=comment)
