"""The feed: a session of our own with the broker, and every line in the order in which it came.

What came is written to the journal, then acknowledged, then decided by, in one go: what was decided
is in the journal, whatever moment the process is killed at.

The broker keeps no session for us. What it had while we were away would come without the time at
which it had it, and then proves nothing: not that a device is silent, nor that it is not.
"""

import asyncio
import contextlib
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from time import perf_counter
from typing import Final, Protocol

from province.topics import CANARY_ROOT, ROOT, VERSION, Channel
from rules.service.arrivals import Arrivals, Heard, heard
from rules.service.journal import Journal
from rules.service.lines import Line, session_line
from rules.service.sessions import SESSION_LOG, SessionLog
from rules.service.sight import Sight
from rules.settings import RulesSettings
from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerError
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)

_STEP: Final = 20
"""Items at a time; in between, probes are answered and canaries sent."""
_LOOK_SECONDS: Final = 0.25
_HOPELESS: Final = 20
"""So many lines that could not be decided by, in so short a time, are no bad lines: a look that
fails at each attempt fails between many lines that do not."""
_HOPELESS_WITHIN: Final = timedelta(minutes=5)


class Takes(Protocol):
    """Takes lines and decides by them."""

    def take(self, heard: Heard) -> None:
        """Take one line."""


@dataclass(slots=True)
class _Arrived:
    message: Message
    at: datetime


class Feed:
    """Hears the broker, and ourselves.

    Args:
        settings: of the service.
        broker: where messages come from.
        arrivals: reads them.
        sight: says whether we see.
        journal: gets every line.
        decider: takes every line.
        clock: stamps messages; must not go back.
        random: spreads reconnects.

    Attributes:
        kinds: how many lines of each kind were taken.
        failures: lines that the decider failed at, which is a bug.
        failure: how it failed last.
    """

    def __init__(
        self,
        settings: RulesSettings,
        broker: BrokerAddress,
        arrivals: Arrivals,
        sight: Sight,
        journal: Journal,
        decider: Takes,
        clock: Clock,
        random: Random,
    ) -> None:
        self._canary_topic = f"{CANARY_ROOT}/{settings.client_id}"
        self._interval = settings.canary_interval
        self._arrivals = arrivals
        self._sight = sight
        self._journal = journal
        self._session_log = SessionLog()
        self._decider = decider
        self._clock = clock
        self._items: deque[_Arrived | Heard] = deque()
        self._arrived = asyncio.Event()
        self._last_at = clock.now()
        self._closed = False
        self.kinds: Counter[str] = Counter()
        self.failures = 0
        self.failure: str | None = None
        self._failed_at: deque[datetime] = deque(maxlen=_HOPELESS)
        self._step_seconds: list[float] = []
        options = session_options(settings, self._canary_topic)
        self.session = BrokerSession(broker, options, self._deliver, self, clock, random)

    @property
    def waiting(self) -> int:
        """How many items wait to be taken."""
        return len(self._items)

    def lag(self, now: datetime) -> timedelta:
        """Return for how long the oldest message has been waiting."""
        first = next((item for item in self._items if isinstance(item, _Arrived)), None)
        return timedelta(0) if first is None else max(timedelta(0), now - first.at)

    @property
    def deciding(self) -> bool:
        """Whether lines can be decided by."""
        failed = self._failed_at
        return len(failed) < _HOPELESS or self._clock.now() - failed[0] > _HOPELESS_WITHIN

    def take_step_seconds(self) -> list[float]:
        """Return how long each step took since the last call."""
        taken, self._step_seconds = self._step_seconds, []
        return taken

    def own(self, lines: Sequence[Line]) -> None:
        """Take lines of our own, behind what has come so far."""
        self._items += map(heard, lines)
        self._arrived.set()

    async def run(self) -> None:
        """Decide by what comes until closed and drained."""
        while not self._closed or self._items:
            await self._arrived.wait()
            if not self._closed:
                self._arrived.clear()
            while self._items:
                self._step()
                await asyncio.sleep(0)

    async def send_canaries(self) -> None:
        """Send canaries while connected, until cancelled."""
        while True:
            await self.session.connected.wait()
            payload = self._sight.send(self._clock.now())
            with contextlib.suppress(BrokerError, TimeoutError):
                async with asyncio.timeout(self._interval.total_seconds()):
                    await self.session.publish(self._canary_topic, payload)
            await asyncio.sleep(self._interval.total_seconds())

    async def watch(self) -> None:
        """Say it when a canary is overdue, until cancelled."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            now = self._clock.now()
            self.own([*self._sight.look(now), *self._sight.tick(now)])

    def close(self) -> None:
        """Take nothing more from the broker; `run` ends once all is decided."""
        self._closed = True
        self._arrived.set()

    # -- SessionObserver ------------------------------------------------------------

    def connected(self, epoch: int, *, session_present: bool) -> None:
        """Hear that the broker accepted us; a canary will say whether we see."""

    def disconnected(self, reason: str) -> None:  # noqa: ARG002 - the session has logged it
        """Be blind at once."""
        self.own(self._sight.lost(self._clock.now()))

    def _deliver(self, message: Message) -> None:
        if self._closed:
            return
        # No earlier than what came before it, whatever connection that came by.
        self._last_at = at = max(self._last_at, message.received_at)
        lines = self._sight.look(at)
        if lines:
            self.own(lines)
        self._items.append(_Arrived(message, at))
        if message.topic == self._canary_topic:
            self._items += map(heard, self._sight.came_back(message.payload, at))
        self._arrived.set()

    def _step(self) -> None:
        began = perf_counter()
        batch: list[Heard] = []
        messages: list[Message] = []
        for _ in range(min(_STEP, len(self._items))):
            item = self._items.popleft()
            if isinstance(item, Heard):
                batch.append(item)
                continue
            messages.append(item.message)
            batch += self._read(item.message, item.at)
        self._journal.write([each.text for each in batch])
        self.session.acknowledge(messages)
        for each in batch:
            self._take(each)
        self._step_seconds.append(perf_counter() - began)

    def _read(self, message: Message, at: datetime) -> list[Heard]:
        if message.topic == self._canary_topic:
            return []
        if message.topic == SESSION_LOG:
            said = self._session_log.read(message.payload, self._arrivals.devices)
            return [heard(session_line(at, said.device, said.ended))] if said else []
        return self._arrivals.read(message, at)

    def _take(self, each: Heard) -> None:
        self.kinds[each.line["kind"]] += 1
        try:
            self._decider.take(each)
        except Exception as error:
            # To end here would be to end again at each restart, over the same line.
            self.failures += 1
            self._failed_at.append(self._clock.now())
            place = f"{type(error).__name__}: {error}"
            if place != self.failure:
                self.failure = place
                log.exception("a line could not be decided by; going on", line=each.line)


def session_options(settings: RulesSettings, canary_topic: str) -> SessionOptions:
    """Return the broker session's options for these settings."""
    devices = f"{ROOT}/{VERSION}/{settings.province}/+/+"
    session_log = (SESSION_LOG,) if settings.session_log else ()
    return SessionOptions(
        client_id=settings.client_id,
        filters=(*(f"{devices}/{channel}" for channel in Channel), canary_topic, *session_log),
        session_expiry=timedelta(0),
    )
