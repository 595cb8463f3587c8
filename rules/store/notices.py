"""Notices to people in the database: what was told to whom, or why it was not."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from rules.store.instants import instant
from rules.store.queries import query


class Outcome(StrEnum):
    """What became of a notice to people."""

    SENT = "sent"
    FAILED = "failed"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class NotificationChange:
    """What became of a notice to people; instants are seconds since 1970.

    Attributes:
        key: the same however often it is tried.
        incidents: that it speaks of.
        receiver: by its name in the routes.
        action: what it tells, as a fixed word.
        attempts: how often it was tried so far.
        first_at: when first.
        last_at: when last.
        error: why it failed or was withheld.
    """

    key: str
    incidents: tuple[str, ...]
    receiver: str
    action: str
    outcome: Outcome
    attempts: int
    first_at: float
    last_at: float
    error: str = ""


async def store_notifications(
    connection: AsyncConnection, changes: Iterable[NotificationChange]
) -> None:
    """Write what became of notices, in the transaction of the caller; later attempts win."""
    newest: dict[str, NotificationChange] = {}
    for change in changes:
        known = newest.get(change.key)
        if known is None or (known.attempts, known.last_at) <= (change.attempts, change.last_at):
            newest[change.key] = change
    if newest:
        rows = Jsonb([_row(change) for change in newest.values()])
        await connection.execute(query("store_notifications"), {"rows": rows})


def _row(change: NotificationChange) -> dict[str, Any]:
    return {
        "notification_key": change.key,
        "incident_ids": list(change.incidents),
        "receiver": change.receiver,
        "action": change.action,
        "state": change.outcome,
        "attempts": change.attempts,
        "first_at": instant(change.first_at).isoformat(),
        "last_at": instant(change.last_at).isoformat(),
        "error": change.error,
    }
