"""Decode: one message to the rows it brings, or to dead letters with a reason.

Pure: the same message, registry and limits give the same rows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pydantic_core import to_json

from ingest.batch import Batch
from ingest.instants import ClockLimits, Misplaced, Placed, place
from ingest.payload import MalformedError, dump, is_cbor, load_cbor, load_json
from ingest.registry import KnownDevice, Registry
from ingest.rejection import DeadLetter, Reason, RejectedError
from ingest.rows import link_row, presence_row, reading_row
from ingest.validation import validate, validate_json
from province.presence import Event, Status
from province.reports import Envelope, LinkReport, SensorReport
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

    def decode(self, message: Message, batch: Batch) -> None:
        """Add what a message brings to the batch; what it gets wrong becomes dead letters."""
        minute = self._minute_of(message.received_at)
        batch.messages[minute] += 1
        single = _Single(self._registry, self._limits, message, batch)
        try:
            single.decode()
        except RejectedError as error:
            single.reject(message.payload, error)
        except Exception as error:  # noqa: BLE001 - one message must never stop the others
            detail = f"{type(error).__name__}: {error}"
            single.reject(message.payload, RejectedError(Reason.UNDECODABLE, detail))
        if single.offered:
            batch.offered[minute] += single.offered
        if single.rejected:
            batch.rejected[minute] += single.rejected

    def _minute_of(self, instant: datetime) -> datetime:
        if not self._minute <= instant < self._minute_end:
            self._minute = instant.replace(second=0, microsecond=0)
            self._minute_end = self._minute + _MINUTE
        return self._minute


class _Single:
    """The decoding of one message."""

    __slots__ = ("batch", "device", "limits", "message", "offered", "registry", "rejected", "topic")

    def __init__(
        self, registry: Registry, limits: DecodeLimits, message: Message, batch: Batch
    ) -> None:
        self.registry = registry
        self.limits = limits
        self.message = message
        self.batch = batch
        self.offered = 0
        self.rejected = 0
        self.topic: Topic | None = None
        self.device: KnownDevice | None = None

    def decode(self) -> None:
        message = self.message
        size, most = len(message.payload), self.limits.maximum_payload_bytes
        if size > most:
            raise RejectedError(Reason.OVERSIZE, f"payload of {size} bytes; at most {most}")
        try:
            topic = self.topic = parse_topic(message.topic)
        except TopicError as error:
            raise RejectedError(Reason.TOPIC, str(error)) from None
        device = self.device = self._known(topic)
        if topic.channel is Channel.STATUS:
            self._status(device, validate_json(Status, message.payload))
        elif topic.channel is Channel.EVENT:
            self._event(device, validate_json(Event, message.payload))
        else:
            self._telemetry(device, cbor=is_cbor(topic.channel, message.content_type))

    def reject(self, payload: bytes, error: RejectedError) -> None:
        self.rejected += 1
        if self.device:
            # Rubbish is a sign of life all the same.
            self.batch.heard(self.device.device_id, self.message.received_at)
        self.batch.letters.append(
            DeadLetter(
                self.message.topic,
                payload,
                error.reason,
                str(error),
                self.message,
                self.topic.device if self.topic else None,
            )
        )

    def _known(self, topic: Topic) -> KnownDevice:
        device = self.registry.devices.get(topic.device)
        if topic.province != self.registry.province:
            raise RejectedError(
                Reason.WRONG_PLACE,
                f"province {topic.province!r}; this ingest serves {self.registry.province!r}",
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

    # -- telemetry ------------------------------------------------------------------

    def _telemetry(self, device: KnownDevice, *, cbor: bool) -> None:
        payload = self.message.payload
        model = LinkReport if device.watches_link else SensorReport
        if not cbor and payload[:1] == b"{":
            # By far the most frequent form: one report, parsed and validated in one step.
            self._report(device, validate_json(model, payload), cbor=False)
            return
        try:
            value = load_cbor(payload) if cbor else load_json(payload)
        except MalformedError as error:
            raise RejectedError(Reason.MALFORMED, str(error)) from None
        for index, item in enumerate(value if isinstance(value, list) else [value]):
            try:
                self._report(device, validate(model, item), cbor=cbor)
            except RejectedError as error:
                if not isinstance(value, list):
                    raise
                located = RejectedError(error.reason, f"report {index} of {len(value)}: {error}")
                self.reject(dump(item, cbor=cbor), located)

    def _report(self, device: KnownDevice, report: Envelope, *, cbor: bool) -> None:
        placed = self._place(report.observed_at, backfill=report.backfill)
        if placed.device_time is not None:
            self.batch.has_corrected = True
        if isinstance(report, LinkReport):
            self._link_report(device, report, placed)
            extra = report.values.model_extra
        else:
            assert isinstance(report, SensorReport)  # noqa: S101 - for the type checker: there are two
            self._sensor_report(device, report, placed)
            extra = report.values
        if extra:
            self._readings(device, report, extra, placed, cbor=cbor)

    def _link_report(self, device: KnownDevice, report: LinkReport, placed: Placed) -> None:
        self.offered += 1
        device_id, received_at = device.device_id, self.message.received_at
        if placed.skew != "ok":
            # The newest report may be another one; this one was heard nevertheless.
            self.batch.heard(device_id, received_at)
        if placed.device_time is None or not self.batch.is_repeat(
            device_id, placed.device_time, report.boot_id, report.seq
        ):
            self.batch.links.append(link_row(device_id, report, placed, received_at))

    def _sensor_report(self, device: KnownDevice, report: SensorReport, placed: Placed) -> None:
        received_at = self.message.received_at
        state = self.batch.heard(device.device_id, received_at)
        if state.observed_at is None or placed.observed_at >= state.observed_at:
            state.observed_at = placed.observed_at
            state.boot_id = report.boot_id
            state.seq = report.seq
            state.skew_seconds = (received_at - report.observed_at).total_seconds()

    def _readings(
        self,
        device: KnownDevice,
        report: Envelope,
        values: dict[str, Any],
        placed: Placed,
        *,
        cbor: bool,
    ) -> None:
        for code, value in values.items():
            try:
                self._reading(device, code, value, placed)
            except RejectedError as error:
                part = report.model_dump(mode="json", exclude_none=True) | {"values": {code: value}}
                self.reject(dump(part, cbor=cbor), error)

    def _reading(self, device: KnownDevice, code: str, value: object, placed: Placed) -> None:
        metric = self.registry.metrics.get(code)
        if metric is None:
            raise RejectedError(Reason.UNKNOWN_METRIC, f"metric {code!r} is not in the catalogue")
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise RejectedError(Reason.INVALID, f"values.{code}: {value!r:.80} is not a number")
        # So written, NaN is outside too, and an integer of any length is never converted.
        if not metric.minimum <= value <= metric.maximum:
            raise RejectedError(
                Reason.OUT_OF_RANGE,
                f"values.{code}: {value} is outside {metric.minimum:g} to {metric.maximum:g}",
            )
        self.offered += 1
        key = (device.device_id, metric.metric_id)
        if placed.device_time is not None and self.batch.is_repeat(*key, placed.device_time):
            return
        number = float(value)
        self.batch.readings.append(reading_row(*key, placed, self.message.received_at, number))

    # -- presence -------------------------------------------------------------------

    def _status(self, device: KnownDevice, status: Status) -> None:
        received_at = self.message.received_at
        # A will was written when its connection began: its time says nothing.
        if status.observed_at is None or status.reason == "will":
            placed = Placed(received_at, None, "ok")
        else:
            placed = self._place(status.observed_at, backfill=False)
        self._presence(
            device, placed, status.boot_id, status.connection, status.state, status.reason
        )
        state = self.batch.heard(device.device_id, received_at)
        state.online = (status.state == "online", received_at)

    def _event(self, device: KnownDevice, event: Event) -> None:
        placed = self._place(event.observed_at, backfill=False)
        detail = None if event.detail is None else to_json(event.detail).decode()
        self._presence(device, placed, event.boot_id, event.seq, event.event, None, detail)

    def _presence(
        self,
        device: KnownDevice,
        placed: Placed,
        boot_id: int,
        seq: int,
        kind: str,
        reason: str | None,
        detail: str | None = None,
    ) -> None:
        self.offered += 1
        if self.batch.is_repeat(device.device_id, boot_id, seq, kind):
            return
        self.batch.presence.append(
            presence_row(
                device.device_id,
                placed,
                self.message.received_at,
                boot_id,
                seq,
                kind,
                reason,
                detail,
            )
        )

    def _place(self, claimed_at: datetime, *, backfill: bool) -> Placed:
        placed = place(claimed_at, self.message.received_at, self.limits.clock, backfill=backfill)
        if isinstance(placed, Misplaced):
            raise RejectedError(placed.reason, placed.detail)
        return placed
