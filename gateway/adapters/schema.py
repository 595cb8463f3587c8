"""The form of an adapter's YAML file, as types; docs/adapters.md describes it for people."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)

from gateway.adapters.conversion import LISTED, STRICT
from gateway.adapters.expression import Expr, Expression
from gateway.adapters.route import Levels
from gateway.adapters.rules import (
    NOT_EMPTY,
    Because,
    Counters,
    Devices,
    Ignore,
    Name,
    PayloadRule,
    PlainExpr,
    Times,
    ValueMap,
    WordRule,
    in_tuple,
    only_words,
)
from runtime.wording import did_you_mean

_STATES: Final = ("online", "offline")
_EVENTS: Final = ("dying_gasp", "loss_of_signal", "boot", "shutdown")


class Match(BaseModel):
    """Which messages are meant: by topic or route, and by content."""

    model_config = STRICT

    topic: Levels | None = None
    route: Levels | None = None
    condition: Annotated[Expr | None, Field(alias="if")] = None

    @model_validator(mode="after")
    def _says_something(self) -> "Match":
        if self.topic is None and self.route is None and self.condition is None:
            raise ValueError("says nothing: give topic, route or if")
        return self


class Part(BaseModel):
    """Values, and fields left out, that several reports of a file have in common."""

    model_config = STRICT

    values: ValueMap = Field(default_factory=dict)
    ignore: Annotated[tuple[Ignore, ...], LISTED] = ()


class Report(BaseModel):
    """One kind of record that a message gives, once or for each of its items.

    Attributes:
        for_each: what the items are: the elements of a list, or the fields of an object.
        key: the name of the item, where what `for_each` names is one item itself.
        part: what stands in the file's `parts`, too.
    """

    model_config = STRICT

    for_each: PlainExpr | None = None
    key: Expr | None = None
    part: Annotated[tuple[Name, ...], BeforeValidator(in_tuple)] = ()
    condition: Annotated[Expr | None, Field(alias="if")] = None
    device: Devices
    time: Times
    boot: Counters | None = None
    seq: Counters | None = None
    values: ValueMap = Field(default_factory=dict)
    payload: PayloadRule | None = None
    status: Annotated[WordRule | None, AfterValidator(only_words(_STATES))] = None
    event: Annotated[WordRule | None, AfterValidator(only_words(_EVENTS))] = None
    detail: dict[Name, Expr] = Field(default_factory=dict)
    ignore: Annotated[tuple[Ignore, ...], LISTED] = ()

    @model_validator(mode="after")
    def _gives_one_thing(self) -> "Report":
        given = [
            name
            for name, there in (
                ("values", bool(self.values or self.payload or self.part)),
                ("status", self.status is not None),
                ("event", self.event is not None),
            )
            if there
        ]
        if len(given) != 1:
            said = " and ".join(given) or "nothing"
            raise ValueError(
                f"gives {said}: exactly one of values (or payload, part), status, event"
            )
        if self.detail and self.event is None:
            raise ValueError("detail belongs to an event")
        if self.key is not None and self.for_each is None:
            raise ValueError("key belongs to for_each")
        return self

    def with_part(self, parts: Mapping[str, Part]) -> "Report":
        """Return the same report with what stands in its parts."""
        values, ignore = dict(self.values), list(self.ignore)
        for name in self.part:
            values = {**parts[name].values, **values}
            ignore += parts[name].ignore
        return self.model_copy(update={"values": values, "ignore": tuple(ignore)})

    def expressions(self) -> Iterator[Expression]:
        """Yield every expression that looks for something to keep."""
        for rule in (*self.device, *(self.boot or ()), *(self.seq or ())):
            yield rule.source
        yield from (rule.source for rule in self.time if rule.source is not None)
        yield from (rule.source for rules in self.values.values() for rule in rules)
        yield from (one.source for one in (self.status, self.event) if one is not None)
        yield from self.detail.values()
        if self.payload is not None:
            yield from self.payload.expressions()


class Message(BaseModel):
    """One kind of message: what it gives, or why it gives nothing."""

    model_config = STRICT

    message: Name
    match: Annotated[
        tuple[Match, ...],
        BeforeValidator(in_tuple),
        NOT_EMPTY,
    ]
    body: Literal["json", "text", "ngsi"] = "json"
    ignored: Because | None = None
    reports: Annotated[tuple[Report, ...], LISTED] = ()
    ignore: Annotated[tuple[Ignore, ...], LISTED] = ()

    @model_validator(mode="after")
    def _gives_or_says_why_not(self) -> "Message":
        if (self.ignored is None) == (not self.reports):
            raise ValueError("give reports, or say in ignored why there are none")
        return self


class AdapterFile(BaseModel):
    """A whole file."""

    model_config = STRICT

    adapter: Name
    about: Because
    system: Name | None = None
    topics: Annotated[tuple[str, ...], LISTED] = ()
    parts: dict[Name, Part] = Field(default_factory=dict)
    messages: Annotated[tuple[Message, ...], LISTED, NOT_EMPTY]

    @field_validator("messages")
    @classmethod
    def _distinct(cls, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        names = [message.message for message in messages]
        twice = {name for name in names if names.count(name) > 1}
        if twice:
            raise ValueError(f"there are two messages of the name {min(twice)!r}")
        return messages

    @model_validator(mode="after")
    def _parts_are_there(self) -> "AdapterFile":
        for message in self.messages:
            for report in message.reports:
                for name in report.part:
                    if name not in self.parts:
                        hint = did_you_mean(name, self.parts)
                        raise ValueError(
                            f"message {message.message}: there is no part {name!r}{hint}"
                        )
        return self
