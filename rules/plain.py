"""Plain values as JSON: how what is remembered is written down and read back."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

_Value = TypeVar("_Value")


def dump_plain(value: object) -> bytes:
    """Return a dataclass of plain values as JSON."""
    return msgspec.json.encode(value, enc_hook=_plain)


def load_plain(kind: type[_Value], content: bytes) -> _Value:
    """Return a value that was dumped.

    Raises:
        msgspec.MsgspecError: it is damaged, or of another version.
    """
    return msgspec.json.decode(content, type=kind)


def _plain(value: Any) -> object:  # noqa: ANN401 - whatever msgspec does not know
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} is no plain value")
