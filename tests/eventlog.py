"""Event logs as what ingest gets, and into a database as ingest writes them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from psycopg import AsyncConnection
from pydantic_core import from_json, to_json

from ingest.decode import DecodeLimits, Decoder
from ingest.instants import ClockLimits
from ingest.inventory import latest_revision, load_registry
from ingest.writer import Writer
from runtime.broker.message import Message
from runtime.database.capabilities import detect_capabilities

LIMITS = DecodeLimits(
    maximum_payload_bytes=65_536,
    clock=ClockLimits(
        timedelta(days=7), timedelta(days=1), timedelta(seconds=5), timedelta(minutes=5)
    ),
)
"""The defaults of ingest's settings."""

_BATCH = 5_000


def messages_of(lines: Iterable[bytes]) -> Iterator[Message]:
    """Yield the messages of an event log; ingest stamps each when it gets it."""
    for line in lines:
        body = from_json(line)
        if body["kind"] == "message":
            yield message_of(body)


def message_of(body: Mapping[str, Any]) -> Message:
    """Return the message that a line of an event log is about."""
    received_at = datetime.fromisoformat(body.get("delivered_at", body["received_at"]))
    payload = to_json(body["payload"])
    return Message(1, 1, body["topic"], payload, body["qos"], body["retain"], received_at)


async def write_history(connection: AsyncConnection, lines: Iterable[bytes]) -> int:
    """Have ingest's own decoder and writer store an event log; return how many rows there are.

    Args:
        connection: to a database that has the inventory; in no transaction.
        lines: of the log.
    """
    capabilities = await detect_capabilities(connection)
    writer = Writer(connection, capabilities, "1", timedelta(minutes=1))
    await writer.prepare()
    registry = await load_registry(connection, await latest_revision(connection), "66")
    decoder = Decoder(registry, LIMITS)
    messages = messages_of(lines)
    stored = 0
    while taken := list(islice(messages, _BATCH)):
        batch = decoder.new_batch()
        for message in taken:
            decoder.decode(message, batch)
        stored += (await writer.write(batch)).stored
    return stored
