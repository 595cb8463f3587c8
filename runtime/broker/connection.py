"""One connection to the broker: a paho client wired into the running event loop.

paho's blocking connect (name look-up, TCP, TLS) runs in a thread; everything after it runs
on the loop, so nothing here needs a lock.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from paho.mqtt.client import ConnectFlags, DisconnectFlags
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from runtime.broker.address import BrokerAddress
from runtime.broker.answers import Answers, Connack, Ended
from runtime.broker.client import BufferedClient, make_client
from runtime.broker.errors import (
    BrokerRefusedError,
    BrokerUnreachableError,
    PublishError,
)
from runtime.broker.in_flight import InFlight
from runtime.broker.message import Message
from runtime.broker.opening import connect_in_thread, wait_accepted
from runtime.broker.options import SessionOptions
from runtime.broker.publishing import Publishing
from runtime.broker.wire import Wire
from runtime.clock import Clock

TAKEN_OVER: Final = 0x8E
_LEAST_STEP: Final = timedelta(microseconds=1)
_RETAINED: Final = 0
_NO_RETAINED: Final = 2
_NEVER_EXPIRES: Final = 2**32 - 1


class Connection:
    """One connection, from CONNECT to its end; never opened twice.

    Attributes:
        epoch: its number.
        in_flight: what it has brought and was not acknowledged.
        pauses: how often reading was held back because that was too much.
    """

    def __init__(
        self,
        epoch: int,
        address: BrokerAddress,
        options: SessionOptions,
        deliver: Callable[[Message], None],
        clock: Clock,
        *,
        clean_start: bool = False,
    ) -> None:
        self.epoch = epoch
        self.in_flight = InFlight(options)
        self.pauses = 0
        self._address = address
        self._options = options
        self._deliver = deliver
        self._clock = clock
        self._clean_start = clean_start
        self._received_at = clock.now()
        self._loop = asyncio.get_running_loop()
        self._connack: asyncio.Future[Connack] = self._loop.create_future()
        self._ended: asyncio.Future[Ended] = self._loop.create_future()
        self._answers = Answers(self._ended)
        self._client = self._make_client()
        self._publishing = Publishing(self._client, self._ended, str(address))
        self._wire = Wire(
            self._client, self._note_time, self.abort, lambda: self._publishing.unconfirmed
        )

    async def open(self) -> Connack:
        """Connect and wait for the broker's answer.

        Raises:
            BrokerRefusedError: the broker said no; the message has its reason.
            BrokerUnreachableError: nobody answered, or not in time.
        """
        await connect_in_thread(self._address, self._connect, self.abort)
        self._wire.tick()
        timeout = self._options.connect_timeout
        return await wait_accepted(self._address, self._connack, self._ended, timeout)

    async def subscribe(
        self, filters: Sequence[str], *, qos: int = 1, retained: bool = False
    ) -> None:
        """Subscribe, without the retained messages of the past.

        What is published while we are subscribed comes in any case; a retained message from
        before says nothing about now.

        Args:
            filters: topic filters.
            qos: the highest at which messages are sent to us; 0 or 1.
            retained: the retained messages are wanted after all.

        Raises:
            BrokerRefusedError: naming the filters that the broker refused.
            BrokerUnreachableError: the connection ended first, or the broker does not keep to MQTT.
        """
        if not filters:
            return
        options = SubscribeOptions(qos=qos, retainHandling=_RETAINED if retained else _NO_RETAINED)
        _, packet_id = self._client.subscribe([(name, options) for name in filters])
        try:
            answers = await self._answers.wait_for(packet_id)
        except PublishError as error:
            raise BrokerUnreachableError(f"{self._address}: {error}") from None
        if len(answers) != len(filters):
            raise BrokerUnreachableError(
                f"{self._address}: answered a subscription to {len(filters)} filters for "
                f"{len(answers)}"
            )
        refused = [
            f"{name} ({answer})"
            for name, answer in zip(filters, answers, strict=True)
            if answer.is_failure
        ]
        if refused:
            raise BrokerRefusedError(f"{self._address}: cannot subscribe to {', '.join(refused)}")

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish at QoS 1 and wait for the broker's confirmation.

        Raises:
            PublishRefusedError: naming the topic and the broker's reason.
            PublishError: the connection ended first.
        """
        await self._publishing.publish(topic, payload, retain=retain)

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Acknowledge messages of this epoch, in the order given."""
        has_room = self.in_flight.remove(messages)
        packet_ids = [message.packet_id for message in messages if message.qos]
        if packet_ids and not self._ended.done():
            self._client.acknowledge(packet_ids)
        if has_room and self.paused:
            self._wire.resume()

    @property
    def paused(self) -> bool:
        """Whether nothing is read at present, because too much is in flight."""
        return self._client.paused

    @property
    def has_ended(self) -> bool:
        """Whether the connection has ended."""
        return self._ended.done()

    async def wait_ended(self) -> Ended:
        """Wait for the end of the connection and return why it ended."""
        return await asyncio.shield(self._ended)

    async def ends_within(self, time: timedelta) -> bool:
        """Wait for the end, so long at most; return whether it has come."""
        await asyncio.wait((self._ended,), timeout=time.total_seconds())
        return self._ended.done()

    @property
    def reason(self) -> str:
        """Why it has ended; empty while it lasts."""
        return self._ended.result().reason if self._ended.done() else ""

    async def close(self) -> None:
        """Send what waits to be sent, then DISCONNECT, then wait for the end, bounded.

        A socket that is closed on messages that nobody read takes with it what the broker has
        not read yet. So the broker is asked first whether it has, and what it sends meanwhile
        is read and dropped: it was not acknowledged, and comes again.
        """
        self._publishing.flush()
        half = self._options.connect_timeout.total_seconds() / 2
        paused = self.paused
        self._client.discard()
        if paused:
            self._wire.resume()
        if self._client.socket() is not None:
            read = self._loop.create_future()
            self._client.ask_whether_read(lambda: None if read.done() else read.set_result(None))
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait((read, self._ended), timeout=half, return_when=first)
            self._client.disconnect()
            await self.ends_within(timedelta(seconds=half))
        self.abort("closed")

    def abort(self, reason: str) -> None:
        """Close the socket at once, without DISCONNECT; harmless when already ended."""
        self._end(Ended(reason))
        self._client.abort()

    # -- paho's side ----------------------------------------------------------------

    def _make_client(self) -> BufferedClient:
        client = make_client(self._address, self._options)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_delivery = self._on_delivery
        client.on_subscribe = self._on_subscribe
        return client

    def _connect(self) -> None:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
        expiry = int(self._options.session_expiry.total_seconds())
        properties.SessionExpiryInterval = min(expiry, _NEVER_EXPIRES)
        properties.ReceiveMaximum = self._options.receive_maximum
        properties.MaximumPacketSize = self._options.maximum_packet_size
        self._client.connect(
            self._address.host,
            self._address.port,
            keepalive=int(self._options.keepalive.total_seconds()),
            clean_start=self._clean_start,
            properties=properties,
        )

    def _on_connect(
        self,
        _client: object,
        _userdata: object,
        flags: ConnectFlags,
        code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        if self._connack.done():
            return
        if code.is_failure:
            self._connack.set_exception(BrokerRefusedError(f"{self._address}: {code}"))
            return
        if (most := getattr(properties, "ReceiveMaximum", None)) is not None:
            self._publishing.bound(most)
        expiry = getattr(properties, "SessionExpiryInterval", None)
        self._connack.set_result(
            Connack(flags.session_present, None if expiry is None else timedelta(seconds=expiry))
        )

    def _on_disconnect(
        self,
        _client: object,
        _userdata: object,
        flags: DisconnectFlags,
        code: ReasonCode,
        _properties: object,
    ) -> None:
        said_by = "broker said" if flags.is_disconnect_packet_from_server else "connection lost"
        self._end(Ended(f"{said_by}: {code}", code.value))

    def _on_delivery(
        self,
        topic: str,
        payload: bytes,
        packet_id: int,
        qos: int,
        retain: bool,  # noqa: FBT001 - the same
        content_type: str | None,
    ) -> None:
        self.in_flight.add(len(payload), qos)
        # No two messages of a connection share their time, so it can tell them apart.
        self._received_at += _LEAST_STEP
        self._deliver(
            Message(
                self.epoch,
                packet_id,
                topic,
                payload,
                qos,
                retain,
                self._received_at,
                content_type,
            )
        )
        if self.in_flight.is_too_much and not self.paused:
            self.pauses += 1
            self._wire.pause()

    def _note_time(self) -> None:
        self._received_at = max(self._clock.now(), self._received_at)

    def _on_subscribe(
        self, _client: object, _userdata: object, mid: int, codes: list[ReasonCode], _p: object
    ) -> None:
        self._answers.arrived(mid, codes)

    def _end(self, ended: Ended) -> None:
        # paho reports one keepalive time-out twice; the first report counts.
        if not self._ended.done():
            self._ended.set_result(ended)
