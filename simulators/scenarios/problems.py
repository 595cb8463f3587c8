"""What pydantic finds wrong with a scenario, in words for who wrote it."""

import difflib
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from runtime.documents import Path

_SHOWN: Final = 60
"""How many characters of a wrong value are shown."""
_CHOICES: Final = frozenset({"enum", "literal_error"})


def explain(
    value: object, error: ValidationError, model: type[BaseModel]
) -> Iterator[tuple[Path, str]]:
    """Yield the place and the message of each problem.

    Args:
        value: what was validated.
        error: what pydantic says of it.
        model: what it should have been.
    """
    located = [(_path(value, detail["loc"]), detail) for detail in error.errors()]
    # A choice between several types gives several errors of one value.
    for path, group in groupby(located, key=lambda pair: pair[0]):
        details = [detail for _, detail in group]
        if details[0]["type"] == "extra_forbidden":
            known = _model_at(model, path[:-1]).model_fields
            yield path, f"there is no such key{did_you_mean(str(path[-1]), known)}"
        else:
            yield path, _sentence(details)


def place(path: Path, document: object) -> str:
    """Return a path as people read it: `faults[2] 'ring': target.communes[1]`."""
    if path[:1] != ("faults",) or len(path) == 1:
        return _joined(path)
    name = _name(document, path[1])
    head = f"faults[{path[1]}]" + (f" {name!r}" if name is not None else "")
    return ": ".join(part for part in (head, _joined(path[2:])) if part)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a suggestion, or all that is known, to stand behind a message."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(names)}"


def _path(value: Any, location: tuple[int | str, ...]) -> Path:  # noqa: ANN401 - of any document
    """Leave out of pydantic's location what is not of the document: members of unions."""
    path: list[str | int] = []
    for at, part in enumerate(location, 1):
        if isinstance(value, dict):
            if part not in value and at < len(location):
                continue
            path.append(part)
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            path.append(part)
            value = value[part]
    return tuple(path)


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    for part in path:
        inner = model.model_fields[str(part)].annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            model = inner
    return model


def _sentence(details: list[ErrorDetails]) -> str:
    detail = details[0]
    given = detail["input"]
    if detail["type"] == "missing":
        return "is missing"
    if given is None:
        return "has no value"
    if all(one["type"] in _CHOICES for one in details):
        known = [choice for one in details for choice in _choices(one["ctx"]["expected"])]
        return f"{_shown(given)} is none of its values{did_you_mean(str(given), known)}"
    if detail["type"] == "string_type" and isinstance(given, int | float):
        return f"{_shown(given)} is a number here; for text write {str(given)!r}"
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    return f"{_shown(given)}: {detail['msg']}"


def _choices(expected: str) -> list[str]:
    return [part.strip(" '") for part in expected.replace(" or ", ", ").split(",")]


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _joined(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _name(document: Any, at: str | int) -> str | None:  # noqa: ANN401 - of any document
    try:
        name = document["faults"][at]["name"]
    except (KeyError, TypeError, IndexError):
        return None
    return name if isinstance(name, str) else None
