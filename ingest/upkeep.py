"""Upkeep: roll-ups and retention, and what waited meanwhile, on a connection of its own.

On the Community edition TimescaleDB's own policies do this and the functions say there is
nothing to do; on the Apache edition they do the work. Two ingest processes may both call
them: an advisory lock lets one through.
"""

import asyncio
from datetime import timedelta
from random import Random
from typing import Final

from psycopg import AsyncConnection, Error

from ingest.instruments import Instruments
from ingest.queries import query
from ingest.queues import Queues
from runtime.backoff import Backoff, BackoffPolicy
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.failures import FailureKind, classify
from runtime.logs import get_logger

log = get_logger(__name__)

_BACKOFF: Final = BackoffPolicy(first=timedelta(seconds=1), cap=timedelta(seconds=30))
_RETENTION_INTERVAL: Final = timedelta(hours=1)


class Upkeep:
    """Calls the database's upkeep functions, for as long as `run` runs.

    Args:
        address: the database, and who we are there.
        interval: between two rounds.
        worker: the name of this process.
        queues: remembers what waits, until it is written down here.
        instruments: count rounds and failures.
        clock: tells when retention is due.
        random: spreads retries.
    """

    def __init__(
        self,
        address: DatabaseAddress,
        interval: timedelta,
        worker: str,
        queues: Queues,
        instruments: Instruments,
        clock: Clock,
        random: Random,
    ) -> None:
        self._address = address
        self._interval = interval
        self._name = f"srepok-upkeep-{worker}"
        self._worker = worker
        self._queues = queues
        self._instruments = instruments
        self._clock = clock
        self._backoff = Backoff(_BACKOFF, random)
        self._failure: FailureKind | None = None

    async def run(self) -> None:
        """Keep roll-ups and retention up to date until cancelled, through outages."""
        while True:
            try:
                await self._work()
            except (Error, OSError, TimeoutError) as error:
                self._failed(error)
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
                self._succeeded()
                await asyncio.sleep(self._interval.total_seconds())

    async def _roll_up(self, connection: AsyncConnection) -> None:
        more = True
        while more:
            # Between two pieces of work: after an outage there are many, and somebody looks.
            await self._queues.write(connection, self._worker)
            cursor = await connection.execute(query("roll_up"))
            row = await cursor.fetchone()
            more = bool(row and row[0])

    def _failed(self, error: Exception) -> None:
        kind = classify(error)
        self._instruments.upkeep_failures.labels(kind.value).inc()
        # An outage is one line, whatever the words of each attempt.
        if kind is not self._failure:
            reason = f"{type(error).__name__}: {error}".strip().splitlines()[0]
            log.warning("upkeep failed, trying on", reason=reason, kind=kind.value)
            self._failure = kind

    def _succeeded(self) -> None:
        self._instruments.last_upkeep.set(self._clock.now().timestamp())
        if self._failure is not None:
            log.info("upkeep works again", attempts=self._backoff.failures)
            self._failure = None
        self._backoff.reset()
