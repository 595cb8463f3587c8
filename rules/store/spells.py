"""Spells in the database: what was said of villages and links, as states that lasted.

A decision holds from its `since` on, whatever was said of that time before, and the later decision
wins. So spells of one place grow in both times together: what is overruled is overruled for ever,
and the rows are the same in whatever order decisions are written, and however often.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection, sql

from rules.store.queries import query
from runtime.database.relations import (
    LINK_SPELLS,
    LINKS,
    SPELLS_CHANNEL,
    VILLAGE_SPELLS,
    VILLAGES,
)

EVERYTHING: Final = "*"


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of one place, or of everything.

    Attributes:
        code: of the village or link; `*` for all of them.
        since: from when on it holds.
        decided_at: when it was decided.
        step: order among what was decided at that instant.
        incident: that is the cause.
    """

    code: str
    since: datetime
    decided_at: datetime
    step: int
    state: str
    reason: str
    incident: str | None


@dataclass(frozen=True, slots=True)
class SpellTable:
    """Where spells of one kind of place are kept, and where the places are listed."""

    spells: str
    places: str
    code: str


VILLAGE: Final = SpellTable(VILLAGE_SPELLS, VILLAGES, "village_code")
LINK: Final = SpellTable(LINK_SPELLS, LINKS, "link_code")


async def store_spells(
    connection: AsyncConnection, table: SpellTable, decisions: Sequence[Decision]
) -> None:
    """Write decisions as spells, in the transaction of the caller.

    What changed is announced on the channel `srepok_spells`.
    """
    if not decisions:
        return
    await connection.execute(query("lock_spells"))
    decisions = standing(await _expanded(connection, table, decisions))
    cursor = await connection.execute(_for(table, query("visible_spells")), _columns(decisions))
    visible = sorted(position for (position,) in await cursor.fetchall())
    if not visible:
        return
    columns = _columns([decisions[position - 1] for position in visible])
    for name in ("forget_spells", "end_spells", "store_spells"):
        await connection.execute(_for(table, query(name)), columns)
    await connection.execute("SELECT pg_notify(%s, %s)", [SPELLS_CHANNEL, table.spells])


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions that are not overruled by others of them, by place and time."""
    stairs: dict[str, list[Decision]] = {}
    # Sorting is stable: of two that were made at once, the one that is named later wins.
    for decision in sorted(decisions, key=lambda each: (each.decided_at, each.step)):
        stair = stairs.setdefault(decision.code, [])
        while stair and stair[-1].since >= decision.since:
            stair.pop()
        stair.append(decision)
    return [decision for code in sorted(stairs) for decision in stairs[code]]


async def _expanded(
    connection: AsyncConnection, table: SpellTable, decisions: Sequence[Decision]
) -> list[Decision]:
    if all(decision.code != EVERYTHING for decision in decisions):
        return list(decisions)
    cursor = await connection.execute(
        sql.SQL("SELECT {} FROM {} WHERE retired_at IS NULL").format(
            sql.Identifier(table.code), sql.Identifier(table.places)
        )
    )
    codes = [code for (code,) in await cursor.fetchall()]
    return [
        each
        for decision in decisions
        for each in (
            (replace(decision, code=code) for code in codes)
            if decision.code == EVERYTHING
            else (decision,)
        )
    ]


def _columns(decisions: Sequence[Decision]) -> dict[str, list[Any]]:
    names = ("code", "since", "decided_at", "step", "state", "reason", "incident")
    return {name: [getattr(decision, name) for decision in decisions] for name in names}


def _for(table: SpellTable, text: LiteralString) -> sql.Composed:
    return sql.SQL(text).format(
        spells=sql.Identifier(table.spells), code=sql.Identifier(table.code)
    )
