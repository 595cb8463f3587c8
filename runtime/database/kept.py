"""A connection that is kept: for what must not wait behind others in a pool."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import psycopg
from psycopg import AsyncConnection

from runtime.database.connection import DatabaseAddress, connect

T = TypeVar("T")


class KeptConnection:
    """One connection, made when it is needed, and anew when it has died.

    Args:
        address: the database.
        application_name: what the server's lists of connections call us.
        statement_timeout: the server's limit for one statement.
    """

    def __init__(
        self, address: DatabaseAddress, application_name: str, statement_timeout: timedelta
    ) -> None:
        self._address = address
        self._name = application_name
        self._statement_timeout = statement_timeout
        self._connection: AsyncConnection | None = None

    async def run(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Return what `work` returns; it is done again where a kept connection turns out dead.

        Raises:
            psycopg.Error, OSError: the database is away, or the work failed.
        """
        if self._connection is not None:
            try:
                return await self._do(self._connection, work)
            except (psycopg.OperationalError, OSError):
                # The server may have been away since it was last used; a new one tells.
                pass
        self._connection = await connect(
            self._address, self._name, statement_timeout=self._statement_timeout
        )
        return await self._do(self._connection, work)

    async def close(self) -> None:
        """Close it, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _do(
        self, connection: AsyncConnection, work: Callable[[AsyncConnection], Awaitable[T]]
    ) -> T:
        try:
            return await work(connection)
        except BaseException:
            # Whatever it was in the middle of, the next one begins afresh.
            await self.close()
            raise
