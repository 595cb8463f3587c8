"""The outbox: what waits to be written to the database, in order, bounded, kept in snapshots."""

import asyncio
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic_core import from_json, to_json

from rules.plain import dump_plain, load_plain
from rules.store.changes import (
    Change,
    EntryChange,
    IncidentChange,
    LinkChange,
    NotificationChange,
    VillageChange,
    WatchChange,
)
from runtime.logs import get_logger

log = get_logger(__name__)

_KINDS: Final[Mapping[str, type[Change]]] = {
    kind.__name__: kind
    for kind in (
        IncidentChange,
        VillageChange,
        LinkChange,
        EntryChange,
        NotificationChange,
        WatchChange,
    )
}


@dataclass(slots=True)
class _Waiting:
    change: Change
    content: bytes | None = None


class Outbox:
    """Changes that were decided and are not in the database yet.

    Of an incident's steps only the newest record is kept, with the entries of all: an outage that
    grows for hours while the database is away is one record.

    Args:
        limit: most changes; beyond it the oldest are let go.

    Attributes:
        lost: how many were let go.
        filled: set while there is something to write.
        empty: set while there is not.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[_Waiting] = deque()
        self._newest: dict[str, _Waiting] = {}
        self.lost = 0
        self.filled = asyncio.Event()
        self.empty = asyncio.Event()
        self.empty.set()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, changes: Iterable[Change]) -> None:
        """Take changes, in the order in which they came about."""
        for change in changes:
            waiting = _Waiting(change)
            self._waiting.append(waiting)
            if isinstance(change, IncidentChange):
                self._replace(change.record.incident, waiting)
        while len(self._waiting) > self._limit:
            if not self.lost:
                log.error(
                    "more is decided than there is room for until the database is back;"
                    " the oldest is let go",
                    limit=self._limit,
                )
            self._forget(self._waiting.popleft())
            self.lost += 1
        if self._waiting:
            self.filled.set()
            self.empty.clear()

    def first(self, count: int) -> list[Change]:
        """Return the oldest changes, at most so many; they stay until `written`."""
        most = min(count, len(self._waiting))
        return [self._waiting[position].change for position in range(most)]

    def written(self, changes: list[Change]) -> None:
        """Let go of changes that `first` returned, save those that were let go meanwhile."""
        done = {id(change) for change in changes}
        while self._waiting and id(self._waiting[0].change) in done:
            self._forget(self._waiting.popleft())
        if not self._waiting:
            self.filled.clear()
            self.empty.set()

    def dump(self) -> bytes:
        """Return all that waits, as JSON."""
        return b"[" + b",".join(map(_content, self._waiting)) + b"]"

    def load(self, content: bytes) -> None:
        """Take what was dumped.

        Raises:
            ValueError: it is damaged, or of another version.
        """
        for name, value in from_json(content):
            change: Change = load_plain(_KINDS[name], to_json(value))
            self.add([change])

    def _replace(self, incident: str, newest: _Waiting) -> None:
        before = self._newest.get(incident)
        if before is not None and isinstance(before.change, IncidentChange):
            before.change, before.content = EntryChange(before.change.entry), None
        self._newest[incident] = newest

    def _forget(self, waiting: _Waiting) -> None:
        if isinstance(waiting.change, IncidentChange):
            incident = waiting.change.record.incident
            if self._newest.get(incident) is waiting:
                del self._newest[incident]


def _content(waiting: _Waiting) -> bytes:
    if waiting.content is None:
        name = to_json(type(waiting.change).__name__)
        waiting.content = b"[" + name + b"," + dump_plain(waiting.change) + b"]"
    return waiting.content
