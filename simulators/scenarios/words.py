"""Models in words: what may stand at a key, what it is by default, what it means."""

import inspect
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulators.scenarios.happening import Happening
from simulators.scenarios.values import NAME_PATTERN, format_duration, parse_share

_PLAIN: Final = {
    bool: "`true` or `false`",
    int: "whole number",
    float: "number",
    str: "text",
    timedelta: "duration",
    datetime: "instant",
}
_ATTRIBUTE: Final = re.compile(r"^    (\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def summary(model: type[BaseModel]) -> str:
    """Return the first paragraph of a model's docstring."""
    return " ".join((inspect.getdoc(model) or "").split("\n\n")[0].split())


def meanings(model: type[BaseModel]) -> Mapping[str, str]:
    """Return what a model's docstring, and those above it, say of each field."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        _, _, section = inspect.cleandoc(each.__doc__ or "").partition("Attributes:\n")
        for name, meaning in _ATTRIBUTE.findall(section):
            found[name] = " ".join(meaning.split())
    return found


def value_words(field: FieldInfo) -> str:
    """Return what may stand at a key."""
    return _words(field.annotation, field.metadata)


def default_words(field: FieldInfo) -> str:
    """Return what a key says if it is left out; a dash for nothing."""
    value = field.default
    if field.is_required():
        return "needed"
    if value in (None, (), "") or isinstance(value, BaseModel):
        return "-"
    return f"`{written(field, value)}`"


def written(field: FieldInfo, value: object) -> str:
    """Return a value as a scenario file says it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return format_duration(value)
    if isinstance(value, float):
        return f"{value * 100:g}%" if _is_share(field.metadata) else f"{value:g}"
    return str(value)


def _words(annotation: Any, metadata: list[Any]) -> str:  # noqa: ANN401 - a type of any kind
    arguments = get_args(annotation)
    match get_origin(annotation):
        case None:
            words = _words_of_class(annotation, metadata)
        case origin if origin is Annotated:
            words = _words(arguments[0], list(arguments[1:]))
        case origin if origin is Literal:
            words = _choice(arguments)
        case origin if origin is tuple:
            words = f"list of {_words(arguments[0], [])}s"
        case _:
            members = (_words(each, []) for each in arguments if each is not NoneType)
            words = " or ".join(dict.fromkeys(members))
    return words


def _words_of_class(annotation: type, metadata: list[Any]) -> str:
    if issubclass(annotation, StrEnum):
        return _choice(tuple(annotation))
    if issubclass(annotation, BaseModel):
        return "fault" if issubclass(annotation, Happening) else "keys, below"
    if annotation is str and metadata:
        return "name" if _pattern(metadata) == NAME_PATTERN else "code"
    return "percentage" if _is_share(metadata) else _PLAIN[annotation]


def _choice(values: tuple[Any, ...]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _pattern(metadata: list[Any]) -> str | None:
    return next((each.pattern for each in metadata if hasattr(each, "pattern")), None)


def _is_share(metadata: list[Any]) -> bool:
    return any(getattr(each, "func", None) is parse_share for each in metadata)
