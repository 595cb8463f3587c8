"""Messages: good reports as payloads that ingest takes."""

from collections.abc import Sequence
from typing import Final

from province.payloads import dump

MAXIMUM_REPORTS: Final = 1000
"""Most reports of one message, as in ingest."""


def messages(items: Sequence[object], *, cbor: bool, most_bytes: int) -> list[tuple[bytes, int]]:
    """Return payloads that together carry all the reports, and how many each carries.

    Each is within the bounds of ingest, save for a report that is too long by itself.

    Numbers can grow as they are written anew: 1e9 is ten digits then. So what came as one message
    may have to leave as two.
    """
    if not items:
        return []
    payload = dump(items[0] if len(items) == 1 else items, cbor=cbor)
    if len(items) == 1 or (len(payload) <= most_bytes and len(items) <= MAXIMUM_REPORTS):
        return [(payload, len(items))]
    half = len(items) // 2
    return [
        *messages(items[:half], cbor=cbor, most_bytes=most_bytes),
        *messages(items[half:], cbor=cbor, most_bytes=most_bytes),
    ]
