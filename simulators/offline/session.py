"""A modelled session: what a broker sees of a device, with its keepalive, will and backlog."""

from collections import deque
from random import Random
from typing import Final

from simulators.device import SimulatedDevice
from simulators.milliseconds import MINUTE, SECOND, instant
from simulators.offline.log import EventLog
from simulators.outgoing import as_backfill
from simulators.presence import Presence
from simulators.world.clock import DeviceClock
from simulators.world.schedule import Schedule

_LATENCY: Final = (5, 80)
"""Milliseconds from a device to the broker."""
_LONGEST_BACKOFF: Final = MINUTE
_LONGEST_RESEND: Final = 15 * SECOND
"""How long TCP may wait before it tries a lost packet again."""
_BUFFER: Final = 240
_FLUSH_MS: Final = 3
_WILL_AFTER: Final = 1.5
"""Keepalives of silence after which a broker gives a client up."""


class ModelledSession:
    """One device's session.

    Args:
        device: what it says.
        clock: the device's own.
        keepalive: in milliseconds.
        log: where the broker's deliveries go.
        schedule: when things happen.
        random: its own generator.
    """

    __slots__ = (
        "_announce",
        "_attempt",
        "_clock",
        "_code",
        "_connection",
        "_device",
        "_draw",
        "_keepalive",
        "_kept",
        "_last_sent",
        "_log",
        "_lost_at",
        "_path",
        "_running",
        "_schedule",
        "_telemetry",
        "_topics",
        "broker_up",
        "connected",
    )

    def __init__(
        self,
        device: SimulatedDevice,
        clock: DeviceClock,
        keepalive: int,
        log: EventLog,
        schedule: Schedule,
        random: Random,
    ) -> None:
        self.connected = False
        self.broker_up = True
        self._device = device
        self._code = device.device.code
        self._topics = {channel.value: topic for channel, topic in device.topics.items()}
        self._telemetry = self._topics["telemetry"]
        self._clock = clock
        self._keepalive = keepalive
        self._log = log
        self._schedule = schedule
        self._draw = random.random
        self._kept: deque[str] = deque(maxlen=_BUFFER)
        self._path = True
        self._running = True
        self._connection = 0
        self._attempt = 0
        self._last_sent = 0
        self._lost_at = 0
        self._announce = False

    # -- what the unit tells it -----------------------------------------------------

    def start(self, at: int) -> None:
        """Have a session already, and a status that the broker keeps for who subscribes."""
        self.connected = True
        self._connection = 1
        self._last_sent = at
        self._log.say(at, "connect", client=self._code)
        online = self._presence().online(1, instant(self._clock.shows(at)))
        self._log.message(at, self._topics["status"], online.decode(), retained=True)

    def report(self, at: int) -> None:
        """Send a report, or keep it while nothing gets through."""
        latency = _LATENCY[0] + int(self._draw() * _LATENCY[1])
        claimed_at = self._clock.shows(at - latency)
        text = self._device.report(at, claimed_at)
        if self.connected and self._path:
            self._last_sent = at
            self._log.message(at, self._telemetry, text)
        else:
            self._kept.append(text)

    def event(self, kind: str, at: int) -> None:
        """Send an event, if that is possible at this moment."""
        text = self._device.event(kind, at, self._clock.shows(at))
        if self.connected and self._path:
            self._log.message(at, self._topics["event"], text)

    def lose_path(self, at: int) -> None:
        """Nothing gets through; the broker misses it after one and a half keepalives."""
        self._path = False
        self._lost_at = at
        self._expire_later(at)

    def regain_path(self, at: int) -> None:
        """Go on where TCP was, if the broker has not given up yet; else connect again."""
        self._path = True
        away = at - self._lost_at
        if not self._running:
            return
        if self.connected:
            resend = round(self._draw() * min(away, _LONGEST_RESEND))
            self._schedule.plan(at + resend, self._resume, self._attempt)
        else:
            self._connect_at(at + self._backoff(away))

    def vanish(self, at: int) -> None:
        """Be gone; the broker notices later."""
        self._running = False
        self._expire_later(at)

    def crash(self, at: int) -> None:
        """Be gone, and the socket with it."""
        self._running = False
        if self._path:
            self.drop(at, "closed")
        else:
            self._expire_later(at)

    def leave(self, at: int) -> None:
        """Say goodbye, if that gets through."""
        self._running = False
        if not (self.connected and self._path):
            self._expire_later(at)
            return
        self.event("shutdown", at)
        shown = instant(self._clock.shows(at))
        offline = self._presence().offline(self._connection, shown)
        self._log.message(at, self._topics["status"], offline.decode())
        self._end(at, "orderly")

    def boot(self, at: int) -> None:
        """Be there again; what was kept is lost with the memory it was in."""
        self._running = True
        self._announce = True
        self._connection = 0
        self._kept.clear()
        if self.connected:
            # It comes before the broker missed it, and takes the old session over.
            self._end(at, "closed")
        self._connect_at(at + round(self._draw() * 2 * SECOND))

    # -- what the broker does -------------------------------------------------------

    def drop(self, at: int, reason: str) -> None:
        """End the connection and send the will."""
        if self.connected:
            self._end(at, reason)
            will = self._presence().will(self._connection)
            self._log.message(at, self._topics["status"], will.payload.decode())

    def lose_broker(self, at: int) -> None:
        """Lose the connection without a will, for the broker that would send it is gone."""
        self.broker_up = False
        self._lost_at = at
        self._attempt += 1
        self.connected = False

    def regain_broker(self, at: int) -> None:
        """Connect again, some time."""
        self.broker_up = True
        self.reconnect(at, at - self._lost_at)

    def reconnect(self, at: int, away: int) -> None:
        """Connect again after `away` milliseconds without a connection."""
        self._lost_at = at
        self._connect_at(at + self._backoff(away))

    # -- connections ----------------------------------------------------------------

    def _presence(self) -> Presence:
        return Presence(self._code, self._topics["status"], self._device.boot_id)

    def _backoff(self, away: int) -> int:
        """Return the wait that full jitter draws; its bound has grown while it was away."""
        return round(self._draw() * min(max(away, SECOND), _LONGEST_BACKOFF))

    def _connect_at(self, at: int) -> None:
        self._attempt += 1
        self._schedule.plan(at, self._connect, self._attempt)

    def _connect(self, at: int, attempt: int) -> None:
        ready = self._running and self._path and self.broker_up
        if attempt != self._attempt or not ready:
            return
        self.connected = True
        self._connection += 1
        self._last_sent = at
        self._log.say(at, "connect", client=self._code)
        online = self._presence().online(self._connection, instant(self._clock.shows(at)))
        self._log.message(at, self._topics["status"], online.decode())
        if self._announce:
            self._announce = False
            self.event("boot", at)
        self._flush(at, (attempt, True))

    def _resume(self, at: int, attempt: int) -> None:
        if attempt == self._attempt and self._path:
            self._last_sent = at
            self._flush(at, (attempt, False))

    def _flush(self, at: int, state: tuple[int, bool]) -> None:
        """Send what was kept, one after the other; through a new connection it is backfill."""
        attempt, late = state
        if attempt == self._attempt and self._path and self._kept:
            text = self._kept.popleft()
            self._log.message(at, self._telemetry, as_backfill(text) if late else text)
            self._schedule.plan(at + _FLUSH_MS, self._flush, state)

    def _expire_later(self, at: int) -> None:
        if self.connected:
            # Between reports it pings: the last packet is less than a keepalive ago.
            silent_since = at - (at - self._last_sent) % self._keepalive
            due = silent_since + round(_WILL_AFTER * self._keepalive)
            self._schedule.plan(due, self._expire, self._attempt)

    def _expire(self, at: int, attempt: int) -> None:
        if attempt == self._attempt and not (self._running and self._path):
            self.drop(at, "keepalive_timeout")

    def _end(self, at: int, reason: str) -> None:
        self.connected = False
        self._attempt += 1
        self._log.say(at, "disconnect", client=self._code, reason=reason)
