"""Publishing: what one connection has sent at QoS 1, until the broker confirms it.

paho publishes a packet at a time: each is queued, locked and written by itself, twenty are under
way at most, and each confirmation is taken apart byte by byte. That is most of the work of passing
a small message on. Here the packets of one turn of the event loop leave in one write, and a
confirmation is a look-up.
"""

import asyncio
from typing import Final

from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from runtime.broker.answers import Ended
from runtime.broker.client import BufferedClient
from runtime.broker.errors import PublishError, PublishRefusedError

_PUBLISH_QOS1: Final = 0x32
_RETAIN: Final = 0x01
_FAILURE: Final = 0x80
_PASSING: Final = frozenset({0x91, 0x97})
"""Packet identifier in use, and quota exceeded: another time the same is taken."""
_NO_PROPERTIES: Final = b"\0"
_DEFAULT_ROOM: Final = 65_535
"""What MQTT 5 allows where the broker names no receive maximum."""


class Publishing:
    """Publishes over one connection.

    Args:
        client: its paho client.
        ended: the end of the connection, after which nothing is confirmed.
        name: of the broker, for messages.
    """

    def __init__(self, client: BufferedClient, ended: asyncio.Future[Ended], name: str) -> None:
        self._client = client
        self._ended = ended
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._unsent: list[bytes] = []
        self._waiting: dict[int, asyncio.Future[int]] = {}
        self._room = asyncio.Semaphore(_DEFAULT_ROOM)
        client.on_confirmation = self._confirmed
        ended.add_done_callback(self._fail)

    @property
    def unconfirmed(self) -> int:
        """How many were published and are not confirmed."""
        return len(self._waiting)

    def bound(self, receive_maximum: int) -> None:
        """Have no more under way than the broker takes; call it before anything is published."""
        self._room = asyncio.Semaphore(receive_maximum)

    async def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """Publish at QoS 1 and wait for the broker's confirmation.

        Raises:
            PublishRefusedError: naming the topic and the broker's reason.
            PublishError: the connection ended first.
        """
        room = self._room
        await room.acquire()
        try:
            reason = await self._send(topic, payload, retain=retain)
        finally:
            room.release()
        if reason >= _FAILURE:
            said = ReasonCode(PacketTypes.PUBACK, identifier=reason)
            raise PublishRefusedError(
                f"{topic}: refused by {self._name}: {said}", lasts=reason not in _PASSING
            )

    def flush(self) -> None:
        """Hand over what waits to be sent, ahead of whatever is sent next."""
        unsent, self._unsent = self._unsent, []
        if unsent and not self._ended.done():
            self._client.send_publishes(b"".join(unsent))

    async def _send(self, topic: str, payload: bytes, *, retain: bool) -> int:
        if self._ended.done():
            raise PublishError(f"{topic}: not sent: {self._ended.result().reason}")
        packet_id = self._client.next_packet_id()
        while packet_id in self._waiting:
            packet_id = self._client.next_packet_id()
        answer: asyncio.Future[int] = self._loop.create_future()
        self._waiting[packet_id] = answer
        if not self._unsent:
            self._loop.call_soon(self.flush)
        self._unsent.append(_packet(topic, payload, packet_id, retain=retain))
        try:
            return await answer
        finally:
            # An id whose wait was given up is taken still: the broker may be about to answer.
            if answer.done() and not answer.cancelled():
                self._waiting.pop(packet_id, None)

    def _confirmed(self, packet_id: int, reason: int) -> bool:
        answer = self._waiting.get(packet_id)
        if answer is None:
            return False
        if answer.cancelled():
            del self._waiting[packet_id]
        elif not answer.done():
            answer.set_result(reason)
        return True

    def _fail(self, ended: asyncio.Future[Ended]) -> None:
        if ended.cancelled():
            return
        self._unsent.clear()
        waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            if not answer.done():
                reason = ended.result().reason
                answer.set_exception(PublishError(f"connection ended first: {reason}"))


def _packet(topic: str, payload: bytes, packet_id: int, *, retain: bool) -> bytes:
    name = topic.encode()
    size = 2 + len(name) + 2 + len(_NO_PROPERTIES) + len(payload)
    header = bytearray((_PUBLISH_QOS1 | _RETAIN if retain else _PUBLISH_QOS1,))
    while True:
        size, low = size >> 7, size & 0x7F
        header.append(low | 0x80 if size else low)
        if not size:
            break
    return b"".join(
        (header, len(name).to_bytes(2), name, packet_id.to_bytes(2), _NO_PROPERTIES, payload)
    )
