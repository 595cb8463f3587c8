"""Upkeep: roll-ups and retention, on a connection of its own.

On the Community edition TimescaleDB's own policies do this and the functions say there is
nothing to do; on the Apache edition they do the work. Two ingest processes may both call
them: an advisory lock lets one through.
"""

import asyncio
from datetime import timedelta
from random import Random
from typing import Final

from psycopg import AsyncConnection, Error

from ingest.queries import query
from runtime.backoff import Backoff, BackoffPolicy
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress, connect
from runtime.logs import get_logger

log = get_logger(__name__)

_BACKOFF: Final = BackoffPolicy(first=timedelta(seconds=1), cap=timedelta(seconds=30))
_RETENTION_INTERVAL: Final = timedelta(hours=1)


class Upkeep:
    """Calls the database's upkeep functions, for as long as `run` runs."""

    def __init__(
        self,
        address: DatabaseAddress,
        interval: timedelta,
        worker: str,
        clock: Clock,
        random: Random,
    ) -> None:
        self._address = address
        self._interval = interval
        self._name = f"srepok-upkeep-{worker}"
        self._clock = clock
        self._backoff = Backoff(_BACKOFF, random)

    async def run(self) -> None:
        """Keep roll-ups and retention up to date until cancelled, through outages."""
        failure = None
        while True:
            try:
                await self._work()
            except (Error, OSError, TimeoutError) as error:
                reason = f"{type(error).__name__}: {error}".strip().splitlines()[0]
                if reason != failure:
                    log.warning("upkeep failed, trying on", reason=reason)
                    failure = reason
                await asyncio.sleep(self._backoff.delay().total_seconds())

    async def _work(self) -> None:
        connection = await connect(self._address, self._name)
        async with connection:
            retained_at = None
            while True:
                await self._roll_up(connection)
                now = self._clock.now()
                if retained_at is None or now - retained_at >= _RETENTION_INTERVAL:
                    await connection.execute(query("enforce_retention"), {"now": now})
                    retained_at = now
                self._backoff.reset()
                await asyncio.sleep(self._interval.total_seconds())

    async def _roll_up(self, connection: AsyncConnection) -> None:
        more = True
        while more:
            cursor = await connection.execute(query("roll_up"))
            row = await cursor.fetchone()
            more = bool(row and row[0])
