"""Rules: where the parts of a record come from, as types of an adapter's YAML file."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    PlainValidator,
    StringConstraints,
)

from gateway.adapters.conversion import LISTED, STRICT, Conversion, is_target, problems_of
from gateway.adapters.expression import Expr, Expression, parsed
from gateway.adapters.moment import TimeFormat, Zone
from province.metrics import catalogue
from province.reports import LINK_VALUE_FIELDS
from runtime.wording import did_you_mean

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Because = Annotated[str, StringConstraints(min_length=3, max_length=300)]
"""A reason that people read."""

RECEIVED_AT: Final = "received_at"
_IGNORABLE: Final = ("body", "each", "fields")


def _with_from(value: object) -> object:
    return {"from": value} if isinstance(value, str) else value


def _listed(value: object) -> object:
    # A tuple: pydantic takes a list for one only while it reads JSON itself.
    return tuple(_with_from(one) for one in (value if isinstance(value, list) else [value]))


def in_tuple(value: object) -> object:
    """Return a value as a tuple of one, a list as a tuple of all."""
    return tuple(value) if isinstance(value, list) else (value,)


def _not_empty(value: tuple[Any, ...]) -> tuple[Any, ...]:
    if not value:
        raise ValueError("is empty")
    return value


NOT_EMPTY: Final = AfterValidator(_not_empty)
"""In place of pydantic's own check, which also speaks up when what is inside is wrong."""


def _source_of_time(value: object) -> Expression | None:
    """Return where a time comes from; None is the arrival."""
    alone = isinstance(value, str) and "." not in value
    near = did_you_mean(str(value), (RECEIVED_AT,)) if alone else ""
    if value != RECEIVED_AT and near.startswith("; did"):
        raise ValueError(f"{value!r} is no time{near}")
    return None if value == RECEIVED_AT else parsed(value)


class FieldRule(BaseModel):
    """Something taken from a message; of several, the first that finds anything counts."""

    model_config = STRICT

    source: Annotated[Expr, Field(alias="from")]
    condition: Annotated[Expr | None, Field(alias="if")] = None


class ValueRule(FieldRule, Conversion):
    """Where a value comes from, and how it is converted.

    Attributes:
        unit_from: where the unit stands, if the message says it; `unit` is for when it does not.
    """

    unit_from: Expr | None = None


class DeviceRule(FieldRule):
    """Where a device's name comes from."""

    case: Literal["lower", "upper"] | None = None


class TimeRule(BaseModel):
    """Where the time of a report comes from: a field, or the arrival."""

    model_config = STRICT

    source: Annotated[Expression | None, PlainValidator(_source_of_time), Field(alias="from")]
    condition: Annotated[Expr | None, Field(alias="if")] = None
    format: Annotated[TimeFormat, LISTED] = TimeFormat.TEXT
    zone: Zone | None = None


class CounterForm(StrEnum):
    """How a counter is written."""

    NUMBER = "number"
    HEX = "hex"
    DIGEST = "digest"
    """Any text, of which a number is made: always the same of the same."""


class CounterRule(FieldRule):
    """Where a boot number or a sequence number comes from."""

    format: Annotated[CounterForm, LISTED] = CounterForm.NUMBER
    default: Annotated[int, Field(ge=0)] | None = None


class WordRule(FieldRule):
    """Where one of the contract's own words comes from."""

    map: Annotated[dict[str, str | None], Field(min_length=1)]


def only_words(words: tuple[str, ...]) -> Callable[[WordRule | None], WordRule | None]:
    """Return a check that a rule gives no other words."""

    def check(rule: WordRule | None) -> WordRule | None:
        for word in rule.map.values() if rule is not None else ():
            if word is not None and word not in words:
                raise ValueError(f"{word!r} is none of {', '.join(words)}")
        return rule

    return check


def _plain(expression: Expression) -> Expression:
    if expression.path is None or expression.path[0] != "body":
        raise ValueError(f"{expression.text!r} is not a plain path such as body.data")
    return expression


PlainExpr = Annotated[Expr, AfterValidator(_plain)]
Devices = Annotated[tuple[DeviceRule, ...], BeforeValidator(_listed), NOT_EMPTY]
Times = Annotated[tuple[TimeRule, ...], BeforeValidator(_listed), NOT_EMPTY]
Counters = Annotated[tuple[CounterRule, ...], BeforeValidator(_listed), NOT_EMPTY]
Values = Annotated[tuple[ValueRule, ...], BeforeValidator(_listed), NOT_EMPTY]


def _target(name: str) -> str:
    if not is_target(name):
        known = [*catalogue(), *LINK_VALUE_FIELDS]
        raise ValueError(f"there is no metric {name!r}{did_you_mean(name, known)}")
    return name


def _convertible(values: dict[str, tuple[ValueRule, ...]]) -> dict[str, tuple[ValueRule, ...]]:
    for target, rules in values.items():
        for rule in rules:
            problem = problems_of(rule, target)
            if problem is not None:
                raise ValueError(f"{target}: {problem}")
    return values


Target = Annotated[str, AfterValidator(_target)]
"""A metric of the catalogue, or a link value."""
ValueMap = Annotated[dict[Target, Values], AfterValidator(_convertible)]
"""Rules by the metric, or the link value, that they give."""
Expressions = Annotated[
    tuple[Expr, ...],
    BeforeValidator(in_tuple),
    NOT_EMPTY,
]


class PayloadRule(BaseModel):
    """What a device sent through a network that carries bytes.

    Attributes:
        source: the bytes as text.
        encoding: of that text.
        port: the port they came through.
        fields: what the network itself decoded of them.
        decoder: which decoder reads them; the first that is said counts.
        model: what the network calls the device; if there is a decoder of that name, it reads them.
        default: the decoder for decoded fields where none is said.
    """

    model_config = STRICT

    source: Annotated[Expr | None, Field(alias="from")] = None
    encoding: Literal["base64", "hex"] = "base64"
    port: Expr | None = None
    fields: Expr | None = None
    decoder: Expressions
    model: Expressions = ()
    default: Name | None = None

    def expressions(self) -> Iterator[Expression]:
        """Yield every expression of it."""
        yield from (one for one in (self.source, self.port, self.fields) if one is not None)
        yield from (*self.decoder, *self.model)


def _ignorable(fields: tuple[str, ...]) -> tuple[str, ...]:
    for field in fields:
        root, *names = field.split(".")
        if root not in _IGNORABLE or (not names and root != "each") or "" in names:
            raise ValueError(
                f"{field!r} is not a path such as body.rxInfo.context or each.value, "
                "in which * stands for any name, and in the last name for a part of it"
            )
        if any("*" in name and name != "*" for name in names[:-1]):
            raise ValueError(f"{field!r}: only in the last name * stands for a part of it")
    return fields


class Ignore(BaseModel):
    """Fields that are left out on purpose, with everything inside them."""

    model_config = STRICT

    fields: Annotated[tuple[str, ...], LISTED, NOT_EMPTY, AfterValidator(_ignorable)]
    because: Because

    @property
    def patterns(self) -> Iterator[tuple[str, ...]]:
        """The fields as paths from the root."""
        return (tuple(field.split(".")) for field in self.fields)
