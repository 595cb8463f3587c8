"""paho-mqtt's client, with a fast lane for the packets that make up the load.

paho reads a packet's header byte by byte, one system call each, builds a property set for
every PUBLISH, and writes each PUBACK with a system call of its own: three quarters of the
work of receiving a small message. Here bytes are read in blocks; a PUBLISH is taken apart
in place; any other packet is handed to paho, which stays in charge of the session; and a
batch of PUBACKs leaves as one write. This leans on a few private members of paho's client,
so paho is pinned exactly, and tests/runtime/broker fails if a version changes them.

Reading until nothing is left also cures a stall: TLS may decrypt several packets from one
record, of which the event loop's selector knows nothing.
"""

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from typing import Final

from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from runtime.broker.address import BrokerAddress
from runtime.broker.asking import AskingClient
from runtime.broker.options import SessionOptions

_PUBLISH: Final = 0x30
_PUBACK: Final = 0x40
_KIND: Final = 0xF0
_READ_SIZE: Final = 65_536
_READS_A_TURN: Final = 16
"""A flood must not keep the event loop from whoever acknowledges it."""
_LONGEST_LENGTH: Final = 4
_CONTINUED: Final = 0x80
_PACKET_ID_SIZE: Final = 2

Delivery = Callable[[str, bytes, int, int, bool, str | None], None]
"""Takes topic, payload, packet id (0 at QoS 0), QoS, retain flag and content type."""


class MalformedPacketError(ValueError):
    """What the broker sent is not MQTT."""


