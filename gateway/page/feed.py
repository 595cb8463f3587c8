"""A feed: what is new for all who may see the same communes, made once for all of them."""

import json
import re
from collections import deque
from typing import Any, Final

from gateway.page.client import QUEUE, Client
from gateway.page.picture import Picture
from gateway.page.view import View, news, view_of

_REMEMBERED: Final = 64
"""Changes for pages that come back after a short absence."""
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


class Feed:
    """Turns pictures into events for its clients.

    Args:
        name: of this feed and no other, in no other run either; identifiers of events begin with
            it, so that a page never goes on where another feed was.
        communes: what its clients may see; None: everything.
        capacity: most events that wait for a client.

    Attributes:
        clients: open pages.
        idle: pictures since the last client left.
    """

    def __init__(self, name: str, communes: frozenset[str] | None, capacity: int = QUEUE) -> None:
        self._name = name
        self._communes = communes
        self._capacity = capacity
        self._number = 0
        self._view: View | None = None
        self._at = ""
        self._stale_since: str | None = None
        self._is_stale = True
        self._everything: bytes | None = None
        self._remembered: deque[tuple[int, bytes]] = deque(maxlen=_REMEMBERED)
        self.clients: set[Client] = set()
        self.idle = 0

    def attach(self, last_event: str) -> Client:
        """Return a new client.

        Args:
            last_event: identifier of the last event that its page has; empty: none.
        """
        client = Client(self._snapshot, self._missed(last_event), self._capacity)
        self.clients.add(client)
        self.idle = 0
        return client

    def show(self, picture: Picture) -> int:
        """Tell the clients what is new in a picture; return how many fell behind."""
        self.idle = 0 if self.clients else self.idle + 1
        was_stale, self._is_stale, self._stale_since = self._is_stale, False, None
        self._everything = None
        before, self._view = self._view, view_of(picture, self._communes)
        self._at = picture.at.isoformat(timespec="milliseconds")
        if before is None:
            return self._offer(self._snapshot())
        new = news(before, self._view)
        if not new and not was_stale:
            return 0
        self._number += 1
        event = self._event("change", {"at": self._at, **new})
        self._remembered.append((self._number, event))
        return self._offer(event)

    def go_stale(self, since: str | None) -> int:
        """Tell the clients that nothing newer can be had; `since` when, if anything was ever."""
        self._is_stale, self._stale_since = True, since
        self._everything = None
        self._number += 1
        event = self._event("stale", {"since": since})
        self._remembered.append((self._number, event))
        return self._offer(event)

    def _offer(self, event: bytes) -> int:
        return sum(not client.offer(event) for client in self.clients)

    def _missed(self, last_event: str) -> list[bytes] | None:
        """Return the events after one; None if that cannot be told."""
        name, _, number = last_event.rpartition("-")
        if name != self._name or _NUMBER.fullmatch(number) is None:
            return None
        last = int(number)
        missed = [event for number, event in self._remembered if number > last]
        return missed if last <= self._number and len(missed) == self._number - last else None

    def _snapshot(self) -> bytes:
        """Return everything as one event; made once for all who come before the next change."""
        if self._view is None:
            return self._event("stale", {"since": None})
        if self._everything is None:
            said = {"at": self._at, "stale": self._is_stale, "since": self._stale_since}
            self._everything = self._event("snapshot", {**said, **self._view})
        return self._everything

    def _event(self, name: str, data: dict[str, Any]) -> bytes:
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return f"id: {self._name}-{self._number}\nevent: {name}\ndata: {text}\n\n".encode()
