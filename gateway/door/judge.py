"""The judge: which records ingest will keep, and what is wrong with the others.

Pure. A report keeps its good values when others are refused, as in ingest; whoever sent it is
told what was refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.door.clocks import UNMOVED, ClockLimits
from gateway.door.faults import Fault, faults_of, shown
from gateway.door.reasons import Reason
from gateway.door.registry import KnownDevice, KnownMetric
from province.payloads import check_keys
from province.presence import Event, Status
from province.reports import LinkReport, SensorReport

Model = TypeVar("Model", bound=BaseModel)

Item = dict[str, Any]
"""A record as its format has it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one record.

    Attributes:
        item: what of it is kept; None: nothing.
        faults: what is wrong with the rest.
    """

    item: Item | None
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the records of one device at one moment.

    Attributes:
        device: whose they are.
        metrics: of the catalogue.
        limits: on times.
        now: our clock.
    """

    device: KnownDevice
    metrics: Mapping[str, KnownMetric]
    limits: ClockLimits
    now: datetime

    @property
    def model(self) -> type[LinkReport] | type[SensorReport]:
        """What its reports must be."""
        return LinkReport if self.device.watches_link else SensorReport

    def one_report(self, text: bytes) -> list[Fault]:
        """Return what is wrong with a report in JSON; nothing for most, and these are quick.

        Raises:
            MalformedBodyError: it is not JSON.
            MalformedError: a key stands twice in it.
        """
        try:
            report = self.model.__pydantic_validator__.validate_json(text)
        except ValidationError as error:
            return faults_of(error)
        check_keys(text)
        return self._faults(report, UNMOVED)

    def reports(self, items: list[Any]) -> list[Kept]:
        """Return what is kept of the reports of one message, in their order."""
        parsed = [_parse(self.model, item) for item in items]
        claims = [report.observed_at for report in parsed if not isinstance(report, list)]
        moved = self.limits.moved(claims, self.now)
        return [
            Kept(None, report)
            if isinstance(report, list)
            else _without(item, self._faults(report, moved))
            for item, report in zip(items, parsed, strict=True)
        ]

    def status(self, item: object) -> Kept:
        """Return what is kept of a status."""
        status = _parse(Status, item)
        if isinstance(status, list):
            return Kept(None, status)
        # A will is written before its time.
        claim = None if status.reason == "will" else status.observed_at
        fault = self.limits.fault(claim, self.now) if claim else None
        return _whole(item, [fault] if fault else [])

    def event(self, item: object) -> Kept:
        """Return what is kept of an event."""
        event = _parse(Event, item)
        if isinstance(event, list):
            return Kept(None, event)
        fault = self.limits.fault(event.observed_at, self.now)
        faults = [fault] if fault else []
        return _whole(item, faults + _unstorable(event.detail, "detail"))

    def _faults(self, report: LinkReport | SensorReport, moved: timedelta) -> list[Fault]:
        fault = self.limits.fault(report.observed_at, self.now, moved)
        if fault:
            return [fault]
        metrics = report.values.model_extra if isinstance(report, LinkReport) else report.values
        if not metrics:
            return []
        found = (self._metric(code, value) for code, value in metrics.items())
        return [fault for fault in found if fault]

    def _metric(self, code: str, value: object) -> Fault | None:
        """Return what is wrong with a value of a metric."""
        metric, name = self.metrics.get(code), f"values.{code}"
        if metric is None:
            return Fault(
                name, shown(value), Reason.UNKNOWN_METRIC, "no such metric is in the catalogue"
            )
        if not isinstance(value, int | float) or isinstance(value, bool):
            return Fault(name, shown(value), Reason.INVALID, "it is not a number")
        # So written, NaN is outside too.
        if metric.minimum <= value <= metric.maximum:
            return None
        detail = f"it is outside {metric.minimum:g} to {metric.maximum:g}"
        return Fault(name, shown(value), Reason.OUT_OF_RANGE, detail)


def _parse(model: type[Model], item: object) -> Model | list[Fault]:
    try:
        return model.model_validate(item)
    except ValidationError as error:
        return faults_of(error)


def _whole(item: object, faults: list[Fault]) -> Kept:
    return Kept(None, faults) if faults else Kept(item if isinstance(item, dict) else None, [])


def _without(item: Item, faults: list[Fault]) -> Kept:
    """Keep a report without the values that are refused; not at all, if nothing is left."""
    if not faults:
        return Kept(item, [])
    lost = {fault.field.removeprefix("values.") for fault in faults}
    values = {code: value for code, value in item["values"].items() if code not in lost}
    if not values or any(fault.field == "observed_at" for fault in faults):
        return Kept(None, faults)
    return Kept(item | {"values": values}, faults)


def _unstorable(value: object, place: str) -> list[Fault]:
    """Return the first text or number in a free-form object that the database cannot hold."""
    if isinstance(value, dict):
        inner = [(key, f"{place}, key") for key in value]
        inner += [(each, f"{place}.{key}") for key, each in value.items()]
    elif isinstance(value, list):
        inner = [(each, f"{place}.{index}") for index, each in enumerate(value)]
    elif isinstance(value, str) and "\0" in value:
        return [Fault(place, shown(value), Reason.INVALID, "it holds NUL")]
    elif isinstance(value, float) and not isfinite(value):
        return [Fault(place, shown(value), Reason.INVALID, "it is not a finite number")]
    else:
        return []
    found = (_unstorable(each, name) for each, name in inner)
    return next((faults for faults in found if faults), [])
