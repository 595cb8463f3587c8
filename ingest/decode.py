"""Decode: one message to the rows it brings, or to dead letters with a reason.

Pure: the same message, registry and limits give the same rows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.arrival import Arrival
from ingest.batch import Batch
from ingest.instants import ClockLimits
from ingest.presence import decode_event, decode_status
from ingest.registry import KnownDevice, Registry
from ingest.rejection import DeadLetter, Reason, RejectedError
from ingest.telemetry import decode_telemetry
from province.payloads import is_cbor
from province.topics import Channel, Topic, TopicError, parse_topic
from runtime.broker.message import Message

_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """What is accepted at all; see `IngestSettings`."""

    maximum_payload_bytes: int
    clock: ClockLimits


class Decoder:
    """Decodes messages into a batch against one revision of the inventory."""

    def __init__(self, registry: Registry, limits: DecodeLimits) -> None:
        self._registry = registry
        self._limits = limits
        self._minute = self._minute_end = datetime.min.replace(tzinfo=UTC)

    def new_batch(self) -> Batch:
        """Return an empty batch for rows placed by this decoder's limits."""
        return Batch(self._limits.clock)

    def decode(self, message: Message, batch: Batch) -> None:
        """Add what a message brings to the batch; what it gets wrong becomes dead letters."""
        minute = self._minute_of(message.received_at)
        batch.messages[minute] += 1
        try:
            topic, device = self._sender(message)
        except Exception as error:  # noqa: BLE001 - one message must never stop the others
            batch.letters.append(_letter(message, error, _device_named(message.topic)))
            batch.received[minute] += 1
            return
        arrival = Arrival(message, device, self._registry, batch)
        try:
            _decode(arrival, topic.channel)
        except Exception as error:  # noqa: BLE001 - the same
            arrival.refuse(_letter(message, error, topic.device))
        if arrival.records:
            batch.received[minute] += arrival.records

    def _minute_of(self, instant: datetime) -> datetime:
        if not self._minute <= instant < self._minute_end:
            self._minute = instant.replace(second=0, microsecond=0)
            self._minute_end = self._minute + _MINUTE
        return self._minute

    def _sender(self, message: Message) -> tuple[Topic, KnownDevice]:
        size, most = len(message.payload), self._limits.maximum_payload_bytes
        if size > most:
            raise RejectedError(Reason.OVERSIZE, f"payload of {size} bytes; at most {most}")
        try:
            topic = parse_topic(message.topic)
        except TopicError as error:
            raise RejectedError(Reason.TOPIC, str(error)) from None
        return topic, self._known(topic)

    def _known(self, topic: Topic) -> KnownDevice:
        device = self._registry.devices.get(topic.device)
        if topic.province != self._registry.province:
            raise RejectedError(
                Reason.WRONG_PLACE,
                f"province {topic.province!r}; this ingest serves {self._registry.province!r}",
            )
        if device is None:
            raise RejectedError(
                Reason.UNKNOWN_DEVICE, f"device {topic.device!r} is not in the inventory"
            )
        if device.commune != topic.commune:
            raise RejectedError(
                Reason.WRONG_PLACE,
                f"device {device.code!r} belongs to commune {device.commune!r}, "
                f"not {topic.commune!r}",
            )
        return device


def _decode(arrival: Arrival, channel: Channel) -> None:
    if channel is Channel.STATUS:
        decode_status(arrival)
    elif channel is Channel.EVENT:
        decode_event(arrival)
    else:
        decode_telemetry(arrival, cbor=is_cbor(channel, arrival.message.content_type))


def _letter(message: Message, error: Exception, device: str | None) -> DeadLetter:
    if isinstance(error, RejectedError):
        reason, detail = error.reason, str(error)
    else:
        reason, detail = Reason.UNDECODABLE, f"{type(error).__name__}: {error}"
    return DeadLetter(message.topic, message.payload, reason, detail, message, device)


def _device_named(topic: str) -> str | None:
    try:
        return parse_topic(topic).device
    except TopicError:
        return None
