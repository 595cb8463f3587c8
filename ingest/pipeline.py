"""The pipeline: take, decode, write, acknowledge.

Two tasks, so that one batch is decoded while the database works on the one before it. A batch
is settled only when its transaction is committed, however long the database is away; until
then its messages stay unacknowledged, and the broker, which sends no more than the receive
maximum, holds the rest.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ingest.batch import Batch
from ingest.decode import DecodeLimits, Decoder
from ingest.instruments import Instruments
from ingest.intake import Intake
from ingest.rejection import DeadLetter, Reason
from ingest.store import Store, TooLongError
from ingest.writer import REFUSALS, Written, explain
from runtime.broker.message import Message
from runtime.broker.session import BrokerSession
from runtime.clock import Clock

_SLICE: Final = 50
_SLICE_BYTES: Final = 64 * 1024
"""Messages, and bytes of them, decoded at a stretch: a few milliseconds. Then whoever waits for the
event loop has a turn, above all the writer."""

_TIMEOUTS: Final = 2
"""A transaction that took too long so often may be too much for one: its batch is split."""


@dataclass(frozen=True, slots=True)
class _Decoded:
    """A batch, the messages it was made of, and whether a newer inventory may make more of it."""

    messages: Sequence[Message]
    batch: Batch

    @property
    def has_strangers(self) -> bool:
        return any(letter.reason is Reason.UNKNOWN_DEVICE for letter in self.batch.letters)


class Pipeline:
    """Moves messages from the intake to the store until the intake is closed and drained."""

    def __init__(
        self,
        intake: Intake,
        store: Store,
        session: BrokerSession,
        limits: DecodeLimits,
        instruments: Instruments,
        clock: Clock,
    ) -> None:
        self._intake = intake
        self._store = store
        self._session = session
        self._limits = limits
        self._instruments = instruments
        self._clock = clock
        self._taken = 0

    @property
    def in_flight(self) -> int:
        """Messages received and not yet committed."""
        return len(self._intake) + self._taken

    async def run(self) -> None:
        """Settle batch after batch; return once the intake is closed and drained."""
        await self._store.ready()
        decoded: asyncio.Queue[_Decoded | None] = asyncio.Queue(maxsize=1)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._decode_all(decoded), name="ingest.decode")
            group.create_task(self._write_all(decoded), name="ingest.write")

    async def _decode_all(self, decoded: asyncio.Queue[_Decoded | None]) -> None:
        while messages := await self._intake.take():
            self._taken += len(messages)
            await decoded.put(await self._decode(messages))
        await decoded.put(None)

    async def _write_all(self, decoded: asyncio.Queue[_Decoded | None]) -> None:
        while (item := await decoded.get()) is not None:
            # Only this task uses the database, so the inventory is looked after here.
            newer = await self._store.refresh(urgent=item.has_strangers)
            if newer and item.has_strangers:
                item = await self._decode(item.messages)
            await self._settle(item)
            self._instruments.stale.inc(self._session.acknowledge(item.messages))

    async def _decode(self, messages: Sequence[Message]) -> _Decoded:
        decoder = Decoder(self._store.registry, self._limits)
        batch = decoder.new_batch()
        count = size = 0
        for message in messages:
            decoder.decode(message, batch)
            count += 1
            size += len(message.payload)
            if count >= _SLICE or size >= _SLICE_BYTES:
                await asyncio.sleep(0)
                count = size = 0
        return _Decoded(messages, batch)

    async def _settle(self, item: _Decoded) -> None:
        timeouts = _TIMEOUTS if len(item.messages) > 1 else None
        try:
            written = await self._store.write(item.batch, timeouts=timeouts)
        except (*REFUSALS, TooLongError) as error:
            await self._split(item.messages, error)
        else:
            self._count(item, written)

    async def _split(self, messages: Sequence[Message], error: Exception) -> None:
        """Find the message whose values the database refuses, and keep it as a dead letter."""
        if len(messages) > 1:
            half = len(messages) // 2
            for part in (messages[:half], messages[half:]):
                await self._settle(await self._decode(part))
            return
        batch = Decoder(self._store.registry, self._limits).new_batch()
        _refuse(messages[0], error, batch)
        self._count(_Decoded(messages, batch), await self._store.write(batch))

    def _count(self, item: _Decoded, written: Written) -> None:
        now = self._clock.now()
        self._taken -= len(item.messages)
        self._instruments.committed(item.batch, written, item.messages)
        oldest = item.messages[0].received_at
        self._instruments.lag_seconds.observe((now - oldest).total_seconds())
        self._instruments.last_commit.set(now.timestamp())


def _refuse(message: Message, error: Exception, batch: Batch) -> None:
    minute = message.received_at.replace(second=0, microsecond=0)
    batch.messages[minute] = batch.received[minute] = 1
    batch.letters.append(
        DeadLetter(message.topic, message.payload, Reason.NOT_STORABLE, explain(error), message)
    )
