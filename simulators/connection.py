"""One publishing connection: a paho client with a will, wired into the running event loop.

paho's blocking connect (name look-up, TCP, TLS) runs in a thread; everything after it runs
on the loop. A connection is never opened twice: packet ids then mean one thing only.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from paho.mqtt.client import DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from runtime.broker.address import BrokerAddress
from runtime.broker.asking import AskingClient
from runtime.broker.errors import BrokerRefusedError
from runtime.broker.opening import connect_in_thread, wait_accepted
from runtime.broker.sockets import SocketWatch

_TICKS_PER_KEEPALIVE: Final = 8
_PROTOCOLS: Final = {"3.1.1": MQTTProtocolVersion.MQTTv311, "5": MQTTProtocolVersion.MQTTv5}

ProtocolVersion = Literal["3.1.1", "5"]
"""The versions of MQTT that a device may speak."""


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """How a device connects.

    Attributes:
        protocol: at 5 the broker says why it refuses a publish; at 3.1.1 a broker that
            refuses one confirms it all the same, or hangs up.
        keepalive: the broker sends the will after 1.5 times this silence.
        connect_timeout: for TCP, TLS and CONNACK each.
    """

    protocol: ProtocolVersion = "5"
    keepalive: timedelta = timedelta(seconds=30)
    connect_timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes, retained, when the connection ends without a word."""

    topic: str
    payload: bytes


class _Client(AskingClient):
    def abort(self) -> None:
        """Close the socket without DISCONNECT, for which paho has no public way."""
        self._sock_close()

    def has_unread(self) -> bool:
        """Whether the TLS layer holds decrypted bytes, where no selector sees them."""
        pending = getattr(self.socket(), "pending", None)
        return pending is not None and pending() > 0


class PublishingConnection:
    """One connection of one device, from CONNECT to its end.

    Args:
        address: the broker, and who we are there.
        client_id: the device's code.
        will: sent by the broker if we vanish.
        options: how to connect.
        confirmed: hears of every PUBACK: the packet id, and the reason code (0 at 3.1.1).
    """

    def __init__(
        self,
        address: BrokerAddress,
        client_id: str,
        will: Will,
        options: ConnectionOptions,
        confirmed: Callable[[int, ReasonCode], None],
    ) -> None:
        self._address = address
        self._options = options
        self._confirmed = confirmed
        self._loop = asyncio.get_running_loop()
        self._accepted: asyncio.Future[int] = self._loop.create_future()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._leaving = False
        self._client = self._make_client(client_id, will)
        self._watch = SocketWatch(self._client, self._readable)

    async def open(self, threads: Executor | None = None) -> int:
        """Connect; return how many unconfirmed publishes the broker allows.

        Args:
            threads: where the blocking part runs; the event loop's own by default.

        Raises:
            BrokerRefusedError: the broker said no; the message has its reason.
            BrokerUnreachableError: nobody answered, or not in time.
        """
        await connect_in_thread(self._address, self._connect, self.abort, threads)
        self._tick()
        timeout = self._options.connect_timeout
        return await wait_accepted(self._address, self._accepted, self._ended, timeout)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int | None:
        """Publish at QoS 1; return the packet id, or None if the connection is gone."""
        if self._ended.done():
            return None
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        return info.mid if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def freeze(self) -> None:
        """Leave the socket alone, open as it is: as if nothing got through any more."""
        self._watch.freeze()

    def thaw(self) -> None:
        """Look after the socket again; if the broker has closed it, that is seen now."""
        self._watch.thaw()

    async def wait_ended(self) -> str:
        """Wait for the end of the connection and return why it ended."""
        return await asyncio.shield(self._ended)

    async def close(self) -> None:
        """DISCONNECT, so that no will is sent, and wait until the packet is out."""
        self._leaving = True
        if not self._ended.done():
            read = self._loop.create_future()
            self._client.ask_whether_read(lambda: None if read.done() else read.set_result(None))
            bound = self._options.connect_timeout.total_seconds()
            first = asyncio.FIRST_COMPLETED
            await asyncio.wait((read, self._ended), timeout=bound, return_when=first)
        if not self._ended.done():
            self._client.disconnect()
            await self.wait_ended()
        self.abort("closed")

    def abort(self, reason: str) -> None:
        """Close the socket at once: the broker sends the will. Harmless when ended."""
        self._end(reason)
        self._client.abort()

    # -- paho's side ----------------------------------------------------------------

    def _make_client(self, client_id: str, will: Will) -> _Client:
        client = _Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            protocol=_PROTOCOLS[self._options.protocol],
            # paho would otherwise answer some refusals with a blocking reconnect of its own.
            reconnect_on_failure=False,
        )
        client.connect_timeout = self._options.connect_timeout.total_seconds()
        client.max_inflight_messages = 0  # our outbox holds the window
        client.will_set(will.topic, will.payload, qos=1, retain=True)
        if self._address.username:
            password = self._address.password
            client.username_pw_set(
                self._address.username, password.get_secret_value() if password else None
            )
        if self._address.tls:
            client.tls_set_context(self._address.tls)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        return client

    def _connect(self) -> None:
        self._client.connect(
            self._address.host,
            self._address.port,
            keepalive=max(1, round(self._options.keepalive.total_seconds())),
        )

    def _on_connect(
        self, _client: object, _userdata: object, _flags: object, code: ReasonCode, answer: object
    ) -> None:
        if self._accepted.done():
            return
        if code.is_failure:
            self._end(f"refused: {code}")
            self._accepted.set_exception(BrokerRefusedError(f"{self._address}: {code}"))
        else:
            self._accepted.set_result(getattr(answer, "ReceiveMaximum", 65_535))

    def _on_disconnect(
        self,
        _client: object,
        _userdata: object,
        flags: DisconnectFlags,
        code: ReasonCode,
        _properties: object,
    ) -> None:
        said_by = "broker said" if flags.is_disconnect_packet_from_server else "connection lost"
        self._end(f"{said_by}: {code}")

    def _on_publish(
        self, _client: object, _userdata: object, mid: int, code: ReasonCode, _p: Properties
    ) -> None:
        self._confirmed(mid, code)

    def _end(self, reason: str) -> None:
        # paho reports one keepalive time-out twice; the first report counts.
        if not self._ended.done():
            self._ended.set_result(reason)

    # -- the event loop's side ------------------------------------------------------

    def _tick(self) -> None:
        if not self._ended.done():
            # Another ping's answer would be on its way at the DISCONNECT.
            if not self._watch.frozen and not self._leaving:
                self._client.loop_misc()
            keepalive = self._options.keepalive.total_seconds()
            self._loop.call_later(keepalive / _TICKS_PER_KEEPALIVE, self._tick)

    def _readable(self) -> None:
        self._client.loop_read()
        while self._client.has_unread():
            self._client.loop_read()
