"""The store: the writer's connection, kept up through outages of the database.

One connection and one user: batches are written one after the other, and a retry is always
the same batch again.
"""

import asyncio
from datetime import timedelta
from random import Random

from psycopg import AsyncConnection, Error

from ingest.batch import Batch
from ingest.instruments import Instruments
from ingest.inventory import latest_revision, load_registry
from ingest.registry import Registry
from ingest.writer import Writer, Written
from runtime.backoff import Backoff, BackoffPolicy
from runtime.clock import Clock
from runtime.database.capabilities import Capabilities, detect_capabilities
from runtime.database.checks import CLOCK_TOLERANCE, check_schema, clock_offset
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.errors import DatabaseError
from runtime.database.failures import FailureKind, classify
from runtime.logs import get_logger

log = get_logger(__name__)

_BACKOFF = BackoffPolicy(first=timedelta(milliseconds=100), cap=timedelta(seconds=5))
_URGENT_REFRESH = timedelta(seconds=1)


class TooLongError(Exception):
    """The database did not finish the transaction of a batch in time, and not when tried again."""


class Store:
    """Writes batches, and knows the inventory.

    Args:
        address: the database, and who we are there.
        province: code of the province served.
        worker: the name under which the accounts are kept.
        write_timeout: for one transaction.
        inventory_refresh: how often a changed inventory is looked for.
        instruments: counts outcomes.
        clock: times them.
        random: spreads reconnects.

    Attributes:
        opened: set once the database was there, with the schema that we were written for.
    """

    def __init__(
        self,
        address: DatabaseAddress,
        *,
        province: str,
        worker: str,
        write_timeout: timedelta,
        inventory_refresh: timedelta,
        instruments: Instruments,
        clock: Clock,
        random: Random,
    ) -> None:
        self._address = address
        self._province = province
        self._worker = worker
        self._write_timeout = write_timeout
        self._inventory_refresh = inventory_refresh
        self._instruments = instruments
        self._clock = clock
        self._backoff = Backoff(_BACKOFF, random)
        self._connection: AsyncConnection | None = None
        self._writer: Writer | None = None
        self._registry: Registry | None = None
        self._looked_at = clock.now()
        self._capabilities: Capabilities | None = None
        self._failure: str | None = None
        self._failure_kind: FailureKind | None = None
        self._failure_subject: object = None
        self._failed_to_connect = False
        self.opened = asyncio.Event()

    @property
    def failure(self) -> str | None:
        """What the last thing asked of the database failed with, if it did."""
        return self._failure

    @property
    def devices(self) -> int:
        """How many devices the inventory has; 0 before it was read."""
        return len(self._registry.devices) if self._registry else 0

    @property
    def registry(self) -> Registry:
        """The inventory as last read; there is one once `ready` has returned."""
        assert self._registry is not None  # noqa: S101 - the caller awaited `ready`
        return self._registry

    async def ready(self) -> None:
        """Wait until the database is there and its inventory was read."""
        await self._connected()

    async def refresh(self, *, urgent: bool) -> bool:
        """Look for a newer inventory if it is time to; return whether there was one.

        A database that is away leaves the inventory as it is.

        Args:
            urgent: somebody is there whom this inventory does not know: look again after a
                second already.
        """
        now = self._clock.now()
        wait = _URGENT_REFRESH if urgent else self._inventory_refresh
        if self._connection is None or now - self._looked_at < wait:
            return False
        try:
            async with asyncio.timeout(self._write_timeout.total_seconds()):
                return await self._reload(self._connection)
        except (Error, TimeoutError) as error:
            await self._lost(error)
            return False

    async def write(self, batch: Batch, *, timeouts: int | None = None) -> Written:
        """Write a batch, however long the database is away.

        Args:
            batch: what to write.
            timeouts: give a batch up that took too long so often; None: never.

        Raises:
            psycopg.DataError: the database refuses a value; nothing was written.
            psycopg.IntegrityError: the same.
            TooLongError: given up; nothing was written, or all of it.
        """
        while True:
            writer = await self._connected()
            try:
                with self._instruments.write_seconds.time():
                    written = await writer.write(batch)
            except (Error, TimeoutError) as error:
                kind = classify(error)
                if kind is FailureKind.DATA:
                    raise
                await self._lost(error)
                if kind is FailureKind.TIMEOUT and timeouts is not None:
                    timeouts -= 1
                    if timeouts <= 0:
                        raise TooLongError(str(error)) from error
            else:
                self._recovered()
                return written

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection, self._writer = self._connection, None, None
        if connection is not None:
            await connection.close()

    async def _connected(self) -> Writer:
        while self._writer is None:
            try:
                self._writer = await self._connect()
            except (Error, DatabaseError, OSError, TimeoutError) as error:
                await self._lost(error)
                self._failed_to_connect = True
            else:
                # What was away, or not as it must be, is there again. A failure to write is over
                # only when a write goes well.
                if self._failed_to_connect or self._failure_kind is FailureKind.CONNECTION:
                    self._recovered()
                self.opened.set()
        return self._writer

    async def _connect(self) -> Writer:
        async with asyncio.timeout(self._write_timeout.total_seconds()):
            connection = await connect(self._address, f"srepok-ingest-{self._worker}")
            self._connection = connection
            capabilities = await detect_capabilities(connection)
            await check_schema(connection, capabilities)
            writer = Writer(connection, capabilities, self._worker, self._write_timeout)
            await writer.prepare()
            await self._reload(connection)
            await self._compare_clocks(connection)
        self._introduce(capabilities)
        return writer

    def _introduce(self, capabilities: Capabilities) -> None:
        log.info("connected to database", database=str(self._address))
        if capabilities != self._capabilities:
            self._capabilities = capabilities
            log.info(
                "what this database can do",
                edition=str(capabilities.edition),
                timescaledb=capabilities.timescaledb,
                postgresql=capabilities.postgresql,
                without=list(capabilities.missing),
            )

    async def _compare_clocks(self, connection: AsyncConnection) -> None:
        offset = await clock_offset(connection, self._clock)
        self._instruments.clock_offset.set(offset.total_seconds())
        if abs(offset) > CLOCK_TOLERANCE:
            log.warning(
                "the database's clock and ours disagree: set both by NTP",
                database=str(self._address),
                database_ahead_seconds=round(offset.total_seconds(), 3),
            )

    async def _reload(self, connection: AsyncConnection) -> bool:
        self._looked_at = self._clock.now()
        revision = await latest_revision(connection)
        if self._registry is not None and self._registry.revision == revision:
            return False
        self._registry = await load_registry(connection, revision, self._province)
        log.info(
            "inventory loaded",
            revision=revision,
            devices=len(self._registry.devices),
            metrics=len(self._registry.metrics),
        )
        return True

    async def _lost(self, error: BaseException) -> None:
        """Note a failure, drop the connection, and wait before the next attempt."""
        kind = classify(error)
        self._instruments.write_failures.labels(kind.value).inc()
        self._instruments.database_up.set(0)
        reason = f"{type(error).__name__}: {error}".strip().splitlines()[0]
        # An outage is one line, whatever the words of each attempt; what a person has to mend is
        # said each time it is something else.
        subject = type(error) if isinstance(error, DatabaseError) else kind
        if subject is not self._failure_subject:
            log.warning("database does not take writes, trying on", reason=reason, kind=kind.value)
        self._failure, self._failure_kind, self._failure_subject = reason, kind, subject
        await self.close()
        await asyncio.sleep(self._backoff.delay().total_seconds())

    def _recovered(self) -> None:
        self._instruments.database_up.set(1)
        if self._failure is not None:
            log.info("database takes writes again", attempts=self._backoff.failures)
        self._failure = self._failure_kind = self._failure_subject = None
        self._failed_to_connect = False
        self._backoff.reset()
