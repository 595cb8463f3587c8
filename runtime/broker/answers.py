"""What the broker answers: to our CONNECT, to each SUBSCRIBE and PUBLISH, and at the end."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from paho.mqtt.reasoncodes import ReasonCode

from runtime.broker.errors import PublishError


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

    def __str__(self) -> str:
        return self.reason


class Answers:
    """Waits for the answers to packets of one connection.

    Args:
        ended: the end of the connection, after which no answer comes.
    """

    def __init__(self, ended: asyncio.Future[Ended]) -> None:
        self._ended = ended
        self._waiting: dict[int, asyncio.Future[list[ReasonCode]]] = {}

    async def wait_for(self, packet_id: int | None) -> list[ReasonCode]:
        """Return the reason codes of the answer to a packet.

        Raises:
            PublishError: the packet was not sent, or the connection ended first.
        """
        if packet_id is None:
            raise PublishError("not connected")
        loop = asyncio.get_running_loop()
        future = self._waiting.setdefault(packet_id, loop.create_future())
        try:
            await asyncio.wait((future, self._ended), return_when=asyncio.FIRST_COMPLETED)
            if not future.done():
                raise PublishError(f"connection ended first: {self._ended.result().reason}")
            return future.result()
        finally:
            self._waiting.pop(packet_id, None)

    def arrived(self, packet_id: int, codes: list[ReasonCode]) -> None:
        """Take an answer; one that nobody waits for is dropped."""
        future = self._waiting.get(packet_id)
        if future is not None and not future.done():
            future.set_result(codes)
