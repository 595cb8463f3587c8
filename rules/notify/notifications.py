"""Notifications: the ledger with a clock, channels and a log on disk; runs until it is stopped."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from random import Random
from typing import Final

from rules.incidents.mutes import Mute
from rules.incidents.record import IncidentRecord
from rules.model import Action
from rules.notify.channel import Channel
from rules.notify.errors import ChannelError
from rules.notify.ledger import Ledger
from rules.notify.lines import LogLine
from rules.notify.log_file import NotificationLog
from rules.notify.model import Dispatch, Result
from rules.notify.routes import Routes
from rules.notify.state import NotifyState
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)

_LOOK_SECONDS: Final = 0.5
"""How often the ledger is asked what is due when nothing happens."""


class Notifications:
    """Tells people and programs of incidents.

    Nothing here needs the database, and `take` never waits. What the notification log says
    beyond the state counts: after a kill nothing that was accepted is told again.

    Args:
        routes: who is told of what.
        channels: by name of receiver; each receiver of the routes has one.
        clock: tells the time.
        random: spreads retries.
        log_file: what was sent; None where nothing needs to survive.
        state: of an earlier run.
        on_result: is told what became of each message.
    """

    def __init__(
        self,
        routes: Routes,
        channels: Mapping[str, Channel],
        clock: Clock,
        random: Random,
        log_file: NotificationLog | None = None,
        state: NotifyState | None = None,
        on_result: Callable[[Result], None] = lambda _: None,
    ) -> None:
        self._routes = routes
        self._channels = dict(channels)
        self._clock = clock
        self._log_file = log_file
        self._on_result = on_result
        self._ledger = Ledger(routes, state or NotifyState(), random)
        self._wake = asyncio.Event()
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._kept_at: dict[str, float] = {}
        if log_file is not None:
            self._ledger.recall(log_file.open())

    @property
    def state(self) -> NotifyState:
        """All that is to be kept over a restart, as plain values; copy it before awaiting."""
        return self._ledger.state

    def take(self, record: IncidentRecord, action: Action, now: float) -> None:
        """Take an incident's step; one that is known already changes nothing."""
        self._ledger.take(record, action, now)
        self._wake.set()

    def set_mutes(self, mutes: Iterable[Mute]) -> None:
        """Replace the mutes."""
        self._ledger.set_mutes(mutes)
        self._wake.set()

    def set_acknowledged(self, acknowledged: Mapping[str, float | None]) -> None:
        """Replace what is acknowledged: until when, by incident; None for without end."""
        self._ledger.set_acknowledged(acknowledged)
        self._wake.set()

    def set_escalated(self, escalated: Mapping[str, int]) -> None:
        """Replace how often people called for more attention, by incident."""
        self._ledger.set_escalated(escalated)
        self._wake.set()

    def failing(self) -> dict[str, str]:
        """Return the receivers that did not take the last message, and why."""
        return self._ledger.failing()

    async def saved(self, logged: int) -> None:
        """Shorten the notification log: a state that includes this line is safe on disk."""
        if self._log_file is not None:
            await self._log_file.trim(logged)

    async def run(self, stop: asyncio.Event) -> None:
        """Send what is due until `stop` is set; then let what is under way end, and close.

        What is under way ends within its receiver's timeout.
        """
        stopping = asyncio.create_task(stop.wait(), name="notify.stop")
        stopping.add_done_callback(lambda _: self._wake.set())
        try:
            while not stop.is_set():
                self._wake.clear()
                self._send_what_is_due()
                self._keep_what_is_open()
                await self._rest()
            await asyncio.gather(*self._sending.values(), return_exceptions=True)
        finally:
            stopping.cancel()
            for task in self._sending.values():
                task.cancel()
            await asyncio.gather(*self._sending.values(), return_exceptions=True)
            self._report()
            for channel in self._channels.values():
                await channel.close()
            if self._log_file is not None:
                self._log_file.close()

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._wake.wait()

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _send_what_is_due(self) -> None:
        for dispatch in self._ledger.due(self._now()):
            name = dispatch.receiver
            task = asyncio.create_task(self._send(dispatch), name=f"notify.send.{name}")
            self._start(name, task)
        self._report()

    def _keep_what_is_open(self) -> None:
        now = self._now()
        for name, channel in self._channels.items():
            every = channel.refresh
            if every is None or now < self._kept_at.get(name, 0) + every.total_seconds():
                continue
            if f"keep {name}" not in self._sending:
                self._kept_at[name] = now
                task = asyncio.create_task(self._keep(name, now), name=f"notify.keep.{name}")
                self._start(f"keep {name}", task)

    def _start(self, name: str, task: asyncio.Task[None]) -> None:
        self._sending[name] = task

        def done(ended: asyncio.Task[None]) -> None:
            self._sending.pop(name, None)
            self._wake.set()
            if not ended.cancelled() and (error := ended.exception()) is not None:
                log.error("notice not handled", receiver=name, exc_info=error)

        task.add_done_callback(done)

    async def _send(self, dispatch: Dispatch) -> None:
        await self._write(self._ledger.begin(dispatch, self._now()))
        failure = await self._attempt(dispatch)
        now = self._now()
        if failure is None:
            lines = self._ledger.sent(dispatch, now)
        else:
            lines = self._ledger.failed(
                dispatch,
                now,
                str(failure),
                uncertain=failure.uncertain,
                retry_after=failure.retry_after,
            )
        await self._write(lines)
        self._tell_log(dispatch, failure)

    async def _attempt(self, dispatch: Dispatch) -> ChannelError | None:
        timeout = self._routes.receivers[dispatch.receiver].timeout
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                await self._channels[dispatch.receiver].send(dispatch)
        except ChannelError as error:
            return error
        except TimeoutError:
            said = f"no answer in {timeout.total_seconds():g} s"
            return ChannelError(said, uncertain=True)
        except Exception as error:  # noqa: BLE001 - whatever a channel's library does, others go on
            # Its words may hold an address that is a secret; its kind cannot.
            return ChannelError(f"failed with {type(error).__name__}", uncertain=True)
        return None

    async def _keep(self, name: str, now: float) -> None:
        timeout = self._routes.receivers[name].timeout
        records = self._ledger.told_open(name)
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                await self._channels[name].keep(records, now)
        except (ChannelError, TimeoutError) as error:
            log.warning("open incidents not refreshed", receiver=name, error=str(error))

    async def _write(self, lines: list[LogLine]) -> None:
        if self._log_file is None:
            return
        try:
            await self._log_file.append(lines)
        except OSError as error:
            # People must be told all the same; what cannot be noted may be told twice.
            log.warning("notification log not written", error=str(error))

    def _report(self) -> None:
        for result in self._ledger.drain_results():
            self._on_result(result)

    def _tell_log(self, dispatch: Dispatch, failure: ChannelError | None) -> None:
        fields = {"receiver": dispatch.receiver, "action": dispatch.action, "key": dispatch.key}
        if failure is not None and dispatch.attempt == 1:
            log.warning("receiver does not take messages", **fields, error=str(failure))
        elif failure is None and dispatch.attempt > 1:
            log.info("receiver takes messages again", **fields, attempts=dispatch.attempt)
        else:
            log.debug("message", **fields, attempt=dispatch.attempt, failed=failure is not None)
