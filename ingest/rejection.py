"""Why a message, or a part of one, cannot be accepted."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from runtime.broker.message import Message


class Reason(StrEnum):
    """The reason of a dead letter; a label of the metrics, so values are few and stable."""

    TOPIC = "topic"
    """The topic is outside the wire contract."""
    OVERSIZE = "oversize"
    """The payload is longer, or an array has more reports, than accepted."""
    MALFORMED = "malformed"
    """The payload is not JSON, or not CBOR where CBOR was announced."""
    INVALID = "invalid"
    """A field is missing, unknown, or of the wrong type."""
    OUT_OF_RANGE = "out_of_range"
    """A value is outside its physical range."""
    UNKNOWN_DEVICE = "unknown_device"
    """No device of that code is in the inventory."""
    WRONG_PLACE = "wrong_place"
    """The topic's province or commune is not the device's."""
    UNKNOWN_METRIC = "unknown_metric"
    """The metric is not in the catalogue."""
    CLOCK_AHEAD = "clock_ahead"
    """The device's clock is too far ahead."""
    CLOCK_BEHIND = "clock_behind"
    """The reading is too old."""
    UNDECODABLE = "undecodable"
    """Decoding failed in a way that nobody foresaw."""
    NOT_STORABLE = "not_storable"
    """The database refused a value that passed every check of ours."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What was not accepted, with enough of it to be replayed.

    Attributes:
        topic: where it was published.
        payload: the whole payload; or the refused reports of an array; or a report with the
            refused ones of its values: always something that can be published on `topic` again.
        reason: the kind of refusal.
        detail: what exactly, naming the field and its value.
        message: how and when it arrived.
        device: code of the device, where the topic named one.
    """

    topic: str
    payload: bytes
    reason: Reason
    detail: str
    message: Message
    device: str | None = None

    @property
    def received_at(self) -> datetime:
        """When it arrived."""
        return self.message.received_at

    @property
    def digest(self) -> bytes:
        """What makes the same letter, delivered again, the same letter."""
        topic = self.topic.encode("utf-8", "backslashreplace")
        return sha256(b"\0".join((topic, self.reason.encode(), self.payload))).digest()


class RejectedError(Exception):
    """A message, or a part of it, cannot be accepted."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason

    def at(self, place: str) -> "RejectedError":
        """Return the same, saying first where in the message it is."""
        return RejectedError(self.reason, f"{place}{self}") if place else self
