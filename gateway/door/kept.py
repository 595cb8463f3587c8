"""Kept letters: the dead letters of adapters as the database has them; found, and tried again."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection
from psycopg.rows import class_row

from gateway.door.foreign import Foreign
from gateway.door.letters import where_of
from gateway.door.queries import query
from gateway.translation import Incoming

_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class ReasonSummary:
    """The dead letters of one adapter and reason."""

    adapter: str
    reason: str
    letters: int
    occurrences: int
    last_received_at: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """One dead letter as the database keeps it."""

    dead_letter_id: int
    adapter: str
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

    def incoming(self) -> Incoming:
        """Return the message as it came at first."""
        channel, where = where_of(self.adapter, self.topic)
        return Incoming(
            channel=channel,
            where=where,
            body=self.payload,
            received_at=self.first_received_at,
            content_type=self.content_type,
            retain=self.retain,
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters; None: any."""

    adapter: str | None = None
    reason: str | None = None
    letter_id: int | None = None

    def values(self) -> dict[str, object]:
        """Return the parameters of a query."""
        return {"adapter": self.adapter, "reason": self.reason, "letter_id": self.letter_id}


async def summarise(connection: AsyncConnection) -> list[ReasonSummary]:
    """Return the dead letters by adapter and reason, most letters first."""
    async with connection.cursor(row_factory=class_row(ReasonSummary)) as cursor:
        await cursor.execute(query("summarise_letters"))
        return await cursor.fetchall()


async def find(
    connection: AsyncConnection, wanted: Wanted, limit: int | None = None
) -> list[KeptLetter]:
    """Return dead letters, those that came last first; at most `limit` of them."""
    async with connection.cursor(row_factory=class_row(KeptLetter)) as cursor:
        await cursor.execute(query("find_letters"), wanted.values() | {"limit": limit})
        return await cursor.fetchall()


async def waiting(connection: AsyncConnection, wanted: Wanted) -> AsyncIterator[KeptLetter]:
    """Yield the letters that were not replayed with success, in the order they first came."""
    last = 0
    while True:
        async with connection.cursor(row_factory=class_row(KeptLetter)) as cursor:
            values = wanted.values() | {"after": last, "limit": _PAGE}
            await cursor.execute(query("waiting_letters"), values)
            page = await cursor.fetchall()
        if not page:
            return
        for letter in page:
            yield letter
        last = page[-1].dead_letter_id


async def replay(
    connection: AsyncConnection, foreign: Foreign, letter: KeptLetter, now: datetime
) -> tuple[bool, str]:
    """Try a dead letter again, with the adapters and the inventory of today.

    What is accepted is published, also where other parts stay refused, before the letter is
    marked. What of it was published before is a duplicate then. Nothing is retained: of the same
    device, something newer may be.

    Returns:
        Whether it was accepted, and what became of it.

    Raises:
        PublishError: the broker does not take it.
    """
    accepted, outcome = await _try(foreign, letter)
    values = {
        "letter_id": letter.dead_letter_id,
        "replayed_at": now if accepted else None,
        "outcome": outcome,
    }
    await connection.execute(query("mark_replayed"), values)
    return accepted, outcome


async def _try(foreign: Foreign, letter: KeptLetter) -> tuple[bool, str]:
    adapter = foreign.adapters.get(letter.adapter)
    if adapter is None:
        return False, f"there is no adapter {letter.adapter!r} any more"
    incoming = letter.incoming()
    parcel = await foreign.pack(adapter, incoming, foreign.translate(adapter, incoming))
    parcel.outgoing = [replace(each, retain=False) for each in parcel.outgoing]
    # Not settled: what is refused of it is this letter still, and no new one.
    await foreign.publish([parcel])
    if parcel.letters:
        return False, "; ".join(f"{each.reason}: {each.detail}" for each in parcel.letters)
    return True, f"published {parcel.accepted}, left out {parcel.ignored}"
