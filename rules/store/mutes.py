"""Mutes in the database: made and cancelled by people, loaded by the rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from rules.incidents.entries import Deed
from rules.incidents.mutes import Matcher, MatcherError, Mute, MuteKind, Operator
from rules.store.deeds import LATELY, Cancelling, cancel, number_of, record_deed
from rules.store.errors import TimeError, UnknownMuteError
from rules.store.instants import seconds, seconds_or_none

_ADD_MUTE: Final[LiteralString] = """
    INSERT INTO mutes (kind, matchers, starts_at, ends_at, created_at, created_by, comment)
    VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING mute_id
"""
_MUTES: Final[LiteralString] = """
    SELECT * FROM mutes WHERE least(ends_at, cancelled_at) > %(since)s ORDER BY starts_at, mute_id
"""


_CANCEL: Final = Cancelling(
    Deed.MUTE_CANCELLED,
    """
    SELECT kind || ' ' || mute_id, cancelled_by, ends_at <= %s
    FROM mutes WHERE mute_id = %s FOR UPDATE
    """,
    "UPDATE mutes SET cancelled_at = %s, cancelled_by = %s WHERE mute_id = %s",
)


@dataclass(frozen=True, slots=True)
class NewMute:
    """A silence or shelf to make.

    Attributes:
        matchers: all of them must hold.
        comment: why.
    """

    kind: MuteKind
    matchers: tuple[Matcher, ...]
    starts_at: datetime
    ends_at: datetime
    comment: str


async def add_mute(connection: AsyncConnection, new: NewMute, *, actor: str, now: datetime) -> int:
    """Have nobody told of what matches, for a time; return the mute's number.

    Raises:
        MatcherError: there is no matcher: it would hold everything.
        TimeError: it ends before it begins, or is over already.
    """
    if not new.matchers:
        raise MatcherError(f"{new.kind}: it needs a matcher, or it would hold everything")
    if new.ends_at <= max(new.starts_at, now):
        raise TimeError(f"{new.kind}: it ends before it begins, or is over already")
    rows = [
        {"name": each.name, "operator": each.operator, "value": each.value} for each in new.matchers
    ]
    values = [new.kind, Jsonb(rows), new.starts_at, new.ends_at, now, actor, new.comment]
    async with connection.transaction():
        mute = await number_of(connection, _ADD_MUTE, values)
        await record_deed(
            connection,
            Deed.MUTE_ADDED,
            f"{new.kind} {mute}",
            actor=actor,
            now=now,
            reason=new.comment,
            detail={
                "matchers": [str(each) for each in new.matchers],
                "starts_at": new.starts_at.isoformat(),
                "ends_at": new.ends_at.isoformat(),
            },
        )
    return mute


async def cancel_mute(
    connection: AsyncConnection, mute: int, *, actor: str, now: datetime, comment: str = ""
) -> None:
    """End a silence or shelf before its time.

    Raises:
        UnknownMuteError: there is none of that number.
        CancelledError: it was cancelled already, or is over.
    """
    unknown = UnknownMuteError(f"mute {mute}: there is none of that number")
    await cancel(connection, _CANCEL, mute, unknown, actor=actor, now=now, comment=comment)


async def load_mutes(connection: AsyncConnection, now: datetime) -> list[Mute]:
    """Return mutes that are on, lie ahead, or ended lately, by start."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_MUTES, {"since": now - LATELY})
        rows = await cursor.fetchall()
    return [
        Mute(
            mute=row["mute_id"],
            kind=MuteKind(row["kind"]),
            matchers=tuple(
                Matcher(each["name"], Operator(each["operator"]), each["value"])
                for each in row["matchers"]
            ),
            starts_at=seconds(row["starts_at"]),
            ends_at=seconds(row["ends_at"]),
            created_at=seconds(row["created_at"]),
            created_by=row["created_by"],
            comment=row["comment"],
            cancelled_at=seconds_or_none(row["cancelled_at"]),
            cancelled_by=row["cancelled_by"],
        )
        for row in rows
    ]
