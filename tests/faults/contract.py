"""What the contract of docs/topics makes of a message, told without ingest's own code.

Fields are judged by the models of `province`, which are the contract; everything else is said
here once more, as simply as it can be.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import cbor2
from pydantic import BaseModel, ValidationError

from province.devices import Device, DeviceKind
from province.metrics import catalogue
from province.presence import Event, Status
from province.reports import LinkReport, SensorReport

Row = tuple[object, ...]
"""(table, device, claimed time, and what else is in the key)."""

Model = TypeVar("Model", bound=BaseModel)

_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHANNELS: Final = {"telemetry", "telemetry-cbor", "status", "event"}
_OUTSIDE: Final = {
    *("greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number")
}
_METRICS: Final = {metric.code: metric for metric in catalogue().values()}
_BIGGEST: Final = 2**64 - 1


@dataclass
class Outcome:
    """What must become of a message: a letter for each reason, and rows."""

    reasons: set[str] = field(default_factory=set)
    rows: set[Row] = field(default_factory=set)


class _RefusedError(Exception):
    """The reason of a refusal."""


def is_delivered(topic: str) -> bool:
    """Whether the broker gives ingest what is published here: srepok/v1/+/+/#."""
    levels = topic.split("/")
    return levels[:2] == ["srepok", "v1"] and len(levels) >= 4


def judge(topic: str, payload: bytes, devices: Mapping[str, Device], now: datetime) -> Outcome:
    """Return what must become of a message that arrives about now."""
    outcome = Outcome()
    try:
        device, channel = _sender(topic, payload, devices)
        if channel == "status":
            outcome.rows.add(_status(device, _load_json(payload), now))
        elif channel == "event":
            outcome.rows.add(_event(device, _load_json(payload), now))
        else:
            value = _load_cbor(payload) if channel == "telemetry-cbor" else _load_json(payload)
            _telemetry(device, value, now, outcome)
    except _RefusedError as refused:
        outcome.reasons.add(str(refused))
    return outcome


def _sender(topic: str, payload: bytes, devices: Mapping[str, Device]) -> tuple[Device, str]:
    if len(payload) > 65_536:
        raise _RefusedError("oversize")
    levels = topic.split("/")
    if len(levels) != 6 or levels[5] not in _CHANNELS or not all(map(_CODE.fullmatch, levels[:5])):
        raise _RefusedError("topic")
    province, commune, code = levels[2:5]
    if province != "66":
        raise _RefusedError("wrong_place")
    if code not in devices:
        raise _RefusedError("unknown_device")
    if devices[code].commune != commune:
        raise _RefusedError("wrong_place")
    return devices[code], levels[5]


def _load_json(payload: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(payload.decode())
    except ValueError:
        raise _RefusedError("malformed") from None


def _load_cbor(payload: bytes) -> Any:  # noqa: ANN401 - any CBOR value
    try:
        value = cbor2.loads(payload)
        if cbor2.dumps(value) == payload and not any(map(_has_tag, _each(value))):
            return value
    except (cbor2.CBORError, ValueError):
        pass
    raise _RefusedError("malformed")


def _has_tag(value: object) -> bool:
    return isinstance(value, int) and not -_BIGGEST - 1 <= value <= _BIGGEST


def _telemetry(device: Device, value: object, now: datetime, outcome: Outcome) -> None:
    reports = value if isinstance(value, list) else [value]
    if len(reports) > 1000:
        raise _RefusedError("oversize")
    for report in reports:
        try:
            _report(device, report, now, outcome)
        except _RefusedError as refused:
            outcome.reasons.add(str(refused))


def _report(device: Device, item: object, now: datetime, outcome: Outcome) -> None:
    values: Mapping[str, object]
    if device.kind is DeviceKind.SENSOR:
        reading = _valid(SensorReport, item)
        claim, values = reading.observed_at, reading.values
        _check_claim(claim, now)
    else:
        report = _valid(LinkReport, item)
        claim, values = report.observed_at, report.values.model_extra or {}
        _check_claim(claim, now)
        outcome.rows.add(("link_reports", device.code, claim, report.boot_id, report.seq))
    for code, value in values.items():
        reason = _judge_value(code, value)
        if reason:
            outcome.reasons.add(reason)
        else:
            outcome.rows.add(("sensor_readings", device.code, claim, code))


def _judge_value(code: str, value: object) -> str | None:
    if code not in _METRICS:
        return "unknown_metric"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "invalid"
    metric = _METRICS[code]
    return None if metric.minimum <= value <= metric.maximum else "out_of_range"


def _status(device: Device, item: object, now: datetime) -> Row:
    status = _valid(Status, item)
    if status.observed_at is not None and status.reason != "will":
        _check_claim(status.observed_at, now)
    return ("presence_events", device.code, status.boot_id, status.connection, status.state)


def _event(device: Device, item: object, now: datetime) -> Row:
    event = _valid(Event, item)
    for value in _each(event.detail):
        if isinstance(value, str) and "\0" in value:
            raise _RefusedError("invalid")
        if isinstance(value, float) and not math.isfinite(value):
            raise _RefusedError("invalid")
    _check_claim(event.observed_at, now)
    return ("presence_events", device.code, event.boot_id, event.seq, event.event)


def _each(value: object) -> Iterator[object]:
    """Yield a value and everything in it."""
    yield value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _each(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _each(inner)


def _valid(model: type[Model], item: object) -> Model:
    try:
        return model.model_validate(item)
    except ValidationError as error:
        kinds = {detail["type"] for detail in error.errors()}
        raise _RefusedError("out_of_range" if kinds <= _OUTSIDE else "invalid") from None


def _check_claim(claim: datetime, now: datetime) -> None:
    if claim - now > timedelta(days=1):
        raise _RefusedError("clock_ahead")
    if now - claim > timedelta(days=7):
        raise _RefusedError("clock_behind")
