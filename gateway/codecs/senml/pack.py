"""Pack: the bytes of a SenML pack, JSON or CBOR, to records of checked fields and back."""

import base64
import binascii
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final, NoReturn

import cbor2

from gateway.codecs.senml.cbor_maps import MapError, check_maps
from gateway.codecs.senml.fields import BY_LABEL, BY_NUMBER, Field
from gateway.translation import RefusalReason

MAXIMUM_RECORDS: Final = 5000
"""Most records of one pack."""

_DEEPEST: Final = 8
_LONGEST_EXPONENT: Final = 400
"""Of a decimal fraction: beyond it a double holds nothing."""
_DECIMAL_FRACTION: Final = 4
_ENTRIES: Final = 2
_PYTHON_TYPES: Final[dict[str, type]] = {"text": str, "boolean": bool}

_JSON_TYPES: Final = frozenset({"application/senml+json", "application/json"})
_CBOR_TYPES: Final = frozenset({"application/senml+cbor", "application/cbor"})
_OTHER_TYPES: Final = frozenset(
    {"application/senml+xml", "application/senml-exi", "application/sensml-exi"}
)


class PackError(ValueError):
    """A pack breaks a rule, so nothing of it is taken; the message names record and field.

    Attributes:
        reason: the word to count by.
    """

    def __init__(self, detail: str, reason: RefusalReason = RefusalReason.INVALID) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it came.

    Attributes:
        fields: by JSON label, of the right types.
        unknown: labels that are none of SenML's.
    """

    fields: dict[str, Any]
    unknown: dict[str, Any] = field(default_factory=dict)


def is_cbor(body: bytes, content_type: str | None) -> bool:
    """Whether a pack is CBOR, by what is announced or else by its first byte.

    Raises:
        PackError: it is announced as XML or EXI.
    """
    if content_type in _CBOR_TYPES:
        return True
    if content_type in _JSON_TYPES:
        return False
    if content_type in _OTHER_TYPES:
        raise PackError(f"{content_type} is not read; JSON and CBOR are", RefusalReason.UNSUPPORTED)
    return body.lstrip(b" \t\r\n")[:1] not in {b"[", b"{"}


def read_pack(body: bytes, *, cbor: bool) -> list[Record]:
    """Return the records of a pack.

    Raises:
        PackError: it is not a pack, or a field is not what it must be.
    """
    value = _load_cbor(body) if cbor else _load_json(body)
    if not isinstance(value, list):
        raise PackError(f"a pack is an array of records, not {_kind(value)}")
    if not value:
        raise PackError("an empty pack")
    if len(value) > MAXIMUM_RECORDS:
        raise PackError(f"{len(value)} records; at most {MAXIMUM_RECORDS}", RefusalReason.OVERSIZE)
    return [_record(item, place, cbor=cbor) for place, item in enumerate(value)]


def write_pack(records: list[dict[str, Any]], *, cbor: bool) -> bytes:
    """Return the bytes of records with JSON labels."""
    if not cbor:
        return json.dumps(records, ensure_ascii=False, default=_base64).encode()
    return cbor2.dumps([{_cbor_label(name): v for name, v in r.items()} for r in records])


def _load_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    try:
        return json.loads(
            body.decode(), object_pairs_hook=_without_repeats, parse_constant=_no_constant
        )
    except PackError:
        raise
    except (ValueError, RecursionError) as error:
        raise PackError(f"not JSON: {error}", RefusalReason.MALFORMED) from None


def _load_cbor(body: bytes) -> Any:  # noqa: ANN401 - any CBOR value
    try:
        check_maps(body, _DEEPEST)
    except MapError as error:
        raise PackError(f"not CBOR: {error}", RefusalReason.MALFORMED) from None
    stream = BytesIO(body)
    decoder = cbor2.CBORDecoder(
        stream,
        semantic_decoders=_FractionsOnly(),
        max_depth=_DEEPEST,
        allow_duplicate_keys=False,
    )
    try:
        value = decoder.decode()
    except (cbor2.CBORDecodeError, ValueError, TypeError, OverflowError, MemoryError) as error:
        # The library's own words for a repeated key do not say that it is a matter of SenML.
        raise PackError(f"not CBOR: {error.__cause__ or error}", RefusalReason.MALFORMED) from None
    if stream.tell() != len(body):
        raise PackError(
            f"not CBOR: bytes behind the first item, from {stream.tell()} on",
            RefusalReason.MALFORMED,
        )
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise PackError(f"{repeated!r} stands twice in one record")
    return fields


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


class _FractionsOnly(Mapping[int, Callable[..., Any]]):
    """A decoder for decimal fractions, and for every other tag a refusal."""

    def __getitem__(self, tag: int) -> Callable[..., Any]:
        if tag == _DECIMAL_FRACTION:
            return _fraction

        def refuse(*_arguments: object) -> NoReturn:
            raise ValueError(f"tag {tag} is not accepted")

        return refuse

    def __iter__(self) -> Iterator[int]:
        return iter((_DECIMAL_FRACTION,))

    def __len__(self) -> int:
        return 1


def _fraction(decoder: cbor2.CBORDecoder, *_arguments: object) -> float:
    parts = decoder.decode()
    if (
        not isinstance(parts, list | tuple)
        or len(parts) != _ENTRIES
        or not all(type(part) is int for part in parts)
        or abs(parts[0]) > _LONGEST_EXPONENT
    ):
        raise ValueError("a decimal fraction is a pair of an exponent and a mantissa")
    return float(f"{parts[1]}e{parts[0]}")


def _record(item: object, place: int, *, cbor: bool) -> Record:
    if not isinstance(item, dict):
        raise PackError(f"record {place}: {_kind(item)} where a map is expected")
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


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
    return str(value)


def _cbor_label(name: str) -> int | str:
    known = BY_LABEL.get(name)
    return name if known is None or known.number is None else known.number


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "a map"
    return "an array" if isinstance(value, list) else type(value).__name__
