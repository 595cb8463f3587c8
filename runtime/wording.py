"""What is wrong with a file, in words for who wrote it."""

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from runtime.documents import Path

_SHOWN: Final = 60
"""How many characters of a wrong value are shown."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a suggestion, or all that is known if that is not much, to stand behind a message."""
    names = list(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(names)}" if len(names) <= _SHOWN // 2 else ""


def no_such_key(model: type[BaseModel], path: Path) -> str:
    """Return that there is no key of that name at its place in a document, and what there is."""
    return f"there is no such key{did_you_mean(str(path[-1]), _keys(_model_at(model, path[:-1])))}"


def validated(
    model: type[BaseModel], value: object, path: Path
) -> tuple[Any, list[tuple[Path, str]]]:
    """Return what a value is, or None and the place and message of each problem."""
    try:
        # As JSON, in which a list may be a tuple and text an enumeration, also when strict.
        return model.model_validate_json(json.dumps(value)), []
    except ValidationError as error:
        return None, [((*path, *inner), said) for inner, said in _explain(value, error, model)]


def _explain(
    value: object, error: ValidationError, model: type[BaseModel]
) -> Iterator[tuple[Path, str]]:
    told: set[Path] = set()
    for detail in error.errors():
        path = _known_path(value, detail["loc"])
        if path in told:
            continue
        told.add(path)
        if detail["type"] == "extra_forbidden":
            yield path, no_such_key(model, path)
        else:
            yield path, _sentence(detail)


def _known_path(value: Any, location: tuple[int | str, ...]) -> Path:  # noqa: ANN401 - of any document
    """Leave out of pydantic's location what is not of the document, but for a missing key."""
    path: list[str | int] = []
    for at, part in enumerate(location, 1):
        inside = (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        )
        if inside:
            value = value[part]
        elif not (isinstance(value, dict) and at == len(location)):
            continue
        path.append(part)
    return tuple(path)


def _keys(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel]:
    for part in path:
        field = _fields(model).get(str(part))
        if field is not None:
            model = field
    return model


def _fields(model: type[BaseModel]) -> Mapping[str, type[BaseModel]]:
    found: dict[str, type[BaseModel]] = {}
    for name, field in model.model_fields.items():
        for one in _parts(field.annotation):
            if isinstance(one, type) and issubclass(one, BaseModel):
                found[field.alias or name] = one
    return found


def _parts(annotation: Any) -> Iterator[Any]:  # noqa: ANN401 - annotations have no common type
    yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _parts(inner)


def _sentence(detail: ErrorDetails) -> str:
    given = detail["input"]
    if detail["type"] == "missing" or given is None:
        return "is missing" if detail["type"] == "missing" else "has no value"
    if detail["type"] in {"enum", "literal_error"}:
        expected = detail["ctx"]["expected"].replace(" or ", ", ").split(", ")
        known = [one.strip(" '") for one in expected]
        return f"{_shown(given)} is none of its values{did_you_mean(str(given), known)}"
    if detail["type"] == "string_type" and isinstance(given, int | float):
        return f"{_shown(given)} is a number here; for text write {str(given)!r}"
    if detail["type"] == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "string_pattern_mismatch":
        return f"{_shown(given)} does not match {detail['ctx']['pattern']}"
    return f"{_shown(given)}: {detail['msg']}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def joined(path: Path) -> str:
    """Return a path as people read it: `input[2].values`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
