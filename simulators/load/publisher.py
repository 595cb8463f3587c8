"""A publisher of MQTT 3.1.1 at QoS 1 and nothing else, as an asyncio protocol."""

import asyncio
import struct
from collections.abc import Callable, Sequence
from typing import Final

from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerRefusedError, BrokerUnreachableError
from simulators.load import packets

PACKET_IDS: Final = tuple(number.to_bytes(2) for number in range(65_536))
"""The two bytes of each packet id; 0 is none."""
IN_FLIGHT_LIMIT: Final = 60_000
"""Below the number of packet ids by a margin, so that a free one is always near."""

_SMALL: Final = 4
"""Bytes of a CONNACK or PUBACK: all that such a publisher is ever sent."""

Confirmed = Callable[[Sequence[int]], None]
"""Hears of confirmed packet ids, many at a time."""


class LoadPublisher(asyncio.Protocol):
    """One connection that publishes.

    Args:
        confirmed: hears of PUBACKs.
    """

    def __init__(self, confirmed: Confirmed) -> None:
        self._confirmed = confirmed
        self._busy = bytearray(65_536)
        self._last = 0
        self._rest = b""
        self.in_flight = 0
        self.progress = asyncio.Event()
        loop = asyncio.get_running_loop()
        self.accepted: asyncio.Future[int] = loop.create_future()
        self.lost: asyncio.Future[str] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a stream protocol gets one
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Note why the connection ended."""
        if not self.lost.done():
            self.lost.set_result(str(exc) if exc else "closed by the broker")
        self.progress.set()

    def data_received(self, data: bytes) -> None:
        """Handle PUBACKs, and the CONNACK before them."""
        data = self._rest + data
        whole = len(data) - len(data) % _SMALL
        data, self._rest = data[:whole], data[whole:]
        if not self.accepted.done() and data and data[0] == packets.CONNACK:
            self.accepted.set_result(data[3])
            data = data[_SMALL:]
        if not data:
            return
        count = len(data) // _SMALL
        if data[::_SMALL] != bytes((packets.PUBACK,)) * count:
            self._transport.abort()
            return
        # Kind and length make one 16-bit number, the packet id the next.
        packet_ids = struct.unpack(f">{2 * count}H", data)[1::2]
        for packet_id in packet_ids:
            self._busy[packet_id] = 0
        self.in_flight -= count
        self._confirmed(packet_ids)
        self.progress.set()

    def take_packet_id(self) -> int:
        """Return a free packet id; the caller keeps `in_flight` below `IN_FLIGHT_LIMIT`."""
        packet_id = self._last % 65_535 + 1
        while self._busy[packet_id]:
            packet_id = packet_id % 65_535 + 1
        self._busy[packet_id] = 1
        self._last = packet_id
        self.in_flight += 1
        return packet_id

    def write(self, data: bytes) -> None:
        """Send bytes."""
        self._transport.write(data)

    def close(self) -> None:
        """DISCONNECT; harmless when the connection is gone."""
        self._transport.write(packets.DISCONNECT)
        self._transport.close()


async def open_publisher(
    address: BrokerAddress, client_id: str, confirmed: Confirmed, seconds: float = 10.0
) -> LoadPublisher:
    """Connect, and wait for the broker's answer at most so many seconds.

    Raises:
        BrokerRefusedError: the broker said no.
        BrokerUnreachableError: nobody answered in time.
    """
    loop = asyncio.get_running_loop()
    password = address.password.get_secret_value() if address.password else None
    try:
        async with asyncio.timeout(seconds):
            _, publisher = await loop.create_connection(
                lambda: LoadPublisher(confirmed), address.host, address.port, ssl=address.tls
            )
            publisher.write(packets.connect(client_id, address.username, password))
            await asyncio.wait(
                (publisher.accepted, publisher.lost), return_when=asyncio.FIRST_COMPLETED
            )
    except TimeoutError:
        raise BrokerUnreachableError(f"{address}: no CONNACK in {seconds} s") from None
    except OSError as error:
        raise BrokerUnreachableError(f"{address}: {error}") from error
    if not publisher.accepted.done():
        raise BrokerUnreachableError(f"{address}: {publisher.lost.result()}")
    code = publisher.accepted.result()
    if code:
        reason = packets.REFUSALS.get(code, f"return code {code}")
        raise BrokerRefusedError(f"{address}: {reason}")
    return publisher
