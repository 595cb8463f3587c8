"""Dead letters: list them, show one, try them again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection
from psycopg.rows import class_row

from ingest.batch import Batch
from ingest.decode import Decoder
from ingest.queries import query
from ingest.rejection import Reason
from ingest.writer import REFUSALS, Writer, explain
from runtime.broker.message import Message
from runtime.wording import did_you_mean

_PAGE: Final = 100
_NUMBERS: Final = range(2**63)
"""Of letters: what the database can count to."""


class UnknownNameError(Exception):
    """A device or a letter was asked for that there is not."""


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


async def check_device(connection: AsyncConnection, device: str | None) -> None:
    """Do nothing if there is a device that a person names; letters may be of unknown ones.

    Raises:
        UnknownNameError: there is none.
    """
    if device is not None:
        cursor = await connection.execute(query("known_codes"))
        known = [code for (code,) in await cursor.fetchall()]
        if device not in known:
            raise UnknownNameError(f"there is no device {device!r}{did_you_mean(device, known)}")


async def one(
    connection: AsyncConnection, letter_id: int, *, device: str | None = None
) -> KeptLetter:
    """Return the letter of a number that a person names.

    Raises:
        UnknownNameError: there is none (of that device).
    """
    known = letter_id in _NUMBERS
    found = await find(connection, device=device, letter_id=letter_id) if known else []
    if not found:
        of = f" of device {device!r}" if device else ""
        raise UnknownNameError(f"there is no dead letter {letter_id}{of}")
    return found[0]


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
    limit: int | None = None,
) -> list[KeptLetter]:
    """Return dead letters, those that came last first.

    Args:
        connection: the database.
        reason: only of this reason.
        device: only of this device's code.
        letter_id: only this one.
        limit: at most so many; None for all.
    """
    wanted = {"reason": reason, "device": device, "letter_id": letter_id, "limit": limit}
    async with connection.cursor(row_factory=class_row(KeptLetter)) as cursor:
        await cursor.execute(query("find_letters"), wanted)
        return await cursor.fetchall()


async def waiting(
    connection: AsyncConnection,
    *,
    reason: str | None = None,
    device: str | None = None,
    letter_id: int | None = None,
) -> AsyncIterator[KeptLetter]:
    """Yield the letters that were not replayed with success, in the order they first came.

    A page at a time, so that a month of rubbish does not have to fit the memory.
    """
    wanted = {"reason": reason, "device": device, "letter_id": letter_id, "limit": _PAGE}
    last = 0
    while True:
        async with connection.cursor(row_factory=class_row(KeptLetter)) as cursor:
            await cursor.execute(query("waiting_letters"), {**wanted, "after": last})
            page = await cursor.fetchall()
        if not page:
            return
        for letter in page:
            yield letter
        last = page[-1].dead_letter_id


async def replay(
    connection: AsyncConnection, writer: Writer, decoder: Decoder, letter: KeptLetter, now: datetime
) -> Replayed:
    """Try a dead letter again, against the inventory and limits of today.

    A letter is judged as of its first arrival: what came in time then is in time now. What is
    accepted is written in a transaction of its own, and the letter is marked after it; killed
    in between, the next replay finds duplicates.
    """
    batch = decoder.new_batch()
    decoder.decode(_message(letter), batch)
    if batch.letters:
        accepted = False
        outcome = "; ".join(f"{again.reason}: {again.detail}" for again in batch.letters)
    else:
        accepted, outcome = await _store(writer, batch)
    async with connection.transaction():
        await connection.execute(
            query("mark_replayed"),
            {
                "letter_id": letter.dead_letter_id,
                "replayed_at": now if accepted else None,
                "outcome": outcome,
            },
        )
    return Replayed(letter.dead_letter_id, letter.topic, outcome, accepted)


async def _store(writer: Writer, batch: Batch) -> tuple[bool, str]:
    try:
        written = await writer.write(batch)
    except REFUSALS as refusal:
        return False, f"{Reason.NOT_STORABLE}: {explain(refusal)}"
    return True, f"stored {written.stored}, duplicate {written.duplicate}"


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
