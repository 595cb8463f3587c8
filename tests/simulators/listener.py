"""A listener: hears what simulated devices of one commune publish."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from province.topics import Channel, parse_topic, telemetry_filter
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.waiting import DEADLINE, eventually

Heard = tuple[str, Channel, Any]
"""Device, channel and payload."""


class Listener(list[Heard]):
    """What was heard, in order of arrival; QoS 1, so a payload may be there twice."""

    def __init__(self) -> None:
        super().__init__()
        self.connection: Connection | None = None

    def __call__(self, message: Message) -> None:
        topic = parse_topic(message.topic)
        self.append((topic.device, topic.channel, json.loads(message.payload)))
        assert self.connection is not None
        self.connection.acknowledge([message])

    def of(self, channel: Channel, device: str | None = None) -> list[dict[str, Any]]:
        return [body for who, what, body in self if what is channel and device in (None, who)]

    async def hear(self, condition: Callable[[], bool], seconds: float = DEADLINE) -> None:
        await eventually(condition, seconds)


@contextlib.asynccontextmanager
async def listening(address: BrokerAddress, commune: str) -> AsyncIterator[Listener]:
    listener = Listener()
    options = SessionOptions(
        client_id=f"listener-{uuid4().hex}", session_expiry=timedelta(0), receive_maximum=65_535
    )
    connection = Connection(1, address, options, listener, SystemClock(), clean_start=True)
    listener.connection = connection
    try:
        await connection.open()
        await connection.subscribe([telemetry_filter("66", commune)])
        yield listener
    finally:
        await connection.close()
