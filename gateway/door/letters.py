"""Dead letters of adapters: what could not be translated, kept byte for byte with its reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal

from psycopg import AsyncConnection

from gateway.door.queries import query
from gateway.translation import Incoming

_WEBHOOK: Final = "POST /in/"


@dataclass(frozen=True, slots=True)
class Letter:
    """What an adapter could not translate.

    Attributes:
        adapter: its name.
        incoming: the message.
        reason: the kind of refusal.
        detail: a sentence that names the field and its value.
        device: code of the device, where that is known.
    """

    adapter: str
    incoming: Incoming
    reason: str
    detail: str
    device: str | None = None

    @property
    def digest(self) -> bytes:
        """What makes the same letter, sent again, the same letter."""
        words = (self.adapter, place_of(self.adapter, self.incoming), self.reason)
        text = b"\0".join(word.encode("utf-8", "backslashreplace") for word in words)
        # Another beginning than ingest's letters have: a topic is never empty.
        return sha256(b"\0".join((b"", text, self.incoming.body))).digest()

    def row(self) -> dict[str, Any]:
        """Return the values of its row."""
        incoming = self.incoming
        return {
            "digest": self.digest,
            "topic": _printable(place_of(self.adapter, incoming)),
            "payload": incoming.body,
            "content_type": incoming.content_type and _printable(incoming.content_type),
            "qos": 1,
            "retain": incoming.retain,
            "reason": self.reason,
            "detail": _printable(self.detail),
            "device": self.device,
            "adapter": self.adapter,
            "received_at": incoming.received_at,
        }


async def keep(connection: AsyncConnection, letters: Sequence[Letter]) -> None:
    """Keep letters, all or none; they are committed on return.

    Args:
        connection: in no transaction.
        letters: in any order.

    Raises:
        psycopg.Error: the database does not take them.
    """
    # In one order for everybody: two that keep the same letters must not wait for each other.
    rows = sorted((letter.row() for letter in letters), key=lambda row: row["digest"])
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(query("store_letter"), rows)


def place_of(adapter: str, incoming: Incoming) -> str:
    """Return where a message came to, as letters name it: a topic, or POST and a path."""
    if incoming.channel == "mqtt":
        return incoming.where
    slash = "" if not incoming.where or incoming.where.startswith("?") else "/"
    return f"{_WEBHOOK}{adapter}{slash}{incoming.where}"


def where_of(adapter: str, place: str) -> tuple[Literal["http", "mqtt"], str]:
    """Return channel and `where` of a message whose place a letter has; undoes `place_of`."""
    path = f"{_WEBHOOK}{adapter}"
    if place.startswith(path):
        return "http", place.removeprefix(path).removeprefix("/")
    return "mqtt", place


def _printable(text: str) -> str:
    # PostgreSQL text holds neither NUL nor lone surrogates; rubbish has both.
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
