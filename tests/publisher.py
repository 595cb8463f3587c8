"""The tests' publisher: sends traffic through every fault, and keeps the ledger."""

import asyncio
from collections import deque
from dataclasses import replace
from typing import Final, Self
from uuid import uuid4

from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerError, PublishError
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.traffic import CAUGHT_UP, Ledger, Made, Traffic
from tests.waiting import DEADLINE, eventually

_AT_ONCE: Final = 20
"""Messages published together, between two pauses."""


class Publisher:
    """Publishes at a steady pace, through every fault, until stopped.

    What was not confirmed when a connection ended is published again, as a device does; so is a
    message of a clock ahead, once the clock is no longer too far ahead.
    """

    def __init__(self, address: BrokerAddress, traffic: Traffic, per_second: int) -> None:
        self.ledger = Ledger()
        self._address = address
        self._traffic = traffic
        self._pause = _AT_ONCE / per_second
        self._again: list[Made] = []
        self._later: deque[tuple[float, Made]] = deque()
        self._now = asyncio.get_running_loop().time
        self._stopping = False
        self._under_way: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.finish()

    async def finish(self) -> None:
        """Stop making new messages; return once every one made is confirmed."""
        self._stopping = True
        await asyncio.wait_for(self._task, DEADLINE)

    async def confirmed(self, count: int) -> None:
        """Wait until so many more messages are confirmed."""
        wanted = self.ledger.messages + count
        await eventually(lambda: self.ledger.messages >= wanted)

    async def none_of_before(self) -> None:
        """Wait until whatever is under way now is confirmed, or will be sent anew."""
        if under_way := set(self._under_way):
            await asyncio.wait(under_way, timeout=DEADLINE)

    async def _run(self) -> None:
        while not self._is_done:
            options = SessionOptions(client_id=f"publisher-{uuid4().hex}")
            connection = Connection(
                1, self._address, options, Inbox(), SystemClock(), clean_start=True
            )
            try:
                await connection.open()
                await self._publish(connection)
            except BrokerError:
                await asyncio.sleep(0.1)
            finally:
                connection.abort("publisher moves on")

    async def _publish(self, connection: Connection) -> None:
        under_way = self._under_way
        try:
            while not self._is_done:
                for made in self._next():
                    task = asyncio.create_task(self._confirm(connection, made))
                    under_way.add(task)
                    task.add_done_callback(under_way.discard)
                await asyncio.sleep(self._pause)
                if connection.has_ended:
                    raise PublishError("connection ended")
                while len(under_way) > 1000 or (self._stopping and under_way):
                    await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        finally:
            if under_way:
                await asyncio.wait(under_way)

    @property
    def _is_done(self) -> bool:
        return self._stopping and not self._again and not self._later

    def _next(self) -> list[Made]:
        """Return what is to be published at once: what failed, what is due, what is new."""
        batch, self._again = self._again, []
        while self._later and (self._stopping or self._later[0][0] <= self._now()):
            batch.append(self._later.popleft()[1])
        if not self._stopping:
            batch += [self._traffic.make() for _ in range(_AT_ONCE - len(batch))]
        return batch

    async def _confirm(self, connection: Connection, made: Made) -> None:
        try:
            await connection.publish(made.topic, made.payload)
        except PublishError:
            self._again.append(made)
            return
        self.ledger.confirm(made, self._now())
        if made.again:
            due = self._now() + CAUGHT_UP.total_seconds()
            self._later.append((due, replace(made, again=False)))
