"""The pool: connections for services that answer many readers at once.

What writes in batches keeps one connection of its own instead, with its own back-off.
psycopg's pool is used as it comes, but for three habits that would show after an outage:

- Connections that died in the pool are found one request at a time, each with a wait that
  doubles. Here the first one found has all of them looked at.
- The wait between attempts to connect doubles without a cap, so that after a long outage the
  server is back for long before the pool is. Here an attempt gives up within seconds, and a new
  one begins at once.
- Each attempt is logged. Here an outage is one line when it begins and one when it is over.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from psycopg import AsyncConnection, Error
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool

from runtime.database.connection import DatabaseAddress, connection_parameters
from runtime.logs import get_logger

log = get_logger(__name__)

Pool = AsyncConnectionPool[AsyncConnection[TupleRow]]

_RECONNECT: Final = timedelta(seconds=3)
"""psycopg waits 1, 2, 4 ... s between attempts, and begins anew after this time."""

# Its warnings repeat what is said here once.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class PoolOptions:
    """How a pool is bounded.

    Attributes:
        max_size: most connections at a time; within the login's own limit.
        min_size: connections kept open while nobody asks.
        timeout: how long a request waits for a connection; then it fails, for whoever asked has
            a person waiting.
        max_waiting: requests that may wait; one more fails at once.
        statement_timeout: the server's limit for one statement; the login's own by default.
        read_only: transactions are read-only unless they ask for more.
    """

    max_size: int = 8
    min_size: int = 1
    timeout: timedelta = timedelta(seconds=4)
    max_waiting: int = 100
    statement_timeout: timedelta | None = None
    read_only: bool = True


def make_pool(
    address: DatabaseAddress, application_name: str, options: PoolOptions | None = None
) -> Pool:
    """Return a pool that is not open yet: `async with pool`, or `await pool.open()`.

    It opens at once, whether the database is there or not. `async with pool.connection()` then
    gives a connection that was just seen to work; each statement commits by itself outside of
    `connection.transaction()`.

    Args:
        address: the database.
        application_name: what the server's lists of connections call us.
        options: its bounds.

    Raises:
        psycopg_pool.PoolTimeout: from `connection()`: none came free, or the database is away;
            a psycopg.OperationalError.
        psycopg_pool.TooManyRequests: from `connection()`: too many wait already; another.
    """
    options = options or PoolOptions()
    parameters = connection_parameters(
        address,
        application_name,
        statement_timeout=options.statement_timeout,
        read_only=options.read_only,
    )
    return _Watched(address, options, parameters).pool


class _Watched:
    """A pool, with what it does when connections come and go."""

    def __init__(
        self, address: DatabaseAddress, options: PoolOptions, parameters: dict[str, Any]
    ) -> None:
        self._address = address
        self._is_away = False
        self.pool: Pool = AsyncConnectionPool(
            kwargs={**parameters, "autocommit": True},
            open=False,
            min_size=options.min_size,
            max_size=options.max_size,
            timeout=options.timeout.total_seconds(),
            max_waiting=options.max_waiting,
            name=parameters["application_name"],
            check=self._check,
            configure=self._note_connection,
            reconnect_timeout=_RECONNECT.total_seconds(),
            reconnect_failed=self._try_again,
        )

    async def _check(self, connection: AsyncConnection[TupleRow]) -> None:
        try:
            await self.pool.check_connection(connection)
        except Error:
            await self.pool.check()
            raise

    async def _note_connection(self, _connection: AsyncConnection[TupleRow]) -> None:
        if self._is_away:
            self._is_away = False
            log.info("database is there again", database=str(self._address))

    async def _try_again(self, pool: Pool) -> None:
        if not self._is_away:
            self._is_away = True
            log.warning("database cannot be reached, trying on", database=str(self._address))
        # Makes a connection where there is none.
        await pool.check()
