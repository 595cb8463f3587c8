"""Logins of the live page: opened with a token, ended by logging out or by time."""

from typing import Final

from gateway.access.audit import AccessEntry, EntryKind, append
from gateway.access.credentials import digest, make_secret
from gateway.access.doorkeeper import Doorkeeper
from gateway.access.identity import Identity
from gateway.access.queries import query
from runtime.database.pool import Pool

MOST_EACH: Final = 50
"""Logins with one token that hold at a time; one more ends the oldest."""


async def open_session(
    pool: Pool, doorkeeper: Doorkeeper, identity: Identity, replaced: str | None
) -> str:
    """Open a login; return what goes into the cookie.

    Args:
        pool: connections that may write.
        doorkeeper: knows of it when this returns.
        identity: by its token.
        replaced: cookie that the browser had before; that login ends, whoever's it was.

    Raises:
        psycopg.Error: the database is away.
    """
    cookie, now = make_secret(), doorkeeper.clock.now()
    values = {
        "session_hash": digest(cookie),
        "token_id": identity.token_id,
        "now": now,
        "expires_at": now + doorkeeper.options.session_life,
    }
    async with pool.connection() as connection, connection.transaction():
        if replaced:
            await connection.execute(query("end_session"), {"session_hash": digest(replaced)})
        await connection.execute(query("open_session"), values)
        # All that hold are in memory and read again every few seconds.
        most = {"token_id": identity.token_id, "most": MOST_EACH}
        await connection.execute(query("end_oldest_sessions"), most)
        entry = AccessEntry(now, EntryKind.SESSION_OPENED, identity.name, identity.token_id)
        await append(connection, entry)
    await doorkeeper.look_again()
    return cookie


async def end_session(pool: Pool, doorkeeper: Doorkeeper, identity: Identity, cookie: str) -> None:
    """End a login.

    Raises:
        psycopg.Error: the database is away, and the login goes on.
    """
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(query("end_session"), {"session_hash": digest(cookie)})
        entry = AccessEntry(
            doorkeeper.clock.now(), EntryKind.SESSION_ENDED, identity.name, identity.token_id
        )
        await append(connection, entry)
    await doorkeeper.look_again()
