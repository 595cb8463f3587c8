"""One connection to the broker: a paho client wired into the running event loop.

paho's blocking connect (name look-up, TCP, TLS) runs in a thread; everything after it runs
on the loop, so nothing here needs a lock.
"""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from paho.mqtt.client import ConnectFlags, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from runtime.broker.address import BrokerAddress
from runtime.broker.client import BufferedClient
from runtime.broker.errors import BrokerRefusedError, BrokerUnreachableError, PublishError
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.clock import Clock

TAKEN_OVER: Final = 0x8E
_TICK_SECONDS: Final = 1.0
_NO_RETAINED: Final = 2
_NEVER_EXPIRES: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Connack:
    """The broker's answer to our CONNECT.

    Attributes:
        session_present: it still had our session; false means that whatever was queued for
            us, if anything was, is gone.
        session_expiry: how long it will keep the session, where it said so.
    """

    session_present: bool
    session_expiry: timedelta | None


@dataclass(frozen=True, slots=True)
class Ended:
    """Why a connection ended; `code` is the MQTT 5 reason where there was one."""

    reason: str
    code: int | None = None


class Connection:
    """One connection, from CONNECT to its end; never opened twice."""

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
        self.unacknowledged = 0
        self.unacknowledged_bytes = 0
        self._address = address
        self._options = options
        self._deliver = deliver
        self._clock = clock
        self._clean_start = clean_start
        self._received_at = clock.now()
        self._loop = asyncio.get_running_loop()
        self._connack: asyncio.Future[Connack] = self._loop.create_future()
        self._ended: asyncio.Future[Ended] = self._loop.create_future()
        self._waiting: dict[int, asyncio.Future[list[ReasonCode]]] = {}
        self._client = self._make_client()

    async def open(self) -> Connack:
        """Connect and wait for the broker's answer.

        Raises:
            BrokerRefusedError: the broker said no; the message has its reason.
            BrokerUnreachableError: nobody answered, or not in time.
        """
        connecting = self._loop.run_in_executor(None, self._connect)
        try:
            await asyncio.shield(connecting)
        except (OSError, ValueError) as error:
            raise BrokerUnreachableError(f"{self._address}: {error}") from error
        except asyncio.CancelledError:
            # The thread cannot be stopped; see that its socket is closed when it is done.
            connecting.add_done_callback(self._connected_too_late)
            raise
        self._tick()
        await asyncio.wait(
            (self._connack, self._ended),
            timeout=self._options.connect_timeout.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
        if self._connack.done():
            return self._connack.result()
        reason = self._ended.result().reason if self._ended.done() else "no CONNACK in time"
        raise BrokerUnreachableError(f"{self._address}: {reason}")

    def _connected_too_late(self, connecting: asyncio.Future[None]) -> None:
        if not connecting.cancelled():
            connecting.exception()  # nobody waits for it any more
        self.abort("cancelled while connecting")

    async def subscribe(self, filters: Sequence[str]) -> None:
        """Subscribe at QoS 1, without the retained messages of the past.

        What is published while we are subscribed comes in any case; a retained message from
        before says nothing about now.

        Raises:
            BrokerRefusedError: naming the filters that the broker refused.
            BrokerUnreachableError: the connection ended first.
        """
        if not filters:
            return
        options = SubscribeOptions(qos=1, retainHandling=_NO_RETAINED)
        _, packet_id = self._client.subscribe([(name, options) for name in filters])
        try:
            answers = await self._answer(packet_id)
        except PublishError as error:
            raise BrokerUnreachableError(f"{self._address}: {error}") from None
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
            PublishError: naming the topic and the reason.
        """
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        if info.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise PublishError(f"{topic}: not sent: {info.rc.name}")
        for answer in await self._answer(info.mid):
            if answer.is_failure:
                raise PublishError(f"{topic}: refused by {self._address}: {answer}")

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Acknowledge messages of this epoch, in the order given."""
        self.unacknowledged -= len(messages)
        self.unacknowledged_bytes -= sum(len(message.payload) for message in messages)
        packet_ids = [message.packet_id for message in messages if message.qos]
        if packet_ids and not self._ended.done():
            self._client.acknowledge(packet_ids)

    @property
    def has_ended(self) -> bool:
        """Whether the connection has ended."""
        return self._ended.done()

    async def wait_ended(self) -> Ended:
        """Wait for the end of the connection and return why it ended."""
        return await asyncio.shield(self._ended)

    async def close(self) -> None:
        """Send what waits to be sent, then DISCONNECT, then wait for the end, bounded."""
        self._client.disconnect()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._options.connect_timeout.total_seconds()):
                await self.wait_ended()
        self.abort("closed")

    def abort(self, reason: str) -> None:
        """Close the socket at once, without DISCONNECT; harmless when already ended."""
        self._end(Ended(reason))
        self._client.abort()

    # -- paho's side ----------------------------------------------------------------

    def _make_client(self) -> BufferedClient:
        client = BufferedClient(
            CallbackAPIVersion.VERSION2,
            client_id=self._options.client_id,
            protocol=MQTTProtocolVersion.MQTTv5,
            manual_ack=True,
        )
        client.connect_timeout = self._options.connect_timeout.total_seconds()
        if self._address.username:
            password = self._address.password
            client.username_pw_set(
                self._address.username, password.get_secret_value() if password else None
            )
        if self._address.tls:
            client.tls_set_context(self._address.tls)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_delivery = self._on_delivery
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_register_write
        client.on_socket_unregister_write = self._on_unregister_write
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
        self.unacknowledged += 1
        self.unacknowledged_bytes += len(payload)
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
        if (
            self.unacknowledged > self._options.in_flight_limit
            or self.unacknowledged_bytes > self._options.in_flight_bytes
        ):
            self._loop.call_soon(
                self.abort,
                f"in flight over the bound: {self.unacknowledged} messages, "
                f"{self.unacknowledged_bytes} bytes",
            )

    def _on_subscribe(
        self, _client: object, _userdata: object, mid: int, codes: list[ReasonCode], _p: object
    ) -> None:
        self._resolve(mid, codes)

    def _on_publish(
        self, _client: object, _userdata: object, mid: int, code: ReasonCode, _p: object
    ) -> None:
        self._resolve(mid, [code])

    async def _answer(self, packet_id: int | None) -> list[ReasonCode]:
        if packet_id is None:
            raise PublishError("not connected")
        future = self._waiting.setdefault(packet_id, self._loop.create_future())
        try:
            await asyncio.wait((future, self._ended), return_when=asyncio.FIRST_COMPLETED)
            if not future.done():
                raise PublishError(f"connection ended first: {self._ended.result().reason}")
            return future.result()
        finally:
            self._waiting.pop(packet_id, None)

    def _resolve(self, packet_id: int, codes: list[ReasonCode]) -> None:
        future = self._waiting.get(packet_id)
        if future is not None and not future.done():
            future.set_result(codes)

    def _end(self, ended: Ended) -> None:
        # paho reports one keepalive time-out twice; the first report counts.
        if not self._ended.done():
            self._ended.set_result(ended)

    # -- the event loop's side ------------------------------------------------------

    def _tick(self) -> None:
        if not self._ended.done():
            self._client.loop_misc()
            self._loop.call_later(_TICK_SECONDS, self._tick)

    def _readable(self) -> None:
        try:
            self._received_at = self._clock.now()
            self._client.read()
        except Exception as error:  # noqa: BLE001 - whatever a packet did, end this connection
            self.abort(f"cannot read what the broker sent: {error!r}")

    def _on_socket_open(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        # Called in the connecting thread.
        self._loop.call_soon_threadsafe(self._watch, sock)

    def _watch(self, sock: socket.socket) -> None:
        if self._client.socket() is sock:
            self._loop.add_reader(sock, self._readable)

    def _on_socket_close(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)

    def _on_register_write(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        # The first write, of CONNECT, is asked for in the connecting thread.
        self._loop.call_soon_threadsafe(self._watch_writable, sock)

    def _watch_writable(self, sock: socket.socket) -> None:
        if self._client.socket() is sock and self._client.want_write():
            self._loop.add_writer(sock, self._client.loop_write)

    def _on_unregister_write(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        self._loop.remove_writer(sock)
