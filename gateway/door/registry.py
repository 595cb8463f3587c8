"""The registry: the inventory as the gateway needs it, kept up to date while the service runs.

What was read last is good while the database is away: uploads need the broker alone.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Final

from psycopg import AsyncConnection, Error

from gateway.door.queries import query
from gateway.translation import ForeignId
from province.devices import DeviceKind
from province.topics import Channel, Topic
from runtime.backoff import Backoff, BackoffPolicy
from runtime.clock import Clock
from runtime.database.capabilities import detect_capabilities
from runtime.database.checks import check_schema
from runtime.database.errors import DatabaseError
from runtime.database.pool import Pool
from runtime.logs import get_logger

log = get_logger(__name__)

_BACKOFF: Final = BackoffPolicy(first=timedelta(milliseconds=100), cap=timedelta(seconds=3))
_STRANGER: Final = timedelta(seconds=1)
"""For somebody whom the inventory does not know it is looked at again, but not more often."""
_NOT_YET: Final = "not asked yet"
_FAILURES: Final = (Error, DatabaseError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that may report.

    Attributes:
        code: its code in topics.
        province: the province code in its topics.
        commune: the commune code in its topics.
        watches_link: its reports carry the fixed link values; otherwise it is a sensor.
    """

    code: str
    province: str
    commune: str
    watches_link: bool

    def topic(self, channel: Channel) -> str:
        """Return where it publishes."""
        return str(Topic(self.province, self.commune, self.code, channel))


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """A metric of the catalogue: the physical range of its values."""

    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Known:
    """One revision of the inventory; replaced as a whole when it changes.

    Attributes:
        devices: by code.
        aliases: codes of devices, by their names in other systems.
    """

    revision: int
    devices: Mapping[str, KnownDevice] = field(repr=False)
    aliases: Mapping[str, str] = field(repr=False)
    metrics: Mapping[str, KnownMetric] = field(repr=False)


_NOTHING: Final = Known(0, {}, {}, {})


class Registry:
    """Knows the devices and metrics of the newest inventory that was seen.

    Args:
        pool: of connections to the database.
        interval: how often a changed inventory is looked for.
        clock: times that.
        random: spreads retries.

    Attributes:
        known: the inventory as last read; empty before that.
        failure: why the database could not be asked the last time; None: it could.
        loaded: set once there is an inventory.
    """

    def __init__(self, pool: Pool, interval: timedelta, clock: Clock, random: Random) -> None:
        self._pool = pool
        self._interval = interval
        self._clock = clock
        self._backoff = Backoff(_BACKOFF, random)
        self._looking = asyncio.Lock()
        self._looked_at = clock.now() - interval
        self._checked = False
        self.known = _NOTHING
        self.failure: str | None = _NOT_YET
        self.loaded = asyncio.Event()

    async def run(self) -> None:
        """Look for a newer inventory again and again, until cancelled."""
        while True:
            await self.look()
            wait = self._interval if self.failure is None else self._backoff.delay()
            await asyncio.sleep(wait.total_seconds())

    def device(self, code: str) -> KnownDevice | None:
        """Return the device of this code, if the inventory has it."""
        return self.known.devices.get(code)

    def foreign(self, name: ForeignId) -> KnownDevice | None:
        """Return the device that has this alias.

        Its code alone is none: who may speak for one system may not speak for every device here.
        """
        known = self.known
        return known.devices.get(known.aliases.get(str(name), ""))

    async def look_for_strangers(self) -> None:
        """Look for a newer inventory: somebody is there whom this one does not know."""
        async with self._looking:
            # A database that is away is waited for elsewhere, and by one at a time.
            due = self._clock.now() - self._looked_at >= _STRANGER
            if due and self.failure is None:
                await self._look()

    async def look(self) -> None:
        """Look for a newer inventory now; `failure` says how that went."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        self._looked_at = self._clock.now()
        try:
            async with self._pool.connection() as connection:
                if not self._checked:
                    await check_schema(connection, await detect_capabilities(connection))
                    self._checked = True
                await self._reload(connection)
        except _FAILURES as error:
            # What is there when it is back may be another schema.
            self._checked = False
            self._failed(error)
        else:
            self.failure = None
            self._backoff.reset()

    def _failed(self, error: Exception) -> None:
        # An outage is one line, whatever the words of each attempt.
        first = self.failure is None or self.failure == _NOT_YET
        self.failure = f"{type(error).__name__}: {error}".strip().splitlines()[0]
        if first:
            log.warning("inventory cannot be read, trying on", reason=self.failure)

    async def _reload(self, connection: AsyncConnection) -> None:
        row = await (await connection.execute(query("latest_revision"))).fetchone()
        revision = int(row[0]) if row else 0
        if revision == self.known.revision:
            return
        self.known = await _load(connection, revision)
        self.loaded.set()
        log.info(
            "inventory loaded",
            revision=revision,
            devices=len(self.known.devices),
            aliases=len(self.known.aliases),
            metrics=len(self.known.metrics),
        )


async def _load(connection: AsyncConnection, revision: int) -> Known:
    """Read what is newer than `revision` at least: an import may commit in between."""
    devices = await connection.execute(query("load_devices"))
    known = {
        code: KnownDevice(code, province, commune, DeviceKind(kind).watches_link)
        async for code, province, commune, kind in devices
    }
    aliases = await connection.execute(query("load_aliases"))
    codes = {alias: code async for alias, code in aliases}
    metrics = await connection.execute(query("load_metrics"))
    catalogue = {code: KnownMetric(low, high) async for code, low, high in metrics}
    return Known(revision, known, codes, catalogue)
