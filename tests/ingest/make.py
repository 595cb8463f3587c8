"""Builders of what ingest works on."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.batch import Batch
from ingest.decode import DecodeLimits, Decoder
from ingest.instants import ClockLimits
from ingest.registry import KnownDevice, KnownMetric, Registry
from runtime.broker.message import Message

NOW = datetime(2026, 11, 23, 13, 37, 12, tzinfo=UTC)
LIMITS = DecodeLimits(
    maximum_payload_bytes=65_536,
    clock=ClockLimits(
        timedelta(days=7), timedelta(days=1), timedelta(seconds=5), timedelta(minutes=5)
    ),
)
REGISTRY = Registry(
    revision=1,
    province="66",
    devices={
        "probe1": KnownDevice(1, "probe1", "22015", watches_link=True),
        "air1": KnownDevice(2, "air1", "22015", watches_link=False),
    },
    metrics={
        "pm25_ugm3": KnownMetric(10, "pm25_ugm3", 0.0, 2000.0),
        "door_open": KnownMetric(11, "door_open", 0.0, 1.0),
    },
)


def make_message(
    topic: str = "srepok/v1/66/22015/probe1/telemetry",
    payload: bytes | None = None,
    received_at: datetime = NOW,
    content_type: str | None = None,
    **report: object,
) -> Message:
    """Return a message whose payload is given, or a report with the given fields."""
    if payload is None:
        payload = json.dumps(make_report(**report)).encode()
    return Message(1, 1, topic, payload, 1, False, received_at, content_type)  # noqa: FBT003 - retain


def make_report(**changes: object) -> dict[str, Any]:
    """Return a link report as an object."""
    return {
        "observed_at": "2026-11-23T13:37:00Z",
        "boot_id": 3,
        "seq": 77,
        "values": {"power": "mains", "rtt_p50_ms": 12.5},
    } | changes


def decode(*messages: Message, registry: Registry = REGISTRY) -> Batch:
    """Return what messages bring."""
    decoder = Decoder(registry, LIMITS)
    batch = decoder.new_batch()
    for message in messages:
        decoder.decode(message, batch)
    return batch
