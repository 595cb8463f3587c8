"""The audit of access: who made, ended or was refused what; only ever appended to."""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from gateway.access.queries import query

_LONGEST_SUBJECT: Final = 200
_AGAIN: Final = timedelta(minutes=1)


class EntryKind(StrEnum):
    """What an entry is about, to count by."""

    TOKEN_CREATED = "token_created"  # noqa: S105 - the name of a deed, no secret
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - the same
    DEVICE_ADDED = "device_added"
    DEVICE_ROTATED = "device_rotated"
    DEVICE_REVOKED = "device_revoked"
    SESSION_OPENED = "session_opened"
    SESSION_ENDED = "session_ended"
    CHANGE_REFUSED = "change_refused"
    LOCKED_OUT = "locked_out"


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One line.

    Attributes:
        at: when it happened.
        kind: what it is about.
        actor: who: a person, a token's name, or an address that gave no good one.
        subject: a token's public part, a device's code, or method and path.
        detail: what else belongs to it; no secret.
    """

    at: datetime
    kind: EntryKind
    actor: str
    subject: str
    detail: Mapping[str, Any] = field(default_factory=dict)


async def append(connection: AsyncConnection, entry: AccessEntry) -> None:
    """Write a line, in the transaction of what it is about."""
    values = {
        "at": entry.at,
        "kind": entry.kind,
        "actor": entry.actor,
        "subject": entry.subject[:_LONGEST_SUBJECT],
        "detail": Jsonb(dict(entry.detail)),
    }
    await connection.execute(query("append_entry"), values)


class Backlog:
    """Lines that are written when there is time: refusals and lock-outs, which change nothing.

    Whoever is refused the same again and again is written down once a minute, so that he cannot
    fill the database. What does not fit is counted.

    Args:
        most: lines that wait at a time.
    """

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._waiting: deque[AccessEntry] = deque()
        self._told: OrderedDict[tuple[str, str], datetime] = OrderedDict()
        self.dropped = 0

    def note(self, entry: AccessEntry) -> None:
        """Keep a line to be written, unless it was said of late."""
        key = (entry.actor, entry.subject[:_LONGEST_SUBJECT])
        told_at = self._told.get(key)
        if told_at is not None and entry.at - told_at < _AGAIN:
            return
        if len(self._waiting) >= self._most:
            self.dropped += 1
            return
        self._told[key] = entry.at
        self._told.move_to_end(key)
        while len(self._told) > self._most:
            self._told.popitem(last=False)
        self._waiting.append(entry)

    async def write(self, connection: AsyncConnection) -> None:
        """Write all that wait, in one transaction; what fails waits on."""
        count = len(self._waiting)
        if not count:
            return
        async with connection.transaction():
            for entry in list(self._waiting)[:count]:
                await append(connection, entry)
        for _ in range(count):
            self._waiting.popleft()
