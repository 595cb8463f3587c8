"""A publisher: one device's MQTT session, which keeps what it has to say until confirmed."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from paho.mqtt.reasoncodes import ReasonCode

from runtime.backoff import Backoff, BackoffPolicy
from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerError, BrokerRefusedError
from runtime.clock import Clock
from runtime.logs import get_logger
from simulators.connection import ConnectionOptions, PublishingConnection
from simulators.outgoing import Outbox, Outgoing
from simulators.presence import Presence
from simulators.tally import Tally

log = get_logger(__name__)

_NO_SUBSCRIBERS = 0x10
_STATUSES_IN_FLIGHT = 2


@dataclass(frozen=True, slots=True)
class PublisherOptions:
    """How a publisher behaves.

    Attributes:
        buffer: how many reports and events it keeps while they cannot be confirmed.
        window: how many it sends ahead of the broker's confirmations.
        backoff: bounds of its full-jitter back-off between connections.
        settled: a connection that lasted this long resets the back-off.
    """

    connection: ConnectionOptions = field(default_factory=ConnectionOptions)
    buffer: int = 240
    window: int = 10
    backoff: BackoffPolicy = field(
        default_factory=lambda: BackoffPolicy(timedelta(seconds=1), timedelta(seconds=60))
    )
    settled: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the publishers of one process share.

    Attributes:
        gate: bounds how many connect at a time.
        threads: where they do the blocking part of it; the event loop's own if None.
        tally: counts what all of them do.
        confirmed: hears of everything that the broker confirmed.
        complaints: kinds of failure that were logged since the last success: of thousands of
            devices that cannot connect for one reason, one says so and the tally has the rest.
    """

    gate: asyncio.Semaphore
    threads: Executor | None
    clock: Clock
    tally: Tally
    confirmed: Callable[[Outgoing], None]
    complaints: set[str] = field(default_factory=set)


