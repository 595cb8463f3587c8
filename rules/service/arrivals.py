"""Arrivals: a message of the broker to lines of the event log, or to a reason why not.

Nothing that a device can send is fatal: what is wrong is counted by its reason, and ingest keeps
the dead letter.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import isfinite
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from province.devices import Device
from province.payloads import MalformedError, is_cbor, load_cbor, load_json
from province.presence import Event, Status
from province.reports import LinkReport, SensorReport
from province.topics import Channel, Topic, TopicError, parse_topic
from rules.event_log import EventReader
from rules.model import Event as EngineEvent
from rules.service.lines import Line, dump, message_line
from runtime.broker.message import Message

_MOST_REPORTS: Final = 1000
_PRESENCE: Final = frozenset({Channel.STATUS, Channel.EVENT})


class Refusal(StrEnum):
    """Why a message, or a report in it, is not looked at; a label of the metrics."""

    TOPIC = "topic"
    OVERSIZE = "oversize"
    MALFORMED = "malformed"
    INVALID = "invalid"
    UNKNOWN_DEVICE = "unknown_device"
    WRONG_PLACE = "wrong_place"
    UNDECODABLE = "undecodable"


class RefusedError(Exception):
    """A message is not looked at."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Heard:
    """A line of the event log, as it is written, and what it tells the engine."""

    line: Line
    text: bytes
    event: EngineEvent | None


def heard(line: Line) -> Heard:
    """Return a line with what it tells the engine: that of its text, as in a replay.

    Raises:
        ValueError: it is not what it should be.
    """
    text = dump(line)
    event, _ = _READER.read(text)
    return Heard(line, text, event)


_READER: Final = EventReader()


class Arrivals:
    """Reads messages against the inventory.

    Args:
        devices: returns those of the present inventory, by code.
        province: code of the province served.
        maximum_payload_bytes: a longer payload is refused.

    Attributes:
        refused: how often, by reason.
    """

    def __init__(
        self,
        devices: Callable[[], Mapping[str, Device]],
        province: str,
        maximum_payload_bytes: int,
    ) -> None:
        self._devices = devices
        self.refused: Counter[Refusal] = Counter()
        self._province = province
        self._maximum = maximum_payload_bytes

    @property
    def devices(self) -> Mapping[str, Device]:
        """The devices of the present inventory, by code."""
        return self._devices()

    def read(self, message: Message, at: datetime) -> list[Heard]:
        """Return what a message gives, which the broker had at a time; never raises."""
        try:
            return [heard(line) for line in self._lines(message, at)]
        except RefusedError as error:
            self.refused[error.refusal] += 1
        except Exception:  # noqa: BLE001 - one message must never stop the others
            self.refused[Refusal.UNDECODABLE] += 1
        return []

    def _lines(self, message: Message, at: datetime) -> list[Line]:
        topic, device = self._sender(message)
        channel = topic.channel
        if channel in _PRESENCE:
            model = Status if channel is Channel.STATUS else Event
            payload = _checked_json(model, message.payload)
            return [message_line(at, message.topic, message.retain, payload)]
        # CBOR and arrays become what they would have been as JSON, one report a line.
        name = str(Topic(topic.province, topic.commune, topic.device, Channel.TELEMETRY))
        reports = self._reports(message, device, cbor=is_cbor(channel, message.content_type))
        for report in reports:
            values = report["values"].items()
            report["values"] = {code: value for code, value in values if _is_plain(value)}
        return [message_line(at, name, message.retain, report) for report in reports]

    def _sender(self, message: Message) -> tuple[Topic, Device]:
        if len(message.payload) > self._maximum:
            raise RefusedError(Refusal.OVERSIZE)
        try:
            topic = parse_topic(message.topic)
        except TopicError:
            raise RefusedError(Refusal.TOPIC) from None
        device = self._devices().get(topic.device)
        if topic.province != self._province:
            raise RefusedError(Refusal.WRONG_PLACE)
        if device is None:
            raise RefusedError(Refusal.UNKNOWN_DEVICE)
        if device.commune != topic.commune:
            raise RefusedError(Refusal.WRONG_PLACE)
        return topic, device

    def _reports(self, message: Message, device: Device, *, cbor: bool) -> list[dict[str, Any]]:
        model = LinkReport if device.kind.watches_link else SensorReport
        if not cbor and message.payload[:1] == b"{":
            return [_checked_json(model, message.payload)]
        try:
            value = (load_cbor if cbor else load_json)(message.payload)
        except MalformedError:
            raise RefusedError(Refusal.MALFORMED) from None
        if not isinstance(value, list):
            return [_checked(model, value)]
        if len(value) > _MOST_REPORTS:
            raise RefusedError(Refusal.OVERSIZE)
        good = []
        for item in value:
            try:
                good.append(_checked(model, item))
            except RefusedError as error:
                self.refused[error.refusal] += 1
        return good


def _checked_json(model: type[BaseModel], payload: bytes) -> dict[str, Any]:
    try:
        model.model_validate_json(payload)
        # As it was sent: what the journal holds is what the broker had.
        value: dict[str, Any] = from_json(payload)
    except ValidationError as error:
        malformed = any(detail["type"] == "json_invalid" for detail in error.errors())
        raise RefusedError(Refusal.MALFORMED if malformed else Refusal.INVALID) from None
    return value


def _checked(model: type[BaseModel], value: Any) -> dict[str, Any]:  # noqa: ANN401 - anything
    try:
        model.model_validate(value)
    except ValidationError:
        raise RefusedError(Refusal.INVALID) from None
    checked: dict[str, Any] = value
    return checked


def _is_plain(value: object) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int | str)
