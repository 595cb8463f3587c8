"""What the tests put into a database, and what they read of it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row


async def watch(
    connection: AsyncConnection, since: datetime, seen_at: datetime, until: datetime | None = None
) -> None:
    """Say that the rules were watching."""
    await connection.execute(
        """
        INSERT INTO watch_spells (watcher, since, until, seen_at) VALUES ('rules-1', %s, %s, %s)
        ON CONFLICT (watcher, since) DO UPDATE
        SET until = excluded.until, seen_at = excluded.seen_at
        """,
        [since, until, seen_at],
    )


async def add_spell(
    connection: AsyncConnection,
    kind: str,
    code: str,
    since: datetime,
    until: datetime | None,
    state: str,
    incident: str | None = None,
) -> None:
    """Write a spell of a village or link."""
    await connection.execute(
        f"""
        INSERT INTO {kind}_spells ({kind}_code, since, until, state, reason, incident_id,
            decided_at)
        VALUES (%s, %s, %s, %s, 'test', %s, %s)
        """.encode(),  # noqa: S608 - the test's own words
        [code, since, until, state, incident, since],
    )


async def add_incident(
    connection: AsyncConnection, name: str, root: Sequence[str], root_kind: str, onset: datetime
) -> None:
    """Write an incident."""
    await connection.execute(
        """
        INSERT INTO incidents (incident_id, class, severity, status, root, root_kind, onset_at,
            opened_at, changed_at, planned, notified, flapping, reason, villages, links,
            households, communes, operators, revision)
        VALUES (%(name)s, 'outage', 'critical', 'open', %(root)s, %(kind)s, %(onset)s, %(onset)s,
            %(onset)s, false, true, false, 'silence', 1, 1, 1, '{}', '{}', 1)
        """,
        {"name": name, "root": list(root), "kind": root_kind, "onset": onset},
    )


async def add_window(
    connection: AsyncConnection,
    scope: tuple[str, str],
    starts_at: datetime,
    ends_at: datetime,
    created_at: datetime,
) -> None:
    """Write a window of maintenance."""
    await connection.execute(
        """
        INSERT INTO maintenance_windows (name, scope_kind, scope_code, starts_at, ends_at,
            created_at, created_by)
        VALUES ('work', %s, %s, %s, %s, %s, 'lan')
        """,
        [*scope, starts_at, ends_at, created_at],
    )


async def books(
    connection: AsyncConnection, kind: str, code: str, day: date
) -> list[dict[str, Any]]:
    """Return every revision of a day, the oldest first; columns that are 0 are left out."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            f"SELECT * FROM {kind}_days WHERE {kind}_code = %s AND day = %s ORDER BY revision".encode(),  # noqa: S608, E501 - the test's own words
            [code, day],
        )
        return [
            {name: value for name, value in row.items() if value or name == "revision"}
            for row in await cursor.fetchall()
        ]


async def revisions(connection: AsyncConnection) -> list[dict[str, Any]]:
    """Return the log of revisions, in order."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute("SELECT * FROM book_revisions ORDER BY revision_id")
        return await cursor.fetchall()
