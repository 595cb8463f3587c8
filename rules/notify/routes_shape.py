"""The shape of a routes file: its keys and their values, as they are written."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, field_validator

from rules.model import IncidentClass, Severity
from rules.notify.hours import Hours, parse_days, parse_minute
from rules.notify.matching import FIELDS, LABEL
from rules.notify.receivers import Described, Language, Receiver
from runtime.settings import Duration, parse_duration
from runtime.wording import did_you_mean

_KNOWN: Final = {
    "severity": frozenset(each.value for each in Severity),
    "class": frozenset(each.value for each in IncidentClass),
}


def _wait(value: object) -> timedelta:
    return timedelta(0) if value in {"0s", "0"} else parse_duration(value)


def _words(value: object) -> object:
    """Take one value for a list of one, and a code of digits for the text that it is."""
    values = value if isinstance(value, list) else [value]
    return [str(each) if isinstance(each, int) else each for each in values]


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
"""One word or a list of them."""


class IntervalSpan(Described):
    """Hours of some days of the week."""

    days: Words = ("mon-sun",)
    begin: Annotated[str, Field(alias="from")] = "00:00"
    end: Annotated[str, Field(alias="to")] = "24:00"

    @field_validator("days")
    @classmethod
    def _are_days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        parse_days(value)
        return value

    @field_validator("begin", "end")
    @classmethod
    def _is_time(cls, value: str) -> str:
        parse_minute(value)
        return value

    def hours(self) -> Hours:
        """Return the hours that it means."""
        return Hours(parse_days(self.days), parse_minute(self.begin), parse_minute(self.end))


def _list(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class EscalationStep(Described):
    """Who is told when nobody has acknowledged for so long."""

    after: Duration
    to: str


def _match(value: object) -> object:
    if not isinstance(value, dict):
        return value
    flat = {name: _words(values) for name, values in value.items() if name != "labels"}
    labels = value.get("labels", {})
    if not isinstance(labels, dict):
        raise ValueError("labels: a mapping of a label to its values is needed")  # noqa: TRY004 - pydantic turns ValueErrors alone into problems
    return flat | {f"{LABEL}{name}": _words(values) for name, values in labels.items()}


class RouteNode(Described):
    """One route, with those below it; what it leaves out it has from above."""

    match: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_match)] = Field({})
    during: Words = ()
    outside: Words = ()
    receivers: Words | None = None
    group_by: Words | None = None
    group_wait: Annotated[timedelta, BeforeValidator(_wait)] | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    escalate: Annotated[tuple[EscalationStep, ...] | None, BeforeValidator(_list)] = None
    language: Language | None = None
    goes_on: Annotated[bool, Field(alias="continue")] = False
    routes: tuple["RouteNode", ...] = ()

    @field_validator("match")
    @classmethod
    def _are_fields(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        fields = (*FIELDS, "labels")
        wrong = [
            f"{name!r} is none of what can be matched{did_you_mean(name, fields)}"
            for name in value
            if not name.startswith(LABEL) and name not in FIELDS
        ]
        wrong += [
            f"there is no {name} {word!r}{did_you_mean(word, sorted(_KNOWN[name]))}"
            for name, wanted in value.items()
            for word in wanted
            if name in _KNOWN and word not in _KNOWN[name]
        ]
        if wrong:
            raise ValueError("; ".join(wrong))
        return value

    @field_validator("group_by")
    @classmethod
    def _are_groups(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for name in value or ():
            if not name.startswith(LABEL) and name not in FIELDS:
                near = did_you_mean(name, (*FIELDS, f"{LABEL}NAME"))
                raise ValueError(f"{name!r} is none of what groups are made by{near}")
        return value


class RoutesDocument(Described):
    """The whole file."""

    receivers: Annotated[dict[str, Receiver], Field(min_length=1)]
    intervals: dict[str, Annotated[tuple[IntervalSpan, ...], BeforeValidator(_list)]] = Field({})
    route: RouteNode
