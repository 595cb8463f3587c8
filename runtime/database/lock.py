"""Locks: one migrator a database, one writer of decisions, and who is in the way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final, LiteralString

from psycopg import AsyncConnection
from psycopg.errors import LockNotAvailable

from runtime.database.errors import MigrationLockError, WriterError

_KEY: Final = 0x5_2E_90_4B
"""Any number; the same in every version of the program."""
_WRITER_KEY: Final = 0x5_2E_90_4C

_HOLDER: Final[LiteralString] = """
    SELECT concat('process ', activity.pid,
        ' (', coalesce(nullif(activity.application_name, ''), 'no application name'),
        ', user ', activity.usename,
        ', from ', coalesce(host(activity.client_addr), 'the server itself'),
        ', connected at ', date_trunc('second', activity.backend_start), ')')
    FROM pg_locks JOIN pg_stat_activity AS activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = 0 AND objid = %s
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@asynccontextmanager
async def migration_lock(connection: AsyncConnection, wait: timedelta) -> AsyncIterator[None]:
    """Hold the lock of this connection's database; it also ends with the connection.

    Args:
        connection: a direct one: behind a pooler in transaction mode the lock would stay
            with a server process that is no longer ours.
        wait: for whoever holds it.

    Raises:
        MigrationLockError: naming who holds it.
    """
    # Advisory locks obey lock_timeout like any other, so the wait needs no polling.
    await set_lock_timeout(connection, wait)
    try:
        await connection.execute("SELECT pg_advisory_lock(%s::bigint)", [_KEY])
    except LockNotAvailable:
        raise MigrationLockError(
            f"another migration of database {connection.info.dbname!r} runs since before "
            f"{wait.total_seconds():g} s: {await _holders(connection, _KEY)}"
        ) from None
    try:
        yield
    finally:
        if not connection.closed:
            await connection.execute("SELECT pg_advisory_unlock(%s::bigint)", [_KEY])


async def be_the_writer(connection: AsyncConnection) -> None:
    """Be the one that writes decisions to this connection's database, until the connection ends.

    Args:
        connection: a direct one, as for `migration_lock`.

    Raises:
        WriterError: another one is; the message names it.
    """
    cursor = await connection.execute("SELECT pg_try_advisory_lock(%s::bigint)", [_WRITER_KEY])
    row = await cursor.fetchone()
    if not (row and row[0]):
        raise WriterError(
            f"another rules service writes to database {connection.info.dbname!r}, and would end"
            f" our incidents as we would end its: {await _holders(connection, _WRITER_KEY)}"
        )


async def _holders(connection: AsyncConnection, key: int) -> str:
    cursor = await connection.execute(_HOLDER, [key])
    holders = [str(row[0]) for row in await cursor.fetchall()]
    return "; ".join(holders) or "it ended just now"


async def set_lock_timeout(connection: AsyncConnection, wait: timedelta) -> None:
    """Set how long this connection's statements wait for a lock."""
    milliseconds = max(1, round(wait.total_seconds() * 1000))
    await connection.execute("SELECT set_config('lock_timeout', %s, false)", [f"{milliseconds}ms"])
