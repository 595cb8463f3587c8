"""The form of a decoder's YAML file, as types; docs/adapters.md describes it for people."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, model_validator

from gateway.adapters.conversion import LISTED, STRICT, Conversion, is_target, problems_of
from gateway.adapters.decoders.netvox import decode_r718n3
from gateway.adapters.moment import TimeFormat
from gateway.adapters.rules import Because, Ignore, Name, ValueMap, in_tuple
from province.metrics import catalogue
from runtime.wording import did_you_mean

NumberType = Literal["u8", "i8", "u16", "i16", "u24", "i24", "u32", "i32", "offset16", "u32low"]
"""Unsigned and signed; `offset16` is 16 bits less 32 768; `u32low` has its low half first."""

SIZES: Final = {
    "u8": 1,
    "i8": 1,
    "u16": 2,
    "i16": 2,
    "offset16": 2,
    "u24": 3,
    "i24": 3,
    "u32": 4,
    "i32": 4,
    "u32low": 4,
}

CODE: Final = {"netvox-r718n3": decode_r718n3}
"""Decoders that are more than a list of fields."""

_Ports = Annotated[
    tuple[Annotated[int, Field(ge=0, le=255)], ...],
    BeforeValidator(in_tuple),
]
_Tag = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{2,8}$")]


class ByteItem(Conversion):
    """The next bytes, and what they are: one of metric, skip, time, flags and expect.

    Attributes:
        metric: a value to keep.
        skip: bytes to leave out, and why.
        time: the time of the values that follow, and how it is written.
        flags: bits that say which groups follow.
        expect: a number that must stand here.
        type: how the number is written.
        size: how many bytes, where no number is read.
    """

    metric: str | None = None
    skip: Because | None = None
    time: Annotated[TimeFormat, LISTED] | None = None
    flags: Literal[True] | None = None
    expect: int | None = None
    type: NumberType | None = None
    size: Annotated[int, Field(ge=1, le=64)] | None = None
    order: Literal["big", "little"] | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> "ByteItem":
        kinds = (self.metric, self.skip, self.time, self.flags, self.expect)
        if sum(kind is not None for kind in kinds) != 1:
            raise ValueError("is exactly one of metric, skip, time, flags and expect")
        if (self.type is None) == (self.size is None):
            raise ValueError("has either a type or, to be skipped, a size")
        if self.size is not None and self.skip is None:
            raise ValueError("has a size, so it can only be skipped")
        if self.metric is not None:
            self._check_metric(self.metric)
        return self

    def _check_metric(self, metric: str) -> None:
        if not is_target(metric):
            raise ValueError(f"there is no metric {metric!r}{did_you_mean(metric, catalogue())}")
        problem = problems_of(self, metric)
        if problem is not None:
            raise ValueError(problem)

    @property
    def width(self) -> int:
        """How many bytes it takes."""
        return self.size if self.size is not None else SIZES[self.type or "u8"]


_Items = Annotated[tuple[ByteItem, ...], LISTED]


class Layout(BaseModel):
    """How the bytes are laid out: fields, fields and flagged groups, tags, or code.

    Attributes:
        port: the ports on which it is so; any, where none is said.
        order: of the bytes of a number.
        fields: one after the other.
        groups: one for each bit of the flags, from the lowest.
        tag_size: bytes of a tag.
        tags: what follows each of them.
        ignored: why nothing of these ports is a reading.
        code: a decoder in Python.
    """

    model_config = STRICT

    port: _Ports = ()
    order: Literal["big", "little"] = "big"
    fields: _Items = ()
    groups: Annotated[tuple[_Items, ...], LISTED] = ()
    tag_size: Annotated[int, Field(ge=1, le=4)] = 1
    tags: dict[_Tag, _Items] = Field(default_factory=dict)
    ignored: Because | None = None
    code: str | None = None

    @model_validator(mode="after")
    def _is_one_layout(self) -> "Layout":
        kinds = (
            bool(self.fields),
            bool(self.tags),
            self.ignored is not None,
            self.code is not None,
        )
        if sum(kinds) != 1:
            raise ValueError("is exactly one of fields, tags, ignored and code")
        if bool(self.groups) != any(item.flags for item in self.fields):
            raise ValueError("groups and a field with flags belong together")
        if self.code is not None and self.code not in CODE:
            raise ValueError(f"there is no code {self.code!r}{did_you_mean(self.code, CODE)}")
        for tag in self.tags:
            if len(tag) != 2 * self.tag_size:
                raise ValueError(f"tag {tag!r} is not of {self.tag_size} bytes")
        return self


class DecoderFile(BaseModel):
    """A whole file.

    Attributes:
        decoder: its name.
        also: other names for it.
        bytes: how the bytes are laid out, by port.
        values: what the fields mean that a network decoded itself.
        ignore: which of those are left out.
    """

    model_config = STRICT

    decoder: Name
    about: Because
    also: Annotated[tuple[Name, ...], LISTED] = ()
    bytes: Annotated[
        tuple[Layout, ...],
        BeforeValidator(in_tuple),
    ] = ()
    values: ValueMap = Field(default_factory=dict)
    ignore: Annotated[tuple[Ignore, ...], LISTED] = ()

    @model_validator(mode="after")
    def _says_something(self) -> "DecoderFile":
        if not self.bytes and not self.values:
            raise ValueError("says neither what the bytes nor what decoded values mean")
        return self