class Publisher:
    """Keeps one device connected while `run` runs, and sends what it is given.

    Args:
        presence: who the device is.
        address: the broker, and the user the device is there.
        options: how to behave.
        surroundings: what it shares with the others.
        random: spreads reconnects.
    """

    def __init__(
        self,
        presence: Presence,
        address: BrokerAddress,
        options: PublisherOptions,
        surroundings: Surroundings,
        random: Random,
    ) -> None:
        self._presence = presence
        self._address = address
        self._options = options
        self._around = surroundings
        self._backoff = Backoff(options.backoff, random)
        self._outbox = Outbox(options.buffer, options.window)
        self._connection: PublishingConnection | None = None
        self._connections = 0
        self._leaving = False
        self._statuses: dict[int, asyncio.Future[None]] = {}
        self._thawed = asyncio.Event()
        self._thawed.set()
        self._progress = asyncio.Event()
        self._established = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether the broker has accepted the present connection and it has not ended."""
        return self._connection is not None

    @property
    def backlog(self) -> int:
        """How many reports and events wait to be sent or confirmed."""
        return len(self._outbox)

    async def run(self) -> None:
        """Stay connected until `leave`; cancelling ends the connection without a word."""
        while not self._leaving:
            await self._thawed.wait()
            try:
                async with self._around.gate:
                    connection = await self._connect()
            except BrokerError as error:
                self._failed(error)
            else:
                await self._live(connection)
            if not self._leaving:
                await asyncio.sleep(self._backoff.delay().total_seconds())

    def send(self, outgoing: Outgoing) -> None:
        """Take something to be sent, now or once connected again; never waits."""
        outgoing.late = outgoing.late or not self.connected
        self._around.tally.produced += 1
        dropped = self._outbox.dropped
        self._outbox.append(outgoing)
        self._around.tally.dropped += self._outbox.dropped - dropped
        self._pump()

    def freeze(self) -> None:
        """Neither send, receive nor connect: the network is gone, and no one is told."""
        self._thawed.clear()
        if self._connection is not None:
            self._connection.freeze()

    def thaw(self) -> None:
        """Go on, over the same connection if the broker has kept it."""
        self._thawed.set()
        if self._connection is not None:
            self._connection.thaw()
            self._pump()

    def forget(self) -> None:
        """Lose what waits to be sent: it was in the memory of a device without power."""
        self._outbox.clear()

    def drop(self, reason: str) -> None:
        """Lose the present connection without a word; `run` connects again."""
        if self._connection is not None:
            self._connection.abort(reason)

    async def wait_connected(self) -> None:
        """Wait until the broker has accepted a connection."""
        await self._established.wait()

    async def below(self, backlog: int) -> None:
        """Wait until at most so many wait; 0 waits until everything is confirmed."""
        while self.backlog > backlog:
            self._progress.clear()
            await self._progress.wait()

    async def leave(self) -> None:
        """Set the status to offline, wait for its confirmation, disconnect; no will is sent."""
        self._leaving = True
        connection = self._connection
        if connection is None:
            return
        payload = self._presence.offline(self._connections, self._around.clock.now())
        await self._set_status(connection, payload)
        await connection.close()

    # -- connecting -----------------------------------------------------------------

    async def _connect(self) -> PublishingConnection:
        self._connections += 1
        connection = PublishingConnection(
            self._address,
            self._presence.code,
            self._presence.will(self._connections),
            self._options.connection,
            self._confirmed,
        )
        try:
            allowed = await connection.open(self._around.threads)
        except BaseException:
            connection.abort("not opened")
            raise
        # Statuses are published beside the window, and the broker counts them too.
        self._outbox.window = max(1, min(self._options.window, allowed - _STATUSES_IN_FLIGHT))
        return connection

    async def _live(self, connection: PublishingConnection) -> None:
        tally = self._around.tally
        loop = asyncio.get_running_loop()
        began = loop.time()
        tally.connects += 1
        self._around.complaints.clear()
        tally.connected += 1
        self._connection = connection
        self._established.set()
        if not self._thawed.is_set():
            connection.freeze()
        try:
            # The first message of a connection: what follows it comes from a device online.
            now = self._around.clock.now()
            connection.publish(
                self._presence.topic, self._presence.online(self._connections, now), retain=True
            )
            self._pump()
            reason = await connection.wait_ended()
        finally:
            tally.connected -= 1
            self._connection = None
            self._established.clear()
            self._outbox.connection_lost()
            self._give_up_statuses()
            connection.abort("left")
        log.debug("connection ended", device=self._presence.code, reason=reason)
        if loop.time() - began >= self._options.settled.total_seconds():
            self._backoff.reset()

    def _failed(self, error: BrokerError) -> None:
        self._around.tally.refused_connects += isinstance(error, BrokerRefusedError)
        kind = type(error).__name__
        say = log.debug if kind in self._around.complaints else log.warning
        self._around.complaints.add(kind)
        say("cannot connect, trying on", device=self._presence.code, reason=str(error))

    # -- sending --------------------------------------------------------------------

    def _pump(self) -> None:
        if not self._thawed.is_set():
            return
        while self._connection is not None and (outgoing := self._outbox.next()) is not None:
            packet_id = self._connection.publish(outgoing.topic, outgoing.payload())
            if packet_id is None:
                return
            self._outbox.sent(packet_id)
            self._around.tally.sent += 1

    async def _set_status(self, connection: PublishingConnection, payload: bytes) -> None:
        packet_id = connection.publish(self._presence.topic, payload, retain=True)
        if packet_id is not None:
            answer = self._statuses[packet_id] = asyncio.get_running_loop().create_future()
            await answer

    def _give_up_statuses(self) -> None:
        for answer in self._statuses.values():
            if not answer.done():
                answer.set_result(None)
        self._statuses.clear()

    def _confirmed(self, packet_id: int, code: ReasonCode) -> None:
        answer = self._statuses.pop(packet_id, None)
        if answer is not None and not answer.done():
            answer.set_result(None)
        outgoing = self._outbox.confirmed(packet_id)
        if outgoing is None:
            return
        self._count(outgoing, code)
        self._progress.set()
        self._pump()

    def _count(self, outgoing: Outgoing, code: ReasonCode) -> None:
        tally = self._around.tally
        if code.is_failure:
            tally.refused += 1
            if tally.refused == 1:
                log.warning("the broker refuses publishes", topic=outgoing.topic, reason=str(code))
            return
        tally.confirmed += 1
        tally.unheard += code.value == _NO_SUBSCRIBERS
        self._around.confirmed(outgoing)
