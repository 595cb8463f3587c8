"""Windows in the database: announced and cancelled by people, loaded by the rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row

from rules.incidents.entries import Deed
from rules.incidents.recurrences import parse_recurrence
from rules.incidents.windows import PlannedWindow, ScopeKind
from rules.store.deeds import LATELY, Cancelling, cancel, number_of, record_deed
from rules.store.errors import TimeError, UnknownScopeError, UnknownWindowError
from rules.store.instants import seconds, seconds_or_none

_PLACES: Final = {
    ScopeKind.NODE: ("nodes", "node_code"),
    ScopeKind.LINK: ("links", "link_code"),
    ScopeKind.VILLAGE: ("villages", "village_code"),
    ScopeKind.COMMUNE: ("communes", "commune_code"),
    ScopeKind.OPERATOR: ("operators", "operator_code"),
}
_ADD_WINDOW: Final[LiteralString] = """
    INSERT INTO maintenance_windows (
        name, scope_kind, scope_code, starts_at, ends_at, recurrence, created_at, created_by,
        comment)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING window_id
"""
_WINDOWS: Final[LiteralString] = """
    SELECT * FROM maintenance_windows
    WHERE (cancelled_at IS NULL OR cancelled_at > %(since)s)
        AND (recurrence IS NOT NULL OR ends_at > %(since)s)
    ORDER BY starts_at, window_id
"""


_CANCEL: Final = Cancelling(
    Deed.WINDOW_CANCELLED,
    """
    SELECT 'window ' || window_id, cancelled_by, recurrence IS NULL AND ends_at <= %s
    FROM maintenance_windows WHERE window_id = %s FOR UPDATE
    """,
    "UPDATE maintenance_windows SET cancelled_at = %s, cancelled_by = %s WHERE window_id = %s",
)


@dataclass(frozen=True, slots=True)
class NewWindow:
    """Work to announce.

    Attributes:
        scope_kind: kind of what is worked on.
        scope_code: its code.
        starts_at: start; of a recurring one, of the first.
        ends_at: end; of a recurring one, of the first.
        name: for people; the code by default.
        recurrence: RRULE in local time; None: it happens once.
        comment: what is done.
    """

    scope_kind: ScopeKind
    scope_code: str
    starts_at: datetime
    ends_at: datetime
    name: str = ""
    recurrence: str | None = None
    comment: str = ""


async def add_window(
    connection: AsyncConnection, new: NewWindow, *, actor: str, now: datetime
) -> int:
    """Announce work on something; return the window's number.

    Args:
        connection: in no transaction.
        new: what is announced.
        actor: who announces it.
        now: when; the books leave out no time that began before.

    Raises:
        UnknownScopeError: there is no such thing.
        TimeError: it ends before it begins, or is over already.
        RecurrenceError: the rule cannot be used.
    """
    kind, code = new.scope_kind, new.scope_code
    _check_times(new, now)
    async with connection.transaction():
        if kind not in await find_scope(connection, code):
            raise UnknownScopeError(f"window: there is no {kind} {code} in the inventory")
        window = await number_of(
            connection,
            _ADD_WINDOW,
            [
                new.name or code,
                kind,
                code,
                new.starts_at,
                new.ends_at,
                new.recurrence,
                now,
                actor,
                new.comment,
            ],
        )
        await record_deed(
            connection,
            Deed.WINDOW_ADDED,
            f"window {window}",
            actor=actor,
            now=now,
            reason=new.comment,
            detail={
                "scope": f"{kind} {code}",
                "starts_at": new.starts_at.isoformat(),
                "ends_at": new.ends_at.isoformat(),
                "recurrence": new.recurrence,
            },
        )
    return window


def _check_times(new: NewWindow, now: datetime) -> None:
    if new.ends_at <= new.starts_at:
        raise TimeError(f"window on {new.scope_code}: it ends before it begins")
    if new.recurrence is not None:
        parse_recurrence(new.recurrence, seconds(new.starts_at))
    elif new.ends_at <= now:
        raise TimeError(f"window on {new.scope_code}: it is over already, and changes nothing")


async def cancel_window(
    connection: AsyncConnection, window: int, *, actor: str, now: datetime, comment: str = ""
) -> None:
    """Cancel a window: what of it lies ahead does not happen.

    Raises:
        UnknownWindowError: there is none of that number.
        CancelledError: it was cancelled already, or is over.
    """
    unknown = UnknownWindowError(f"window {window}: there is none of that number")
    await cancel(connection, _CANCEL, window, unknown, actor=actor, now=now, comment=comment)


async def load_windows(connection: AsyncConnection, now: datetime) -> list[PlannedWindow]:
    """Return windows that hold, lie ahead, or ended lately, by start."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_WINDOWS, {"since": now - LATELY})
        rows = await cursor.fetchall()
    return [
        PlannedWindow(
            window=row["window_id"],
            name=row["name"],
            scope_kind=ScopeKind(row["scope_kind"]),
            scope_code=row["scope_code"],
            starts_at=seconds(row["starts_at"]),
            ends_at=seconds(row["ends_at"]),
            created_at=seconds(row["created_at"]),
            created_by=row["created_by"],
            recurrence=row["recurrence"],
            cancelled_at=seconds_or_none(row["cancelled_at"]),
            cancelled_by=row["cancelled_by"],
            comment=row["comment"],
        )
        for row in rows
    ]


async def find_scope(connection: AsyncConnection, code: str) -> tuple[ScopeKind, ...]:
    """Return the kinds of things that have a code in the present inventory."""
    found = []
    for kind, (table, column) in _PLACES.items():
        cursor = await connection.execute(
            sql.SQL("SELECT FROM {} WHERE {} = %s AND retired_at IS NULL").format(
                sql.Identifier(table), sql.Identifier(column)
            ),
            [code],
        )
        if await cursor.fetchone() is not None:
            found.append(kind)
    return tuple(found)
