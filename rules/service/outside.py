"""The outside: the database and ingest, which may be away while the rules go on."""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from random import Random
from typing import Final

import aiohttp
from psycopg import AsyncConnection

from province.inventory import InventoryError, parse_inventory
from rules.service.database import DatabaseEar, DatabaseUser
from rules.service.decider import Known
from rules.service.ingest_probe import IngestAnswer, ask_ingest
from rules.service.inventories import Inventories
from rules.service.notices import Notices
from rules.service.outbox import Outbox
from rules.service.part import Part
from rules.service.people import load_people, window_lines
from rules.service.watcher import Watcher, know
from rules.service.writing import OutboxWriter
from rules.settings import RulesSettings
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress
from runtime.database.relations import INVENTORY_CHANNEL, RULES_CHANNEL
from runtime.database.stored_inventory import stored_inventory, stored_revision
from runtime.logs import get_logger

log = get_logger(__name__)

_DATABASE: Final = "database"
_INGEST: Final = "ingest"
_DATABASE_PATIENCE: Final = timedelta(seconds=5)
_INGEST_PATIENCE: Final = timedelta(seconds=15)
_LOOK_SECONDS: Final = 0.5
_LOOK_AGAIN: Final = timedelta(hours=1)
"""Windows are told some time ahead, so they are looked at though nobody changed anything."""


class Outside:
    """Watches database and ingest, brings in what changes there, and writes what was decided.

    Args:
        settings: of the service.
        database: has the inventory and what people did.
        inventories: keep what was there.
        outbox: has what is to be written.
        clock: tells the time.
        random: spreads retries.
    """

    def __init__(
        self,
        settings: RulesSettings,
        database: DatabaseAddress,
        inventories: Inventories,
        outbox: Outbox,
        clock: Clock,
        random: Random,
    ) -> None:
        self._settings = settings
        self._inventories = inventories
        self._clock = clock
        self._watcher: Watcher | None = None
        self._notices: Notices | None = None
        self._revision = 0
        self._people_at: datetime | None = None
        self._ingest = IngestAnswer()
        self._first: asyncio.Future[Known] | None = None
        self._wanted = asyncio.Event()
        ear = DatabaseEar((INVENTORY_CHANNEL, RULES_CHANNEL), self._refresh)
        self._ear = DatabaseUser(database, "listen", ear.use, settings.write_timeout, random)
        self.writer = OutboxWriter(outbox, settings.write_timeout.total_seconds(), clock)
        self._pen = DatabaseUser(database, "write", self.writer.use, settings.write_timeout, random)
        self._parts = {
            _DATABASE: Part(_DATABASE, _DATABASE_PATIENCE),
            _INGEST: Part(_INGEST, _INGEST_PATIENCE),
        }

    @property
    def database_failure(self) -> str | None:
        """Why the database cannot be used; None while it can."""
        return self._ear.failure or self._pen.failure

    @property
    def ingest_values(self) -> dict[str, float]:
        """What the rulebook is told of ingest; empty where nobody is asked."""
        if not self._settings.ingest_url:
            return {}
        return {"ingest_up": float(self._parts[_INGEST].up), **self._ingest.values}

    def tasks(self) -> list[asyncio.Task[None]]:
        """Start all that goes on until it is cancelled."""
        running = {"listen": self._ear.run(), "write": self._pen.run(), "look": self._look()}
        if self._settings.ingest_url:
            running["ingest"] = self._ask_ingest(self._settings.ingest_url)
        return [asyncio.create_task(each, name=f"rules.{name}") for name, each in running.items()]

    async def first_known(self) -> Known:
        """Wait for the first inventory."""
        self._first = asyncio.get_running_loop().create_future()
        self._wanted.set()
        return await self._first

    def begin(
        self, watcher: Watcher, notices: Notices, known: Callable[[], Collection[str]]
    ) -> None:
        """Tell these from now on what happens outside.

        Args:
            watcher: decides.
            notices: tell people.
            known: returns the names of open incidents.
        """
        self.writer.known = known
        memory = watcher.decider.memory
        self._revision = memory.revision
        for name, part in self._parts.items():
            part.said_down = name in memory.down
        self._watcher, self._notices = watcher, notices
        self._wanted.set()

    async def _refresh(self, connection: AsyncConnection, spoke: frozenset[str]) -> None:
        # Before, it is not known by which inventory was decided.
        await self._wanted.wait()
        if await stored_revision(connection) != self._revision:
            await self._load_inventory(connection)
        now = self._clock.now()
        due = self._people_at is None or now - self._people_at >= _LOOK_AGAIN
        if due or RULES_CHANNEL in spoke:
            await self._load_people(connection, now)

    async def _load_inventory(self, connection: AsyncConnection) -> None:
        revision, content = await stored_inventory(connection)
        if not content:
            return
        try:
            known = await asyncio.to_thread(self._keep, revision, content)
        except InventoryError as error:
            log.error(  # noqa: TRY400 - its words say it all
                "the inventory in the database cannot be used; the one before goes on",
                revision=revision,
                reason=str(error).splitlines()[0],
            )
            self._revision = revision
            return
        self._revision = revision
        log.info("inventory loaded", revision=revision, devices=len(known.inventory.devices))
        if self._watcher is not None:
            self._watcher.use(known)
            self._people_at = None
        elif self._first is not None and not self._first.done():
            self._first.set_result(known)

    async def _load_people(self, connection: AsyncConnection, now: datetime) -> None:
        if self._watcher is None or self._notices is None:
            return
        people = await load_people(connection, now)
        decider = self._watcher.decider
        windows = decider.memory.engine.windows
        lines = window_lines(people.windows, decider.known, windows, now)
        self._watcher.own(lines)
        self._notices.use_people(people)
        self._people_at = now

    def _keep(self, revision: int, content: bytes) -> Known:
        known = know(revision, parse_inventory(content, "inventory in the database"))
        try:
            self._inventories.keep(revision, content)
        except OSError as error:
            log.warning("the inventory cannot be kept for a restart", reason=str(error))
        return known

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            # That it takes no writes is as good as being away: nobody sees what is decided.
            self._tell(self._parts[_DATABASE], answered=self.database_failure is None)

    async def _ask_ingest(self, url: str) -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                self._ingest = await ask_ingest(http, url, self._clock.now())
                self._tell(self._parts[_INGEST], answered=self._ingest.ready)
                await asyncio.sleep(self._settings.ask_interval.total_seconds())

    def _tell(self, part: Part, *, answered: bool) -> None:
        if self._watcher is not None:
            now = self._clock.now()
            self._watcher.own(part.answered(now) if answered else part.failed(now))
