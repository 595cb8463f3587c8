"""Payloads: bytes to objects, JSON or CBOR."""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from json import JSONDecoder
from typing import Any, Final, NoReturn

import cbor2
from pydantic_core import from_json, to_json

from province.topics import Channel

CBOR_CONTENT_TYPES: Final = frozenset({"application/cbor"})

_DEEPEST: Final = 16


class MalformedError(ValueError):
    """A payload is not in the format it came as."""


def is_cbor(channel: Channel, content_type: str | None) -> bool:
    """Whether a message announces CBOR, by its channel or its MQTT 5 content type."""
    return channel is Channel.TELEMETRY_CBOR or content_type in CBOR_CONTENT_TYPES


def load_json(payload: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Parse JSON; NaN and infinities pass, to be refused where they stand.

    Raises:
        MalformedError: saying where it breaks.
    """
    try:
        return from_json(payload)
    except ValueError as error:
        raise MalformedError(f"not JSON: {error}") from None


def load_distinct_json(payload: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Parse JSON as `load_json` does, but without keys that stand twice in one object.

    Raises:
        MalformedError: saying where it breaks, or which key stands twice.
    """
    value = load_json(payload)
    check_keys(payload)
    return value


def check_keys(payload: bytes) -> None:
    """Do nothing for JSON that was parsed with success, if no key stands twice in one object.

    Of two values a parser takes the last, and nobody can know which of them was meant.

    Raises:
        MalformedError: naming the key.
    """
    try:
        _DISTINCT.raw_decode(payload.decode().lstrip())
    except MalformedError:
        raise
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"not JSON: {error}") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> None:
    # Most objects pass here, and nobody needs what they hold.
    if len(dict(pairs)) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise MalformedError(f"not clear: {repeated!r:.80} stands twice in one object")


_DISTINCT: Final = JSONDecoder(object_pairs_hook=_without_repeats)


def load_cbor(payload: bytes) -> Any:  # noqa: ANN401 - any CBOR value
    """Parse one CBOR item of plain maps, arrays, text, numbers and booleans.

    Raises:
        MalformedError: not CBOR, more than one item, nested too deep, or with a tag.
    """
    stream = BytesIO(payload)
    try:
        value = cbor2.CBORDecoder(
            stream,
            semantic_decoders=_NoTags(),
            max_depth=_DEEPEST,
            allow_duplicate_keys=False,
            strict_hashable_types=True,
        ).decode()
    except (cbor2.CBORDecodeError, ValueError, OverflowError, MemoryError) as error:
        raise MalformedError(f"not CBOR: {error.__cause__ or error}") from None
    if stream.tell() != len(payload):
        raise MalformedError(f"not CBOR: bytes behind the first item, from {stream.tell()} on")
    return value


def dump(value: object, *, cbor: bool) -> bytes:
    """Encode a part of a payload in the format the whole came in."""
    if cbor:
        return cbor2.dumps(value)
    return to_json(value, inf_nan_mode="constants")


class _NoTags(Mapping[int, Callable[..., NoReturn]]):
    """A decoder for every tag there may be, the library's own included, that refuses it.

    A tag changes what a value is: a date where a number is meant, a value that refers to
    another. A few bytes of shared references can stand for a value of any size.
    """

    def __getitem__(self, tag: int) -> Callable[..., NoReturn]:
        def refuse(*_arguments: object) -> NoReturn:
            raise ValueError(f"tag {tag} is not accepted")

        return refuse

    def __iter__(self) -> Iterator[int]:
        return iter(())

    def __len__(self) -> int:
        return 0
