"""What is wrong with one line of an inventory, in words for who wrote it."""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from province.devices import Device
from province.inventory_checks import Problem, subject
from province.operators import Operator
from province.places import Commune, Province, Village
from province.topology import Link, Node

MODELS: Final[Mapping[str, type[BaseModel]]] = {
    str(model.model_fields["type"].default): model
    for model in (Province, Operator, Commune, Village, Node, Link, Device)
}
"""The model of each type of object."""

_SHOWN: Final = 80
"""How many characters of a wrong value are shown."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is wrong with a line; `names` is its type and code, where it has both."""

    problems: list[Problem]
    names: tuple[str, str] | None = None


def explain(number: int, line: bytes, error: ValidationError) -> Explanation:
    """Say what is wrong with a line that is not a valid object.

    Args:
        number: its number in the file, from 1.
        line: the line.
        error: what pydantic says of it.
    """
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError:
        return Explanation([Problem(number, "line", "not UTF-8")])
    except json.JSONDecodeError as cause:
        message = f"not JSON: {cause.msg} at column {cause.colno}"
        return Explanation([Problem(number, "line", message)])
    except (ValueError, RecursionError) as cause:
        return Explanation([Problem(number, "line", f"not JSON: {cause}")])
    if not isinstance(value, dict):
        return Explanation([Problem(number, "line", "not a JSON object")])
    kind, code = value.get("type"), value.get("code")
    named = subject(kind, code)
    problems = [Problem(number, named, _sentence(value, detail)) for detail in error.errors()]
    names = (kind, code) if isinstance(kind, str) and isinstance(code, str) else None
    return Explanation(problems, names)


def _sentence(value: dict[str, Any], detail: ErrorDetails) -> str:
    known = ", ".join(MODELS)
    match detail["type"]:
        case "union_tag_not_found":
            return f"field 'type' is missing; one of {known}"
        case "union_tag_invalid":
            return f"unknown type {value.get('type')!r}; one of {known}"
    # The first place is the type that the union chose.
    name = ".".join(str(part) for part in detail["loc"][1:])
    match detail["type"]:
        case "missing":
            return f"field {name!r} is missing"
        case "extra_forbidden":
            return f"unknown field {name!r}{_hint(name, MODELS[value['type']].model_fields)}"
    shown = json.dumps(detail["input"], ensure_ascii=False, default=repr)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]}..."
    return f"{name}={shown}: {detail['msg']}"


def _hint(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"
