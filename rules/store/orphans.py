"""Orphans: incidents that stand open in the database and that no service knows any more.

A service that lost its state begins anew and opens what is wrong under new names. What it had open
before would stand open for ever: it is ended at its last step, and the timeline says why.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection

from rules.incidents.entries import RULES, TimelineEntry
from rules.incidents.record import Step
from rules.store.entries import store_entries
from rules.store.instants import seconds
from rules.store.queries import query
from runtime.database.relations import INCIDENTS_CHANNEL

REASON: Final = "state was lost"


async def clear_orphans(
    connection: AsyncConnection, known: Collection[str], now: datetime
) -> list[str]:
    """Clear what is open and not known; return the names, sorted.

    Args:
        connection: in no transaction.
        known: names of the incidents that the service has open.
        now: when this is decided.
    """
    async with connection.transaction():
        values = {"now": now, "known": sorted(known), "reason": REASON}
        cursor = await connection.execute(query("clear_orphans"), values)
        cleared = sorted(await cursor.fetchall())
        names = [incident for incident, _ in cleared]
        if not names:
            return []
        for name in ("end_impacts", "end_link_impacts"):
            await connection.execute(query(name), {"incidents": names})
        await store_entries(
            connection,
            [
                TimelineEntry(
                    key=f"{incident}:{revision}:{Step.CLEARED}",
                    incident=incident,
                    at=seconds(now),
                    kind=Step.CLEARED,
                    actor=RULES,
                    reason=REASON,
                )
                for incident, revision in cleared
            ],
        )
        await connection.execute(
            query("announce_incidents"), {"channel": INCIDENTS_CHANNEL, "incidents": names}
        )
    return names
