"""Translation: what comes from a foreign system, and what it becomes in the wire contract.

Pure types. An adapter takes an `Incoming` and gives an `Outcome`; who the device is here, and
whether the broker has the result, is decided by who called it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, Protocol

from province.topics import Channel

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a foreign system, as it arrived.

    Attributes:
        channel: the way it came.
        where: its MQTT topic; or what stands behind the adapter's name in the HTTP route,
            with the query string if there is one: `up`, `?event=up`, or nothing.
        body: the payload, undone of any transfer encoding.
        content_type: as announced, without parameters.
        headers: HTTP headers by lower-case name, without credentials.
        received_at: when it arrived.
        retain: an MQTT message that the broker kept from before.
    """

    channel: Literal["http", "mqtt"]
    where: str
    body: bytes
    received_at: datetime
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: _NO_HEADERS)
    retain: bool = False


@dataclass(frozen=True, slots=True)
class ForeignId:
    """A device as the foreign system names it; written `system:id` in an inventory's aliases."""

    system: str
    id: str

    def __str__(self) -> str:
        return f"{self.system}:{self.id}"


@dataclass(frozen=True, slots=True)
class Translated:
    """One record of the wire contract.

    Attributes:
        device: whose it is, in the foreign system's naming.
        channel: where it belongs; never `telemetry-cbor`.
        record: what JSON holds: one report, one status or one event. Instants are RFC 3339
            text. The same message always gives the same record.
    """

    device: ForeignId
    channel: Channel
    record: dict[str, Any]


class RefusalReason(StrEnum):
    """Why a message, or a part of it, is not stored; a label of metrics, so few and stable.

    Where ingest has the same reason, the word is the same: both stand in one table.
    """

    MALFORMED = "malformed"
    """The body is not in the format it came as."""
    UNKNOWN_MESSAGE = "unknown_message"
    """Nothing of the adapter matches this topic, route or kind of message."""
    UNKNOWN_FIELD = "unknown_field"
    """A field is neither mapped nor left out on purpose."""
    INVALID = "invalid"
    """A field is missing, or is not of the type or among the values that it must be."""
    OUT_OF_RANGE = "out_of_range"
    """A value is outside its physical range."""
    NO_TIME = "no_time"
    """Nothing says when it was observed."""
    SEQUENCE = "sequence"
    """It needs what came before it, and that is missing: a birth, an alias, a number."""
    NO_DECODER = "no_decoder"
    """Raw bytes, and nothing says which decoder reads them."""
    UNSUPPORTED = "unsupported"
    """Understood, but nothing that the wire contract can carry."""
    OVERSIZE = "oversize"
    """More reports, or nested deeper, than accepted."""
    UNKNOWN_DEVICE = "unknown_device"
    """No device of the inventory has this alias."""
    UNDECODABLE = "undecodable"
    """Translating failed in a way that nobody foresaw."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What of a message is not stored, and why.

    Attributes:
        reason: the word to count by.
        detail: a sentence that names the field and its value.
        device: whose it is, where that is known.
    """

    reason: RefusalReason
    detail: str
    device: ForeignId | None = None


@dataclass(frozen=True, slots=True)
class Ignored:
    """A message, or a part, that an adapter knows and leaves out on purpose; no dead letter.

    Attributes:
        message: which kind of message, in few stable words: a label of metrics.
        because: the reason that the adapter's author gave.
    """

    message: str
    because: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A message to send back to the foreign system, over MQTT."""

    topic: str
    payload: bytes


@dataclass(slots=True)
class Outcome:
    """What became of one message. All lists may be filled: parts go different ways."""

    translated: list[Translated] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)


class Adapter(Protocol):
    """Translates the messages of one foreign system; it may remember, but does no I/O."""

    @property
    def name(self) -> str:
        """Its name in routes and commands."""

    @property
    def topics(self) -> tuple[str, ...]:
        """The MQTT topic filters that it wants; none where it comes over HTTP alone."""

    def translate(self, incoming: Incoming) -> Outcome:
        """Return what becomes of a message; it never raises."""
