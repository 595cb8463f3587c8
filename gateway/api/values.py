"""Values on the wire: the types that models are made of, and what all models have in common.

Instants are RFC 3339, given in UTC; durations and sizes have their unit in their name; shares are
between 0 and 1. What a type here lets through, the database takes: no text with a NUL, no time
that PostgreSQL or Python cannot hold.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, ClassVar, Final, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from province.codes import Code

__all__ = [
    "Answer",
    "Body",
    "Code",
    "Count",
    "IncidentName",
    "Instant",
    "Items",
    "Limit",
    "LongText",
    "Number",
    "Page",
    "Paging",
    "Question",
    "Share",
    "Text",
    "YesNo",
    "not_blank",
    "rfc_3339",
]

MOST_ITEMS: Final = 1000
_DEFAULT_ITEMS: Final = 100
_RFC_3339: Final = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_OLDEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NEWEST: Final = datetime(2100, 1, 1, tzinfo=UTC)
_NO_NUL: Final = r"^[^\x00]*$"


def rfc_3339(value: object) -> object:
    """Return text that is an instant, as it should have been: in an address, + means a space.

    Raises:
        ValueError: it is none.
    """
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("not text")  # noqa: TRY004 - pydantic wants a ValueError
    text = re.sub(r" (?=\d\d:\d\d\Z)", "+", value)
    if _RFC_3339.fullmatch(text) is None:
        raise ValueError("not an instant with its offset such as 2026-11-25T08:00:00Z")
    return text


def _sane(at: datetime) -> datetime:
    if not _OLDEST <= at < _NEWEST:
        raise ValueError("not between the years 2000 and 2100")
    return at.astimezone(UTC)


def _yes_no(value: object) -> object:
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError("neither true nor false")
    return value


def _digits(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,18}", value) is None:
        raise ValueError("not a whole number")
    return value


Instant = Annotated[
    AwareDatetime,
    # What comes of the check is text, in which strictness would see no instant.
    Field(strict=False, examples=["2026-11-25T08:00:00Z"]),
    BeforeValidator(rfc_3339),
    AfterValidator(_sane),
]
"""An instant that is asked for; with its offset from UTC."""
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)]
"""A name or a line of text."""
LongText = Annotated[str, StringConstraints(max_length=2000, pattern=_NO_NUL)]
"""What a person has to say."""


def not_blank(text: str) -> str:
    """Return text without blanks around it.

    Raises:
        ValueError: nothing is left.
    """
    stripped = text.strip()
    if not stripped:
        raise ValueError("nothing but blanks")
    return stripped


IncidentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,128}$")]
"""The name of an incident."""
Number = Annotated[int, Field(ge=1, le=2**63 - 1), BeforeValidator(_digits)]
"""The number by which something is called."""
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Limit = Annotated[int, Field(ge=1, le=MOST_ITEMS), BeforeValidator(_digits)]


class Answer(BaseModel):
    """What is answered; made by us, so that what is not as described is a fault of ours."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        serialize_by_alias=True,
        json_schema_serialization_defaults_required=True,
    )

    sparse: ClassVar[bool] = False
    """Whether what is null is left out."""


class Body(BaseModel):
    """What is sent; a field that nobody knows is refused by its name."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Question(BaseModel):
    """The parameters behind the `?` of an address; one that nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)


class Paging(Question):
    """The parameters of every list."""

    limit: Limit = Field(
        _DEFAULT_ITEMS, description="Most items of one page; of a CSV, all of them by default."
    )
    cursor: str | None = Field(
        None,
        max_length=512,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="`next` of the page before, under the same filters.",
    )


Item = TypeVar("Item", bound=Answer)


class Items(Answer, Generic[Item]):
    """A list that is given whole."""

    items: Sequence[Item] = Field(description="In order.")


class Page(Items[Item], Generic[Item]):
    """One page of a list."""

    next: str | None = Field(
        description="`cursor` of the page that follows; null: this is the last."
    )
