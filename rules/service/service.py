"""The rules service: built, run and stopped here, so that the order can be read."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from random import Random
from typing import Final, TypeVar

from prometheus_client import CollectorRegistry

from rules.books.bookkeeper import Bookkeeper
from rules.incidents.fold import DeskState
from rules.notify.model import Result
from rules.notify.state import NotifyState
from rules.plain import load_plain
from rules.service.consequences import Consequences
from rules.service.decider import Known, Memory, load_memory
from rules.service.instruments import Instruments
from rules.service.inventories import Inventories
from rules.service.journal import Journal, Position
from rules.service.keeper import Keeper, Parts, Saved
from rules.service.notices import Notices
from rules.service.outbox import Outbox
from rules.service.outside import Outside
from rules.service.recovery import fresh_memory, new_series
from rules.service.results import notification_line
from rules.service.show import Show, Shown
from rules.service.snapshots import Snapshot, Snapshots
from rules.service.state_directory import StateDirectory
from rules.service.steady import SteadyClock
from rules.service.told import Told
from rules.service.watcher import Watcher, know
from rules.service.written import Written
from rules.settings import RulesSettings
from runtime.broker.address import BrokerAddress
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress
from runtime.files import write_whole
from runtime.logs import get_logger
from runtime.probes import make_probe_app, serve_probes
from runtime.shutdown import ShutdownStep, cancel, shut_down, wait_for_stop

log = get_logger(__name__)

_State = TypeVar("_State")
_TELL: Final = timedelta(seconds=15)
_DISCONNECT: Final = timedelta(seconds=6)
_STOP_HELPERS: Final = timedelta(seconds=8)
_WRITE_STATE: Final = timedelta(seconds=10)
_LEAVE: Final = timedelta(seconds=7)
"""For the probes' open answers, and for a thread that is connecting to the broker."""


