"""Encodings: the bytes of a SenML pack to plain values, JSON or CBOR."""

import json
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import Any, Final, NoReturn

import cbor2

from gateway.codecs.senml.cbor_maps import MapError, check_maps
from gateway.translation import RefusalReason

_DEEPEST: Final = 8
_LONGEST_EXPONENT: Final = 400
"""Of a decimal fraction: beyond it a double holds nothing."""
_DECIMAL_FRACTION: Final = 4
_ENTRIES: Final = 2
_JSON_TYPES: Final = frozenset(
    {"application/senml+json", "application/sensml+json", "application/json"}
)
_CBOR_TYPES: Final = frozenset(
    {"application/senml+cbor", "application/sensml+cbor", "application/cbor"}
)
_OTHER_TYPES: Final = frozenset(
    f"application/{kind}"
    for kind in (
        *("senml+xml", "sensml+xml", "senml-exi", "sensml-exi"),
        *("vnd.oma.lwm2m+tlv", "vnd.oma.lwm2m+json", "vnd.oma.lwm2m+cbor"),
    )
)
_TEXT_TYPE: Final = "text/plain"
_JSON_BEGINS: Final = frozenset({b"[", b"{"})
_CBOR_BEGINS: Final = b"\xd9\xd9\xf7"
"""The tag 55799, which says of what is in it that it is CBOR, and nothing more."""


class PackError(ValueError):
    """A pack breaks a rule, so nothing of it is taken; the message names record and field.

    Attributes:
        reason: the word to count by.
    """

    def __init__(self, detail: str, reason: RefusalReason = RefusalReason.INVALID) -> None:
        super().__init__(detail)
        self.reason = reason


def is_cbor(body: bytes, content_type: str | None) -> bool:
    """Whether a pack is CBOR, by what is announced or else by its first byte.

    Raises:
        PackError: it is announced as something else.
    """
    announced = (content_type or "").lower()
    if announced in _CBOR_TYPES:
        return True
    if announced in _JSON_TYPES:
        return False
    begins_json = body.lstrip(b" \t\r\n")[:1] in _JSON_BEGINS
    # Whoever sends JSON as plain text means JSON; a number alone names no resource.
    if announced in _OTHER_TYPES or (announced == _TEXT_TYPE and not begins_json):
        raise PackError(f"{content_type} is not read; JSON and CBOR are", RefusalReason.UNSUPPORTED)
    return not begins_json


def load_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Parse JSON in which no field stands twice.

    Raises:
        PackError: saying where it breaks.
    """
    try:
        return json.loads(
            body.decode(), object_pairs_hook=_without_repeats, parse_constant=_no_constant
        )
    except PackError:
        raise
    except (ValueError, RecursionError) as error:
        raise PackError(f"not JSON: {error}", RefusalReason.MALFORMED) from None


def load_cbor(body: bytes) -> Any:  # noqa: ANN401 - any CBOR value
    """Parse one CBOR item; of tags in it, decimal fractions alone are taken, as numbers.

    Raises:
        PackError: saying where it breaks.
    """
    body = body.removeprefix(_CBOR_BEGINS)
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


def _fraction(parts: object, *_arguments: object) -> float:
    if (
        not isinstance(parts, list | tuple)
        or len(parts) != _ENTRIES
        or not all(type(part) is int for part in parts)
        or abs(parts[0]) > _LONGEST_EXPONENT
    ):
        raise ValueError("a decimal fraction is a pair of an exponent and a mantissa")
    return float(f"{parts[1]}e{parts[0]}")
