"""One publishing connection: a paho client with a will, wired into the running event loop.

paho's blocking connect (name look-up, TCP, TLS) runs in a thread; everything after it runs
on the loop. A connection is never opened twice: packet ids then mean one thing only.
"""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from paho.mqtt.client import Client, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerRefusedError, BrokerUnreachableError

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


class _Client(Client):
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
        self._frozen = False
        self._client = self._make_client(client_id, will)

    async def open(self, threads: Executor | None = None) -> int:
        """Connect; return how many unconfirmed publishes the broker allows.

        Args:
            threads: where the blocking part runs; the event loop's own by default.

        Raises:
            BrokerRefusedError: the broker said no; the message has its reason.
            BrokerUnreachableError: nobody answered, or not in time.
        """
        connecting = self._loop.run_in_executor(threads, self._connect)
        try:
            await asyncio.shield(connecting)
        except (OSError, ValueError) as error:
            raise BrokerUnreachableError(f"{self._address}: {error}") from error
        except asyncio.CancelledError:
            # The thread cannot be stopped; see that its socket is closed when it is done.
            connecting.add_done_callback(self._discard)
            raise
        self._tick()
        await asyncio.wait(
            (self._accepted, self._ended),
            timeout=self._options.connect_timeout.total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
        if self._accepted.done():
            return self._accepted.result()
        reason = self._ended.result() if self._ended.done() else "no CONNACK in time"
        raise BrokerUnreachableError(f"{self._address}: {reason}")

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int | None:
        """Publish at QoS 1; return the packet id, or None if the connection is gone."""
        if self._ended.done():
            return None
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        return info.mid if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def freeze(self) -> None:
        """Leave the socket alone, open as it is: as if nothing got through any more."""
        self._frozen = True
        sock = self._client.socket()
        if sock is not None:
            self._loop.remove_reader(sock)
            self._loop.remove_writer(sock)

    def thaw(self) -> None:
        """Look after the socket again; if the broker has closed it, that is seen now."""
        self._frozen = False
        sock: Any = self._client.socket()
        if sock is not None:
            self._watch(sock)
            self._watch_writable(sock)

    async def wait_ended(self) -> str:
        """Wait for the end of the connection and return why it ended."""
        return await asyncio.shield(self._ended)

    async def close(self) -> None:
        """DISCONNECT, so that no will is sent, and wait until the packet is out."""
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
        client.on_socket_open = self._on_socket_open
        client.on_socket_close = self._on_socket_close
        client.on_socket_register_write = self._on_register_write
        client.on_socket_unregister_write = self._on_unregister_write
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

    def _discard(self, connecting: asyncio.Future[None]) -> None:
        connecting.exception()
        self.abort("cancelled while connecting")

    # -- the event loop's side ------------------------------------------------------

    def _tick(self) -> None:
        if not self._ended.done():
            if not self._frozen:
                self._client.loop_misc()
            keepalive = self._options.keepalive.total_seconds()
            self._loop.call_later(keepalive / _TICKS_PER_KEEPALIVE, self._tick)

    def _readable(self) -> None:
        self._client.loop_read()
        while self._client.has_unread():
            self._client.loop_read()

    def _on_socket_open(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        # Called in the connecting thread.
        self._loop.call_soon_threadsafe(self._watch, sock)

    def _watch(self, sock: socket.socket) -> None:
        if self._client.socket() is sock and not self._frozen:
            self._loop.add_reader(sock, self._readable)

    def _on_socket_close(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        self._loop.remove_reader(sock)
        self._loop.remove_writer(sock)

    def _on_register_write(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        # The first write, of CONNECT, is asked for in the connecting thread.
        self._loop.call_soon_threadsafe(self._watch_writable, sock)

    def _watch_writable(self, sock: socket.socket) -> None:
        wanted = self._client.want_write() and not self._frozen
        if self._client.socket() is sock and wanted:
            self._loop.add_writer(sock, self._client.loop_write)

    def _on_unregister_write(self, _client: object, _userdata: object, sock: Any) -> None:  # noqa: ANN401 - paho's SocketLike
        self._loop.remove_writer(sock)
