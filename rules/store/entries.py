"""Entries of the timeline in the database: appended, never changed."""

from collections.abc import Iterable
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from rules.incidents.entries import TimelineEntry
from rules.store.instants import instant
from rules.store.queries import query


async def store_entries(connection: AsyncConnection, entries: Iterable[TimelineEntry]) -> None:
    """Append entries, in the transaction of the caller; what stands there already stays."""
    rows = [_row(entry) for entry in entries]
    if rows:
        await connection.execute(query("store_entries"), {"rows": Jsonb(rows)})


def _row(entry: TimelineEntry) -> dict[str, Any]:
    return {
        "entry_key": entry.key,
        "incident_id": entry.incident,
        "at": instant(entry.at).isoformat(),
        "kind": entry.kind,
        "actor": entry.actor,
        "reason": entry.reason,
        "detail": dict(entry.detail),
    }
