"""Fields: the labels of SenML, in JSON and in CBOR, and what may stand in each."""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "number", "whole", "boolean", "data"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record.

    Attributes:
        label: its name in JSON.
        number: its label in CBOR; None where that is the name.
        kind: what must stand in it.
    """

    label: str
    number: int | None
    kind: Kind


VALUES: Final = ("v", "vs", "vb", "vd", "vlo")
"""The fields of which a record has exactly one, unless it has a sum. `vlo` is LwM2M's: a link to
an object."""

_FIELDS: Final = (
    Field("bver", -1, "whole"),
    Field("bn", -2, "text"),
    Field("bt", -3, "number"),
    Field("bu", -4, "text"),
    Field("bv", -5, "number"),
    Field("bs", -6, "number"),
    Field("n", 0, "text"),
    Field("u", 1, "text"),
    Field("v", 2, "number"),
    Field("vs", 3, "text"),
    Field("vb", 4, "boolean"),
    Field("s", 5, "number"),
    Field("t", 6, "number"),
    Field("ut", 7, "number"),
    Field("vd", 8, "data"),
    Field("vlo", None, "text"),
)

BY_LABEL: Final = {field.label: field for field in _FIELDS}
BY_NUMBER: Final = {field.number: field for field in _FIELDS if field.number is not None}
