"""Watches in the database: when the rules were watching and could see."""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import AsyncConnection

from rules.store.instants import instant, instant_or_none
from rules.store.queries import query


@dataclass(frozen=True, slots=True)
class WatchChange:
    """A watcher watches; instants are seconds since 1970.

    Attributes:
        watcher: its name.
        since: from when on; the key of the spell.
        seen_at: newest time of which it is known.
        until: when it ended; None while it goes on.
    """

    watcher: str
    since: float
    seen_at: float
    until: float | None = None


async def store_watches(connection: AsyncConnection, changes: Iterable[WatchChange]) -> None:
    """Write watches, in the transaction of the caller.

    When a watcher begins anew, a watch of it that ended without a word is ended at the newest time
    of which it is known.
    """
    for change in sorted(changes, key=lambda each: (each.watcher, each.since, each.seen_at)):
        values = {
            "watcher": change.watcher,
            "since": instant(change.since),
            "until": instant_or_none(change.until),
            "seen_at": instant(change.seen_at),
        }
        await connection.execute(query("end_watch"), values)
        await connection.execute(query("store_watch"), values)
