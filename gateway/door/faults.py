"""Faults: what is wrong with a record, field by field, in words for whoever sent it."""

from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from gateway.door.reasons import Reason

_RANGE_ERRORS: Final = frozenset(
    {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"}
)
_SHOWN: Final = 80
"""How many characters of a wrong value are shown."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a record.

    Attributes:
        field: which field, such as `values.rtt_p50_ms`; empty: the record as a whole.
        value: what stands there, cut off where it is long; None: nothing does.
        reason: the word to count by.
        detail: what is wrong with it.
    """

    field: str
    value: str | None
    reason: Reason
    detail: str

    def __str__(self) -> str:
        value = "" if self.value is None else f" {self.value}"
        return f"{self.field or 'record'}{value}: {self.detail}"


class MalformedBodyError(Exception):
    """A body is not in the format that it came as."""


def shown(value: object) -> str:
    """Return a value as a message shows it."""
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def faults_of(error: ValidationError) -> list[Fault]:
    """Return each fault that validation found.

    Raises:
        MalformedBodyError: the text was no JSON at all.
    """
    details = error.errors(include_url=False, include_context=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        raise MalformedBodyError(f"not JSON: {details[0]['msg']}")
    return [
        Fault(
            field=".".join(map(str, detail["loc"])),
            value=None if detail["type"] == "missing" else shown(detail["input"]),
            reason=Reason.OUT_OF_RANGE if detail["type"] in _RANGE_ERRORS else Reason.INVALID,
            detail=detail["msg"].removeprefix("Value error, "),
        )
        for detail in details
    ]
