"""A live run: builds the sessions, follows the scenario, has all devices leave in order."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from runtime.backoff import BackoffPolicy
from runtime.clock import Clock
from runtime.logs import get_logger
from runtime.shutdown import ShutdownStep, shut_down
from simulators.confirmations import Confirmations
from simulators.connection import ConnectionOptions, ProtocolVersion
from simulators.descriptors import ensure_descriptors
from simulators.device import SimulatedDevice
from simulators.ledger import Ledger
from simulators.live.pipeline import RealPipeline
from simulators.live.programme import outlook, plan_words
from simulators.live.session import LiveSession
from simulators.live.times import Times
from simulators.presence import Presence
from simulators.publisher import Publisher, PublisherOptions, Surroundings
from simulators.settings import Identities
from simulators.tally import Tally
from simulators.world.clock import DeviceClock
from simulators.world.production import Play, Production

log = get_logger(__name__)

_TICK_SECONDS: Final = 0.01
"""What falls due within one tick happens together."""


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """How to run.

    Attributes:
        begins_at: when the scenario's time and ours are one; now, if that is past.
        speed: how many of the scenario's seconds go by in one of ours.
        protocol: version of MQTT.
        buffer: how many reports a device keeps while it is offline.
        connects: how many sessions connect at a time.
        summary: how often to log what happened.
        flush: how long the devices may take, in the end, to get everything confirmed.
        truth: where to write what really happened, at the end.
        announce: log when faults begin and end; one process of a run does.
        least_keepalive: that of a device is its interval, and no less than this: a machine that
            stops for one and a half times as long looks like an outage. MQTT counts in seconds.
    """

    begins_at: datetime
    speed: float = 1.0
    protocol: ProtocolVersion = "5"
    buffer: int = 240
    connects: int = 32
    summary: timedelta = timedelta(seconds=10)
    flush: timedelta = timedelta(seconds=20)
    truth: Path | None = None
    announce: bool = True
    least_keepalive: timedelta = timedelta(seconds=1)

    def publisher(self, interval: timedelta) -> PublisherOptions:
        """Return how devices publish that report at this interval of the scenario."""
        keepalive = max(self.least_keepalive, interval / self.speed)
        backoff = BackoffPolicy(
            timedelta(seconds=1) / self.speed, timedelta(minutes=1) / self.speed
        )
        connection = ConnectionOptions(self.protocol, keepalive)
        return PublisherOptions(connection, self.buffer, backoff=backoff)


async def run_live(
    chosen: Play,
    identities: Identities,
    options: LiveOptions,
    stop: asyncio.Event,
    clock: Clock,
    ledger: Ledger | None = None,
) -> Tally:
    """Run until `stop` is set, then have all devices leave in order; return the counts.

    The devices go on, and nothing more breaks, after the scenario's end.

    Raises:
        TargetError: the province has nothing that a fault could hit.
        DescriptorError: more sessions than the process may open files.
        SettingsError: a device has no password.
        OSError: the ledger or the truth log cannot be written.
    """
    ensure_descriptors(_count(chosen))
    confirmations = Confirmations(ledger, stop)
    with ThreadPoolExecutor(options.connects, "connect") as threads:
        gate = asyncio.Semaphore(options.connects)
        around = Surroundings(gate, threads, clock, Tally(), confirmations.confirmed)
        run = _Run(replace(chosen, start=options.begins_at), identities, options, around)
        await run.play(stop)
    log.info("run ended", **around.tally.as_dict())
    confirmations.check()
    return around.tally


class _Run:
    def __init__(
        self, chosen: Play, identities: Identities, options: LiveOptions, around: Surroundings
    ) -> None:
        self._chosen = chosen
        self._identities = identities
        self._options = options
        self._around = around
        self._publishing = options.publisher(chosen.scenario.conditions.interval)
        self._production = Production(chosen)
        self._times = Times(self._production.start, options.speed, around.clock)
        self._sessions: list[LiveSession] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def play(self, stop: asyncio.Event) -> None:
        random = Random(f"{self._production.seed} broker")
        self._production.begin(self._make_session, lambda: RealPipeline(self._sessions, random))
        self._announce()
        following = self._spawn(self._follow())
        summary = self._spawn(_summarise(self._around.tally, self._options.summary))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({following, summary, stopped}, return_when=asyncio.FIRST_COMPLETED)
            await _cancel([following, summary])
            await self._leave()
        finally:
            stopped.cancel()
            await _cancel(list(self._tasks))
        self._write_truth()
        for task in (following, summary):
            if not task.cancelled():
                task.result()

    def _announce(self) -> None:
        faults = self._production.faults if self._options.announce else ()
        if faults:
            plan_words(faults, self._production.schedule)
        log.info(
            "run starts",
            scenario=self._chosen.scenario.name,
            devices=_count(self._chosen),
            seed=self._chosen.seed,
            speed=self._options.speed,
            **outlook(faults, self._times),
        )

    async def _follow(self) -> None:
        """Have happen what is due, tick by tick."""
        schedule, end = self._production.schedule, self._production.end
        said = False
        while True:
            wait = self._times.seconds_until(schedule.next_at)
            await asyncio.sleep(max(wait, _TICK_SECONDS))
            schedule.run(self._times.now() + 1)
            if schedule.now >= end and not said:
                said = True
                log.info("scenario ended, devices go on", scenario=self._chosen.scenario.name)

    def _make_session(
        self, device: SimulatedDevice, clock: DeviceClock, random: Random
    ) -> LiveSession:
        code = device.device.code
        device.interval_seconds = round(device.interval_seconds / self._options.speed, 3)
        address = self._identities.address_of(code)

        def make_publisher(presence: Presence) -> Publisher:
            return Publisher(presence, address, self._publishing, self._around, random)

        session = LiveSession(device, clock, self._times, make_publisher, self._spawn)
        self._sessions.append(session)
        return session

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _leave(self) -> None:
        publishers = [session.flowing for session in self._sessions if session.flowing]

        async def say_goodbye() -> None:
            for session in self._sessions:
                session.say_goodbye()

        async def confirm() -> None:
            await asyncio.gather(*(publisher.below(0) for publisher in publishers))

        async def leave() -> None:
            await asyncio.gather(*(publisher.leave() for publisher in publishers))

        await shut_down(
            (
                ShutdownStep("say goodbye", say_goodbye, timedelta(seconds=5)),
                ShutdownStep("have everything confirmed", confirm, self._options.flush),
                ShutdownStep("disconnect", leave, self._options.flush),
            )
        )

    def _write_truth(self) -> None:
        if self._options.truth is not None:
            with self._options.truth.open("w", encoding="utf-8") as file:
                for line in self._production.truth(self._times.show):
                    file.write(f"{json.dumps(line)}\n")


def _count(chosen: Play) -> int:
    """Return how many devices this process simulates."""
    return len(chosen.inventory.devices if chosen.own is None else chosen.own)


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _summarise(tally: Tally, every: timedelta) -> None:
    before = tally.as_dict()
    while True:
        await asyncio.sleep(every.total_seconds())
        counts = tally.as_dict()
        seconds = every.total_seconds()
        log.info(
            "run",
            sent_per_second=round((counts["sent"] - before["sent"]) / seconds, 1),
            confirmed_per_second=round((counts["confirmed"] - before["confirmed"]) / seconds, 1),
            **counts,
        )
        before = counts