class BufferedClient(AskingClient):
    """A paho client that reads in blocks and acknowledges in batches.

    It serves one connection only, and MQTT 5 only: set `on_delivery` before connecting.

    Attributes:
        on_delivery: takes each message.
        on_confirmation: takes packet id and reason of each PUBACK; returns whether it waited for
            it. What it did not wait for is handed to paho.
        paused: set it, within `on_delivery` too, and not one more packet is handled.
        maximum_packet_size: what the broker was told; a larger packet is not waited for.
    """

    on_delivery: Delivery
    on_confirmation: Callable[[int, int], bool] = staticmethod(lambda _id, _reason: False)
    paused: bool = False
    maximum_packet_size: int = 2**28

    _buffer: bytes = b""
    _handed: bytes = b""
    _handing: bool = False
    _discarding: bool = False

    def read(self) -> bool:
        """Read and handle what has arrived, a MiB at most; return whether more may wait.

        Call it when the socket is readable, and after a pause.

        Raises:
            MalformedPacketError: the connection is past saving.
        """
        self._buffer = self._handle(self._buffer)  # what a pause has left
        for _ in range(_READS_A_TURN):
            if self.paused or self.socket() is None:
                return False
            try:
                chunk = super()._sock_recv(_READ_SIZE)
            except BlockingIOError:
                return False
            except OSError:
                chunk = b""
            if not chunk:
                self.loop_read()  # paho meets the same end of the stream, and reports it
                return False
            self._heard()
            self._buffer = self._handle(self._buffer + chunk if self._buffer else chunk)
            if len(chunk) < _READ_SIZE and not self._pending():
                return False
        return True

    def excuse_silence(self) -> None:
        """Take a broker that we do not read from for one that is alive; we go on pinging it."""
        self._heard()

    def discard(self) -> None:
        """Throw away messages that are still to come; the broker will send them again."""
        self.paused = False
        self._discarding = True

    def _heard(self) -> None:
        self._last_bytes_received = time.monotonic()
        # The answer to a ping may stand behind megabytes of messages; any byte proves as much.
        self._ping_t = 0.0

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Send a PUBACK for each QoS 1 packet id, in this order, in one write."""
        packet = b"".join(b"\x40\x02" + packet_id.to_bytes(2) for packet_id in packet_ids)
        self._packet_queue(_PUBACK, packet, packet_ids[-1], 0)

    def next_packet_id(self) -> int:
        """Return a packet id; each comes again after 65,535 others."""
        return self._mid_generate()

    def send_publishes(self, packets: bytes) -> None:
        """Send whole PUBLISH packets of QoS 1 in one write."""
        self._packet_queue(_PUBLISH, packets, 0, 1)

    def abort(self) -> None:
        """Close the socket without DISCONNECT: the broker keeps the session, sends the will."""
        self._sock_close()

    def _pending(self) -> bool:
        pending = getattr(self.socket(), "pending", None)
        return pending is not None and pending() > 0

    def _handle(self, data: bytes) -> bytes:
        """Handle the whole packets in `data`; return the beginning of the next one."""
        start, end = 0, len(data)
        while start + 1 < end and not self.paused:
            body, length, shift = start + 1, 0, 0
            while body < end:
                byte = data[body]
                length |= (byte & 0x7F) << shift
                shift += 7
                body += 1
                if byte < _CONTINUED:
                    break
                if body - start > _LONGEST_LENGTH:
                    raise MalformedPacketError("remaining length of more than four bytes")
            else:
                break
            if length > self.maximum_packet_size:
                raise MalformedPacketError(
                    f"a packet of {length} bytes, {self.maximum_packet_size} were agreed"
                )
            following = body + length
            if following > end:
                break
            if data[start] & _KIND == _PUBLISH:
                if not self._discarding:
                    self._deliver(data[start], data, body, following)
            elif data[start] != _PUBACK or not self._confirm(data, body, length):
                self._hand_over(data[start:following])
            start = following
        return data[start:]

    def _confirm(self, data: bytes, position: int, length: int) -> bool:
        if length < _PACKET_ID_SIZE:
            return False
        reason = data[position + 2] if length > _PACKET_ID_SIZE else 0
        return self.on_confirmation(data[position] << 8 | data[position + 1], reason)

    def _deliver(self, header: int, data: bytes, position: int, end: int) -> None:
        topic_end = position + 2 + (data[position] << 8 | data[position + 1])
        # Nothing in here may raise: the broker would send the same message again for ever.
        topic = data[position + 2 : topic_end].decode("utf-8", "surrogateescape")
        position = topic_end
        qos = header >> 1 & 3
        packet_id = 0
        if qos:
            packet_id = data[position] << 8 | data[position + 1]
            position += 2
        content_type = None
        properties = position
        size, position = _variable_length(data, position)
        position += size
        if size:
            content_type = _content_type(data[properties:position])
        payload = data[position:end]
        self.on_delivery(topic, payload, packet_id, qos, bool(header & 1), content_type)

    def _hand_over(self, packet: bytes) -> None:
        self._handed, self._handing = packet, True
        try:
            while self._handed and self.socket() is not None:
                self.loop_read()
        finally:
            self._handing = False

    def _ssl_wrap_socket(self, tcp_sock: socket.socket) -> ssl.SSLSocket:
        # paho's own leaves the socket to the garbage collector when the handshake fails.
        assert self._ssl_context is not None  # noqa: S101 - paho calls this with TLS only
        sock = self._ssl_context.wrap_socket(
            tcp_sock, server_hostname=self._host, do_handshake_on_connect=False
        )
        try:
            sock.settimeout(self.connect_timeout)
            sock.do_handshake()
        except BaseException:
            sock.close()
            raise
        return sock

    def _sock_recv(self, bufsize: int) -> bytes:
        if not self._handing:
            return super()._sock_recv(bufsize)
        if not self._handed:
            # paho would go on to the next packet, which is in our buffer or still to come to it.
            raise BlockingIOError
        data, self._handed = self._handed[:bufsize], self._handed[bufsize:]
        return data


def make_client(address: BrokerAddress, options: SessionOptions) -> BufferedClient:
    """Return a client that is set up to connect, without its callbacks."""
    client = BufferedClient(
        CallbackAPIVersion.VERSION2,
        client_id=options.client_id,
        protocol=MQTTProtocolVersion.MQTTv5,
        manual_ack=True,
    )
    client.connect_timeout = options.connect_timeout.total_seconds()
    client.maximum_packet_size = options.maximum_packet_size
    if address.username:
        password = address.password
        client.username_pw_set(address.username, password.get_secret_value() if password else None)
    if address.tls:
        client.tls_set_context(address.tls)
    return client


def _variable_length(data: bytes, position: int) -> tuple[int, int]:
    """Return the number that starts at `position`, and the position behind it."""
    number = shift = 0
    while True:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < _CONTINUED:
            return number, position
        shift += 7


def _content_type(data: bytes) -> str | None:
    """Return the content type among a PUBLISH's properties, if there is one to be read."""
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    try:
        properties.unpack(data)  # type: ignore[no-untyped-call]  # the same
    except Exception:  # noqa: BLE001 - a property that paho cannot read must not cost the message
        return None
    return getattr(properties, "ContentType", None)
