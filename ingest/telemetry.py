"""Telemetry: the reports of one message, placed in time together."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from ingest.arrival import Arrival
from ingest.instants import UNMOVED, Placed
from ingest.refusals import Refusals
from ingest.rejection import Reason, RejectedError
from ingest.rows import link_row, reading_row
from ingest.validation import validate, validate_json
from province.payloads import MalformedError, load_cbor, load_json
from province.reports import Envelope, LinkReport, SensorReport

MAXIMUM_REPORTS: Final = 1000
"""Most reports of one message. A payload of the usual bound has room for more only if they say
next to nothing, and everything else waits while they are judged."""

Model = type[LinkReport] | type[SensorReport]


@dataclass(slots=True)
class _RefusedValues:
    """The values of one report that were refused for one reason."""

    error: RejectedError
    values: dict[str, object] = field(default_factory=dict)


def decode_telemetry(arrival: Arrival, *, cbor: bool) -> None:
    """Add the rows of a message's reports to the batch, and dead letters for what is refused.

    Raises:
        RejectedError: the message as a whole is refused; nothing was added.
    """
    payload = arrival.message.payload
    model: Model = LinkReport if arrival.device.watches_link else SensorReport
    if not cbor and payload[:1] == b"{":
        # By far the most frequent form: one report, parsed and validated in one step.
        _single(arrival, validate_json(model, payload), None, cbor=False)
        return
    value = _load(payload, cbor=cbor)
    if not isinstance(value, list):
        _single(arrival, validate(model, value), value, cbor=cbor)
    elif len(value) > MAXIMUM_REPORTS:
        raise RejectedError(
            Reason.OVERSIZE, f"array of {len(value)} reports; at most {MAXIMUM_REPORTS}"
        )
    else:
        _array(arrival, model, value, cbor=cbor)


def _load(payload: bytes, *, cbor: bool) -> Any:  # noqa: ANN401 - any value of either format
    try:
        return load_cbor(payload) if cbor else load_json(payload)
    except MalformedError as error:
        raise RejectedError(Reason.MALFORMED, str(error)) from None


def _single(
    arrival: Arrival, report: Envelope, item: dict[str, object] | None, *, cbor: bool
) -> None:
    refused = _keep(arrival, report, arrival.ahead(report.observed_at))
    if refused:
        refusals = Refusals(arrival.message, cbor=cbor)
        # Parsed once more: who sends nothing wrong does not pay for it.
        _refuse_values(refusals, refused, item or load_json(arrival.message.payload))
        arrival.refuse(*refusals.letters(arrival.device.code))


def _array(arrival: Arrival, model: Model, items: list[Any], *, cbor: bool) -> None:
    refusals = Refusals(arrival.message, cbor=cbor)
    valid: list[tuple[str, Envelope, dict[str, object]]] = []
    for index, item in enumerate(items):
        place = f"report {index} of {len(items)}: "
        try:
            valid.append((place, validate(model, item), item))
        except RejectedError as error:
            refusals.add(error.at(place), item)
    ahead = _ahead(arrival, [report for _, report, _ in valid])
    for place, report, item in valid:
        try:
            refused = _keep(arrival, report, ahead)
        except RejectedError as error:
            refusals.add(error.at(place), item)
        else:
            _refuse_values(refusals, refused, item, place)
    arrival.refuse(*refusals.letters(arrival.device.code))


def _ahead(arrival: Arrival, reports: list[Envelope]) -> timedelta:
    """Return by how much reports of one message are moved back, all alike."""
    latest = arrival.received_at + arrival.batch.clock.maximum_ahead
    claims = [report.observed_at for report in reports if report.observed_at <= latest]
    return arrival.ahead(max(claims)) if claims else UNMOVED


def _keep(arrival: Arrival, report: Envelope, ahead: timedelta) -> dict[Reason, _RefusedValues]:
    """Add the rows of one report; return which of its values were refused."""
    placed = arrival.place(report.observed_at, ahead, backfill=report.backfill)
    if isinstance(report, LinkReport):
        _keep_link_report(arrival, report, placed)
        extra = report.values.model_extra
    else:
        assert isinstance(report, SensorReport)  # noqa: S101 - for the type checker: there are two
        _note_sensor_report(arrival, report, placed)
        extra = report.values
    return _keep_readings(arrival, extra, placed) if extra else {}


def _keep_link_report(arrival: Arrival, report: LinkReport, placed: Placed) -> None:
    if placed.skew != "ok":
        # The newest report may be another one; this one was heard nevertheless.
        arrival.heard()
    arrival.records += 1
    arrival.batch.links.append(
        link_row(arrival.device.device_id, report, placed, arrival.message.received_at)
    )


def _note_sensor_report(arrival: Arrival, report: SensorReport, placed: Placed) -> None:
    state = arrival.heard()
    if state.observed_at is None or placed.observed_at >= state.observed_at:
        state.observed_at = placed.observed_at
        state.boot_id = report.boot_id
        state.seq = report.seq
        state.skew_seconds = (arrival.received_at - report.observed_at).total_seconds()


def _keep_readings(
    arrival: Arrival, values: dict[str, Any], placed: Placed
) -> dict[Reason, _RefusedValues]:
    refused: dict[Reason, _RefusedValues] = {}
    batch, device_id = arrival.batch, arrival.device.device_id
    if placed.device_time is not None:
        batch.has_moved_readings = True
    for code, value in values.items():
        try:
            metric_id = _judge(arrival, code, value)
        except RejectedError as error:
            same = refused.setdefault(error.reason, _RefusedValues(error))
            same.values[code] = value
        else:
            arrival.records += 1
            batch.readings.append(
                reading_row(device_id, metric_id, placed, arrival.received_at, float(value))
            )
    return refused


def _judge(arrival: Arrival, code: str, value: object) -> int:
    """Return the number of the metric that this is a good value of."""
    metric = arrival.registry.metrics.get(code)
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
    return metric.metric_id


def _refuse_values(
    refusals: Refusals,
    refused: dict[Reason, _RefusedValues],
    item: dict[str, object],
    place: str = "",
) -> None:
    for same in refused.values():
        part = item | {"values": same.values}
        refusals.add(same.error.at(place), part, len(same.values))
