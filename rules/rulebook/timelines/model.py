"""What a file of timelines may say. docs/rulebook.md describes it."""

from datetime import datetime, timedelta, timezone
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, model_validator

from province.codes import Code
from province.instants import Instant
from rules.model import IncidentClass, Severity
from rules.rulebook.rule import Match
from rules.rulebook.state import Status
from rules.rulebook.timelines.notation import Values, parse_values
from rules.rulebook.values import Globs, Limit, Patterns
from runtime.settings import Duration, parse_duration

_STRICT: Final = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)

DEFAULT_START: Final = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=7)))
"""Midnight, local time."""

Offset = Annotated[timedelta, BeforeValidator(parse_duration)]
"""A time from the start of a test; 0s is the start."""


def _paths(value: object) -> tuple[str, ...]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(one, str) for one in texts):
        raise ValueError("a path, or a list of paths, is needed")
    return tuple(texts)


class PlacedDevice(BaseModel):
    """A device that no inventory has to have."""

    model_config = _STRICT

    kind: str = "sensor"
    name: str = ""
    commune: Code | None = None
    village: Code | None = None
    operator: Code | None = None
    interval: Duration | None = None


class Series(BaseModel):
    """Values of one metric of one device."""

    model_config = _STRICT

    device: Code
    metric: str
    values: Annotated[Values, PlainValidator(parse_values)]
    interval: Duration | None = None


class Outage(BaseModel):
    """Something that happens to devices, or to us; without `to`, it lasts."""

    model_config = _STRICT

    silent: Match | None = None
    on_battery: Match | None = None
    lossy: Match | None = None
    loss: Limit = 0.5
    down: Literal["broker", "ingest", "database"] | None = None
    maintenance: Code | None = None
    start: Annotated[Offset, Field(alias="from")] = timedelta(0)
    end: Annotated[Offset | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _one_kind(self) -> "Outage":
        kinds = (self.silent, self.on_battery, self.lossy, self.down, self.maintenance)
        if sum(one is not None for one in kinds) != 1:
            raise ValueError("one of silent, on_battery, lossy, down and maintenance is needed")
        if self.end is not None and self.end <= self.start:
            raise ValueError("it ends before it begins")
        if self.maintenance is not None and self.end is None:
            raise ValueError("maintenance needs its end: to")
        return self


class ExpectedAlert(BaseModel):
    """An alert; what is left out may be anything."""

    model_config = _STRICT

    rule: str
    device: Code | None = None
    state: Status = Status.FIRING
    severity: Severity | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    summary: dict[Literal["en", "vi"], str] = Field(default_factory=dict)
    description: dict[Literal["en", "vi"], str] = Field(default_factory=dict)


class ExpectedIncident(BaseModel):
    """An open incident of the outage engine; what is left out may be anything."""

    model_config = _STRICT

    incident_class: Annotated[IncidentClass, Field(alias="class")]
    root: Annotated[tuple[str, ...] | None, PlainValidator(_paths)] = None
    villages: tuple[str, ...] | None = None
    planned: bool | None = None
    notified: bool = True


class Moment(BaseModel):
    """All that is open at a time; what is left out is not looked at."""

    model_config = _STRICT

    at: Offset
    alerts: tuple[ExpectedAlert, ...] | None = None
    incidents: tuple[ExpectedIncident, ...] | None = None

    @model_validator(mode="after")
    def _something(self) -> "Moment":
        if self.alerts is None and self.incidents is None:
            raise ValueError("alerts or incidents is needed; [] where there must be none")
        return self


class Timeline(BaseModel):
    """One test."""

    model_config = _STRICT

    test: Annotated[str, Field(min_length=1, max_length=200)]
    start: Instant | None = None
    interval: Duration = timedelta(minutes=1)
    rules: Patterns = Globs()
    devices: dict[Code, PlacedDevice] = Field(default_factory=dict)
    input: tuple[Series, ...] = ()
    outages: tuple[Outage, ...] = ()
    expect: Annotated[tuple[Moment, ...], Field(min_length=1)]


class TimelineFile(BaseModel):
    """A file of tests."""

    model_config = _STRICT

    rulebook: Annotated[tuple[str, ...], PlainValidator(_paths)] = ()
    inventory: str | None = None
    start: Instant = DEFAULT_START
    tests: Annotated[tuple[Timeline, ...], Field(min_length=1)]
