"""Dead letters: list them, show one, try them again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from psycopg import AsyncConnection
from psycopg.rows import class_row

from ingest.batch import Batch
from ingest.decode import Decoder
from ingest.queries import query
from ingest.writer import Writer
from runtime.broker.message import Message


@dataclass(frozen=True, slots=True)
class ReasonSummary:
    """The dead letters of one reason."""

    reason: str
    letters: int
    occurrences: int
    devices: int
    last_received_at: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """One dead letter as the database keeps it."""

    dead_letter_id: int
    topic: str
    payload: bytes
    content_type: str | None
    qos: int
    retain: bool
    reason: str
    detail: str
    device_code: str | None
    first_received_at: datetime
    last_received_at: datetime
    occurrences: int
    replayed_at: datetime | None
    replay_outcome: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one dead letter."""

    dead_letter_id: int
    topic: str
    outcome: str
    accepted: bool


async def summarise(connection: AsyncConnection) -> list[ReasonSummary]:
    """Return the dead letters by reason, most letters first."""
    async with connection.cursor(row_factory=class_row(ReasonSummary)) as cursor:
        await cursor.execute(query("summarise_letters"))
        return await cursor.fetchall()


async def find(
    connection: AsyncConnection,
    *,
    reason: str | None = None,
    device: str | None = None,
    letter_id: int | None = None,
    waiting: bool = False,
    limit: int | None = None,
) -> list[KeptLetter]:
    """Return dead letters, oldest first.

    Args:
        connection: the database.
        reason: only of this reason.
        device: only of this device's code.
        letter_id: only this one.
        waiting: only those that were not replayed with success.
        limit: at most so many; None for all.
    """
    async with connection.cursor(row_factory=class_row(KeptLetter)) as cursor:
        await cursor.execute(
            query("find_letters"),
            {
                "reason": reason,
                "device": device,
                "letter_id": letter_id,
                "waiting": waiting,
                "limit": limit,
            },
        )
        return await cursor.fetchall()


async def replay(
    connection: AsyncConnection,
    writer: Writer,
    decoder: Decoder,
    letters: list[KeptLetter],
    now: datetime,
) -> AsyncIterator[Replayed]:
    """Try dead letters again, against the inventory and limits of today; yield each outcome.

    A letter is judged as of its first arrival: what came in time then is in time now. What is
    accepted is written in a transaction of its own, and the letter is marked after it; killed
    in between, the next replay finds duplicates.
    """
    for letter in letters:
        batch = Batch()
        decoder.decode(_message(letter), batch)
        accepted = not batch.letters
        if accepted:
            written = await writer.write(batch)
            outcome = f"stored {written.stored}, duplicate {written.duplicate}"
        else:
            outcome = "; ".join(f"{again.reason}: {again.detail}" for again in batch.letters)
        async with connection.transaction():
            await connection.execute(
                query("mark_replayed"),
                {
                    "letter_id": letter.dead_letter_id,
                    "replayed_at": now if accepted else None,
                    "outcome": outcome,
                },
            )
        yield Replayed(letter.dead_letter_id, letter.topic, outcome, accepted)


def _message(letter: KeptLetter) -> Message:
    return Message(
        0,
        0,
        letter.topic,
        letter.payload,
        letter.qos,
        letter.retain,
        letter.first_received_at,
        letter.content_type,
    )
