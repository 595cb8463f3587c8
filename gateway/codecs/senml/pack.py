"""Pack: the records of a SenML pack, with fields of the right types."""

import base64
import binascii
import math
from dataclasses import dataclass, field
from typing import Any, Final

from gateway.codecs.senml.cbor_maps import LARGEST_MAP
from gateway.codecs.senml.encodings import PackError, load_cbor, load_json
from gateway.codecs.senml.fields import BY_LABEL, BY_NUMBER, Field
from gateway.translation import RefusalReason

MAXIMUM_RECORDS: Final = 5000
"""Most records of one pack."""

_PYTHON_TYPES: Final[dict[str, type]] = {"text": str, "boolean": bool}


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it came.

    Attributes:
        fields: by JSON label, of the right types.
        unknown: labels that are none of SenML's.
    """

    fields: dict[str, Any]
    unknown: dict[str, Any] = field(default_factory=dict)


def read_pack(body: bytes, *, cbor: bool) -> list[Record]:
    """Return the records of a pack.

    Raises:
        PackError: it is not a pack, or a field is not what it must be.
    """
    value = load_cbor(body) if cbor else load_json(body)
    if not isinstance(value, list):
        raise PackError(f"a pack is an array of records, not {_kind(value)}")
    if not value:
        raise PackError("an empty pack")
    if len(value) > MAXIMUM_RECORDS:
        raise PackError(f"{len(value)} records; at most {MAXIMUM_RECORDS}", RefusalReason.OVERSIZE)
    return [_record(item, place, cbor=cbor) for place, item in enumerate(value)]


def _record(item: object, place: int, *, cbor: bool) -> Record:
    if not isinstance(item, dict):
        raise PackError(f"record {place}: {_kind(item)} where a map is expected")
    if len(item) > LARGEST_MAP:
        raise PackError(f"record {place}: {len(item)} fields", RefusalReason.OVERSIZE)
    record = Record({})
    for key, value in item.items():
        known = _field(key, cbor=cbor)
        if known is None:
            _note_unknown(record, key, value, place)
        elif known.label in record.fields:
            raise PackError(f"record {place}: {known.label!r} stands twice")
        else:
            record.fields[known.label] = _checked(known, value, place, cbor=cbor)
    return record


def _field(key: object, *, cbor: bool) -> Field | None:
    if isinstance(key, str):
        known = BY_LABEL.get(key)
        # In CBOR a label that has a number is written as that number.
        return None if cbor and known is not None and known.number is not None else known
    return BY_NUMBER.get(key) if cbor and type(key) is int else None


def _note_unknown(record: Record, key: object, value: object, place: int) -> None:
    if isinstance(key, str) and key.endswith("_"):
        raise PackError(
            f"record {place}: {key!r} must be understood, says its last character, and is not",
            RefusalReason.UNKNOWN_FIELD,
        )
    record.unknown[str(key)] = value


def _checked(known: Field, value: object, place: int, *, cbor: bool) -> object:
    good: object = None
    if known.kind in _PYTHON_TYPES:
        good = value if isinstance(value, _PYTHON_TYPES[known.kind]) else None
    elif known.kind == "data":
        good = value if isinstance(value, bytes) and cbor else _bytes(value)
    else:
        good = _number(value)
        if known.kind == "whole" and good is not None and good != int(good):
            good = None
    if good is None:
        raise PackError(f"record {place}: {known.label} {value!r:.80} is not {known.kind}")
    return good


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(float(value)) else None
    except OverflowError:
        return None


def _bytes(value: object) -> bytes | None:
    if not isinstance(value, str):
        return None
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a map"
    return "an array" if isinstance(value, list) else type(value).__name__