class RulesService:
    """One rules process.

    Args:
        settings: how it works.
        broker: where messages come from.
        database: has the inventory; what is decided is written there.
        clock: tells the time.
        random: spreads retries, and names what is begun anew.
    """

    def __init__(
        self,
        settings: RulesSettings,
        broker: BrokerAddress,
        database: DatabaseAddress,
        clock: Clock,
        random: Random,
    ) -> None:
        self._settings = settings
        self._broker = broker
        self._random = random
        self._clock = clock = SteadyClock(clock, asyncio.get_running_loop().time)
        self._registry = CollectorRegistry()
        self.instruments = Instruments(self._registry)
        places = self._places = StateDirectory(settings.state_directory)
        self._inventories = Inventories(places.inventories)
        self._snapshots = Snapshots(places.snapshots)
        self._journal = Journal(places.journal, clock)
        self._outbox = Outbox(settings.outbox_limit)
        self._consequences = Consequences(self._outbox, Told())
        self.watcher = Watcher(
            settings, broker, self._journal, self._inventories, self._consequences, clock, random
        )
        self._notices = Notices(
            places.path, settings, self._publish, clock, random, self._note_result
        )
        self._written = Written(settings, places.path, self._notices)
        self._keeper = Keeper(
            settings,
            self._journal,
            self._snapshots,
            self._parts,
            self.watcher.header,
            self.instruments,
            clock,
        )
        self._outside = Outside(settings, database, self._inventories, self._outbox, clock, random)
        self._bookkeeper = Bookkeeper(database, clock, random)
        self._show = Show(
            Shown(
                self.watcher,
                self._outside,
                self._keeper,
                self._journal,
                self._outbox,
                self._notices,
                self._written,
                self._consequences,
            ),
            self.instruments,
            clock,
        )
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._began = False

    async def run(self, stop: asyncio.Event) -> bool:
        """Serve until `stop` is set; return whether everything was finished in time.

        Raises:
            StateDirectoryError: another process uses it, or it cannot be written.
            SessionTakenOverError: another process uses our client identifier.
            OSError: the probes' port is taken.
        """
        settings = self._settings
        async with AsyncExitStack() as stack:
            stack.enter_context(self._places.held())
            runner, port = await serve_probes(
                make_probe_app(self._registry, self.missing),
                settings.probe_host,
                settings.probe_port,
                "RULES_PROBE_HOST, RULES_PROBE_PORT",
            )
            stack.push_async_callback(runner.cleanup)
            if settings.probe_port_file:
                write_whole(settings.probe_port_file, f"{port}\n")
            log.info("rules starting", state=str(settings.state_directory), probe_port=port)
            helpers = self._outside.tasks()
            try:
                beginning = asyncio.create_task(self._begin(), name="rules.begin")
                if await _unless_stopped(stop, beginning, helpers):
                    helpers += self._start()
                    await wait_for_stop(stop, *helpers)
            finally:
                steps = self._steps(helpers) if self._tasks else [_stop_tasks(helpers)]
                finished = await shut_down(steps)
        return finished

    def _start(self) -> list[asyncio.Task[None]]:
        running = {
            "feed": self.watcher.feed.run(),
            "notices": self._notices.run(),
            "written": self._written.run(),
            "keeper": self._keeper.run(),
            "show": self._show.run(),
            "books": self._bookkeeper.run(),
        }
        self._tasks = {
            name: asyncio.create_task(each, name=f"rules.{name}") for name, each in running.items()
        }
        return [*self._tasks.values(), *self.watcher.tasks()]

    def missing(self) -> Mapping[str, str]:
        """Say what keeps the service from doing its work; empty when it does.

        The database is not among it: detection and notices go on without.
        """
        missing = {}
        if not self._began:
            missing["inventory"] = f"none yet; database: {self._outside.database_failure}"
            return missing
        if not self.watcher.feed.session.connected.is_set():
            missing["broker"] = f"not connected to {self._broker}"
        elif self.watcher.sight.blind:
            missing["canary"] = "none came back through the broker"
        if not self.watcher.feed.deciding:
            missing["decisions"] = f"lines cannot be decided by: {self.watcher.feed.failure}"
        failure = self._journal.failure or self._keeper.failure
        if failure:
            missing["state"] = failure
        return missing

    async def _begin(self) -> None:
        """Recover; wait for an inventory where none is kept."""
        snapshot = await asyncio.to_thread(self._snapshots.read)
        book, tellers = self._written.first()
        memory = load_memory(snapshot.parts["decider"]) if snapshot else None
        known = await self._first_known(memory)
        if memory is None:
            series = self._journal.first_header().get("series")
            series = series or new_series(self._clock.now(), self._random)
            memory = fresh_memory(series, known.revision)
        self._consequences.begin(_part(snapshot, "desk", DeskState))
        self._notices.begin(tellers, _part(snapshot, "notices", NotifyState))
        self._consequences.notices = self._notices
        if snapshot:
            self._outbox.load(snapshot.parts["outbox"])
        position = snapshot.position if snapshot else Position()
        self.watcher.begin(memory, known, book, position)
        self._outside.begin(self.watcher, self._notices, lambda: self._consequences.desk.records)
        self._written.begin(self.watcher)
        self._began = True

    async def _first_known(self, memory: Memory | None) -> Known:
        wanted = [memory.revision] if memory else []
        for revision in [*wanted, *reversed(self._inventories.revisions())]:
            inventory = await asyncio.to_thread(self._inventories.read, revision)
            if inventory is not None:
                return know(revision, inventory)
        log.info("waiting for an inventory from the database")
        return await self._outside.first_known()

    def _parts(self) -> tuple[Parts, Saved]:
        parts = {
            "decider": self.watcher.decider.dump(),
            "desk": self._consequences.dump(),
            "notices": self._notices.dump(),
            "outbox": self._outbox.dump(),
        }
        logged = self._notices.logged

        async def saved() -> None:
            await self._notices.saved(logged)

        return parts, saved

    async def _publish(self, topic: str, payload: bytes) -> None:
        await self.watcher.feed.session.publish(topic, payload)

    def _note_result(self, result: Result) -> None:
        self.watcher.own([notification_line(result, self._clock.now())])

    def _steps(self, helpers: Sequence[asyncio.Task[None]]) -> list[ShutdownStep]:
        async def stop_feed() -> None:
            self.watcher.feed.close()
            await self._tasks["feed"]

        async def stop_notices() -> None:
            await self._notices.close()
            await self._tasks["notices"]

        return [
            ShutdownStep("decide by what was received", stop_feed, self._settings.drain_timeout),
            ShutdownStep("end notices under way", stop_notices, _TELL),
            ShutdownStep(
                "acknowledge and disconnect", self.watcher.feed.session.close, _DISCONNECT
            ),
            ShutdownStep("write what waits", self._write_outbox, self._settings.drain_timeout),
            _stop_tasks(helpers),
            ShutdownStep("write the state down", self._keeper.snapshot, _WRITE_STATE),
        ]

    async def _write_outbox(self) -> None:
        # What does not get there is in the snapshot, and is written after the next start.
        if self._outside.database_failure is None:
            await self._outbox.empty.wait()


def shutdown_bound(settings: RulesSettings) -> timedelta:
    """Return how long a stop takes at the very most; whoever kills in the end grants more."""
    return 2 * settings.drain_timeout + _TELL + _DISCONNECT + _STOP_HELPERS + _WRITE_STATE + _LEAVE


def _stop_tasks(tasks: Sequence[asyncio.Task[None]]) -> ShutdownStep:
    async def stop() -> None:
        await cancel(*tasks)

    return ShutdownStep("stop helpers", stop, _STOP_HELPERS)


async def _unless_stopped(
    stop: asyncio.Event, beginning: asyncio.Task[None], helpers: Sequence[asyncio.Task[None]]
) -> bool:
    """Wait until the beginning is done; return False if the stop came first."""
    stopping = asyncio.create_task(stop.wait(), name="rules.stop")
    try:
        done, _ = await asyncio.wait(
            {stopping, beginning, *helpers}, return_when=asyncio.FIRST_COMPLETED
        )
        for task in done:
            task.result()
    finally:
        stopping.cancel()
        beginning.cancel()
    return not stop.is_set()


def _part(snapshot: Snapshot | None, name: str, kind: type[_State]) -> _State:
    """Return what a part remembered; a fresh state where nothing was."""
    return kind() if snapshot is None else load_plain(kind, snapshot.parts[name])
