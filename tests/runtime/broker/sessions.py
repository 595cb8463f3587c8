"""A running session, and all that a test looks at beside it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import uuid4

from runtime.backoff import BackoffPolicy
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import SessionTakenOverError
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.waiting import DEADLINE

QUICK = BackoffPolicy(first=timedelta(milliseconds=10), cap=timedelta(milliseconds=200))


@dataclass
class Observed:
    """Notes what a session says of its connections."""

    present: list[bool] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def connected(self, epoch: int, *, session_present: bool) -> None:
        assert epoch > 0
        self.present.append(session_present)
        self.changed.set()

    def disconnected(self, reason: str) -> None:
        self.reasons.append(reason)

    async def connections(self, count: int) -> None:
        async with asyncio.timeout(DEADLINE):
            while len(self.present) < count:
                self.changed.clear()
                await self.changed.wait()


@dataclass
class Running:
    """A running session with all that a test looks at."""

    session: BrokerSession
    inbox: Inbox
    observed: Observed
    task: asyncio.Task[None]


@contextlib.asynccontextmanager
async def running(
    address: BrokerAddress,
    options: SessionOptions,
    deliver: Callable[[Message], None] | None = None,
) -> AsyncIterator[Running]:
    """Run a session once it is connected; messages go to its inbox unless told otherwise."""
    inbox, observed = Inbox(), Observed()
    session = BrokerSession(address, options, deliver or inbox, observed, SystemClock(), Random(1))
    task = asyncio.create_task(session.run())
    await observed.connections(1)
    yield Running(session, inbox, observed, task)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, SessionTakenOverError):
        await task


@contextlib.asynccontextmanager
async def connected(
    address: BrokerAddress, client_id: str, *, clean_start: bool = True, expiry: int = 0
) -> AsyncIterator[Connection]:
    options = SessionOptions(client_id=client_id, session_expiry=timedelta(seconds=expiry))
    connection = Connection(1, address, options, Inbox(), SystemClock(), clean_start=clean_start)
    await connection.open()
    yield connection
    await connection.close()


async def publish(address: BrokerAddress, topic: str, payloads: list[bytes]) -> None:
    async with connected(address, f"publisher-{uuid4().hex}") as connection:
        await asyncio.gather(*(connection.publish(topic, payload) for payload in payloads))
