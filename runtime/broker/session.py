"""A session with the broker that outlives its connections.

Each connection is an epoch with a paho client of its own. An acknowledgement names its
epoch, so one that comes late, after a reconnect, is dropped: sent on the new connection it
would acknowledge whichever new message now has that packet id, and that message would be
lost. What was not acknowledged, the broker sends again by itself.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from random import Random
from typing import Protocol

from runtime.backoff import Backoff
from runtime.broker.address import BrokerAddress
from runtime.broker.allowance import Allowance
from runtime.broker.answers import Connack, Ended
from runtime.broker.connection import TAKEN_OVER, Connection
from runtime.broker.errors import (
    BrokerError,
    BrokerUnreachableError,
    PublishError,
    SessionTakenOverError,
)
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)


class SessionObserver(Protocol):
    """Hears of a session's connections, to count them."""

    def connected(self, epoch: int, *, session_present: bool) -> None:
        """Hear that the broker accepted us and our subscriptions."""

    def disconnected(self, reason: str) -> None:
        """Hear that an established connection ended."""


class BrokerSession:
    """A session that connects, subscribes and reconnects by itself while `run` runs.

    Args:
        address: the broker, and who we are there.
        options: the session's name, filters and bounds.
        deliver: takes each message as it arrives, on the event loop; must not raise.
        observer: hears of connections.
        clock: stamps messages.
        random: spreads reconnects.

    Attributes:
        connected: set while there is a connection that the broker has accepted.
        away: set while there is none.
    """

    def __init__(
        self,
        address: BrokerAddress,
        options: SessionOptions,
        deliver: Callable[[Message], None],
        observer: SessionObserver,
        clock: Clock,
        random: Random,
    ) -> None:
        self._address = address
        self._options = options
        self._deliver = deliver
        self._observer = observer
        self._clock = clock
        self._backoff = Backoff(options.backoff, random)
        self._allowance = Allowance(options)
        self._pauses = self._at_qos0 = 0
        self._connection: Connection | None = None
        self._epoch = 0
        self._last_failure: str | None = None
        self._closing = self._regrowing = False
        self._began = 0.0
        self.connected = asyncio.Event()
        self.away = asyncio.Event()
        self.away.set()

    @property
    def epoch(self) -> int:
        """The number of the present or latest connection; 0 before the first."""
        return self._epoch

    @property
    def in_flight(self) -> int:
        """Messages received on the present connection and not acknowledged."""
        return self._connection.in_flight.messages if self._connection else 0

    @property
    def at_qos0(self) -> int:
        """Messages that came at QoS 0, which the broker does not keep while we are away."""
        return self._at_qos0 + (self._connection.in_flight.at_qos0 if self._connection else 0)

    @property
    def pauses(self) -> int:
        """How often reading was held back because too much was in flight."""
        return self._pauses + (self._connection.pauses if self._connection else 0)

    @property
    def receive_maximum(self) -> int:
        """How many unacknowledged messages the next connection lets the broker send."""
        return self._allowance.receive_maximum

    async def run(self) -> None:
        """Keep the session connected until closed or cancelled.

        Raises:
            SessionTakenOverError: another process uses our client identifier.
        """
        while True:
            ended = await self._connect_once()
            if self._closing:
                return
            if ended.code == TAKEN_OVER:
                raise SessionTakenOverError(
                    f"another process connected to {self._address} as client "
                    f"{self._options.client_id!r}; stop one of the two"
                )
            await asyncio.sleep(self._backoff.delay().total_seconds())

    def acknowledge(self, messages: Sequence[Message]) -> int:
        """Acknowledge messages in the order given; return how many were of an ended epoch."""
        connection = self._connection
        epoch = connection.epoch if connection else 0
        current = [message for message in messages if message.epoch == epoch]
        if connection and current:
            connection.acknowledge(current)
        return len(messages) - len(current)

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish at QoS 1 and wait for the confirmation.

        Raises:
            PublishError: not connected, refused, or the connection ended first.
        """
        if self._connection is None or not self.connected.is_set():
            raise PublishError(f"{topic}: not connected to {self._address}")
        await self._connection.publish(topic, payload, retain=retain)

    async def close(self) -> None:
        """Send outstanding acknowledgements and DISCONNECT; the broker keeps the session."""
        self._closing = True
        if self._connection is not None:
            await self._connection.close()

    def drop(self, reason: str) -> None:
        """Drop the present connection without a word; `run` connects again."""
        if self._connection is not None:
            self._connection.abort(reason)

    async def _connect_once(self) -> Ended:
        self._epoch += 1
        self._regrowing = False
        options = self._allowance.options
        connection = Connection(
            self._epoch,
            self._address,
            options,
            self._deliver,
            self._clock,
            # A session that is to end with its connection is not to be found again either.
            clean_start=not self._options.session_expiry,
        )
        self._connection = connection
        try:
            await self._establish(connection)
            ended = await self._live(connection)
        except BrokerError as error:
            ended = Ended(str(error))
            self._failed(str(error))
        finally:
            self._leave(connection)
        return ended

    async def _establish(self, connection: Connection) -> None:
        connack = await connection.open()
        if not connack.session_present:
            await connection.subscribe(self._options.filters)
        self._established(connack)
        if connack.session_present:
            # Subscribed it is already, save for new filters; and the answer may stand behind
            # all that was under way. An end in between is seen by whoever waits for it.
            with contextlib.suppress(BrokerUnreachableError):
                await connection.subscribe(self._options.filters)
        self._last_failure = None

    async def _live(self, connection: Connection) -> Ended:
        ended = await self._end_of(connection)
        lasted = asyncio.get_running_loop().time() - self._began
        if lasted >= self._options.settled.total_seconds():
            self._backoff.reset()
        if self._closing or self._regrowing:
            return ended
        log.warning(
            "broker connection ended",
            broker=str(self._address),
            client_id=self._options.client_id,
            reason=ended.reason,
            lasted_seconds=round(lasted, 3),
        )
        return ended

    async def _end_of(self, connection: Connection) -> Ended:
        """Wait for the end; a lowered allowance is itself a reason to end, when more would do."""
        while self._allowance.lowered and not await connection.ends_within(
            self._options.regrow_after
        ):
            if self._allowance.raise_if_fitting(connection.in_flight.take_peak()):
                log.info("reconnecting to let the broker send more", **self._now_asking())
                # Only a CONNECT can name another receive maximum.
                self._regrowing = True
                await connection.close()
        return await connection.wait_ended()

    def _leave(self, connection: Connection) -> None:
        if connection.paused:
            self._allowance.lower(connection.in_flight.messages)
            log.info("letting the broker send less at the next connection", **self._now_asking())
        connection.abort("session closed")
        if self.connected.is_set():
            self.connected.clear()
            self.away.set()
            self._observer.disconnected(connection.reason)
        self._pauses += connection.pauses
        self._at_qos0 += connection.in_flight.at_qos0
        self._connection = None

    def _now_asking(self) -> dict[str, object]:
        return {
            "client_id": self._options.client_id,
            "receive_maximum": self._allowance.receive_maximum,
        }

    def _established(self, connack: Connack) -> None:
        self._observer.connected(self._epoch, session_present=connack.session_present)
        log.info(
            "connected to broker",
            broker=str(self._address),
            client_id=self._options.client_id,
            epoch=self._epoch,
            session_present=connack.session_present,
        )
        if not connack.session_present and self._options.session_expiry:
            log.warning(
                "the broker held no session for us: normal on the very first start, otherwise"
                " what it had queued for us is lost",
                client_id=self._options.client_id,
            )
        expiry = connack.session_expiry
        if expiry is not None and expiry < self._options.session_expiry:
            log.warning(
                "the broker keeps our session shorter than asked",
                asked_seconds=self._options.session_expiry.total_seconds(),
                granted_seconds=expiry.total_seconds(),
            )
        self._began = asyncio.get_running_loop().time()
        self.away.clear()
        self.connected.set()

    def _failed(self, reason: str) -> None:
        # The same failure is said once, not at each of its hundreds of retries.
        if reason != self._last_failure:
            log.warning("cannot connect to broker, trying on", reason=reason)
            self._last_failure = reason
