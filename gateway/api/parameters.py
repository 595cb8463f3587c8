"""Parameters: what a request says, read strictly; every wrong value is named with its place."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from aiohttp import web
from multidict import MultiMapping
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from gateway import bodies
from gateway.api.values import Code, IncidentName, Number, Question
from gateway.keys import SETTINGS
from gateway.problems.problem import (
    INVALID,
    MALFORMED,
    UNSUPPORTED,
    FieldError,
    Problem,
    not_found,
)
from province.payloads import MalformedError, check_keys
from runtime.wording import did_you_mean

_Question = TypeVar("_Question", bound=Question)
_Body = TypeVar("_Body", bound=BaseModel)

PATH: Final[Mapping[str, tuple[Any, str]]] = {
    "village": (Code, "Code of a village."),
    "commune": (Code, "Code of a commune or ward."),
    "site": (Code, "Code of a site."),
    "link": (Code, "Code of a link."),
    "device": (Code, "Code of a device."),
    "incident": (IncidentName, "Name of an incident."),
    "mute": (Number, "Number of a mute."),
    "window": (Number, "Number of a maintenance window."),
    "letter": (Number, "Number of a dead letter."),
}
"""Type and meaning of each variable part of an address."""

_ADAPTERS: Final = {name: TypeAdapter[Any](kind) for name, (kind, _) in PATH.items()}
_NOT_JSON: Final = "json_invalid"


def read_path(parts: Mapping[str, str]) -> dict[str, str]:
    """Return the variable parts of an address.

    Raises:
        Problem: one is like no name of its kind, so there is nothing of that name.
    """
    for name, value in parts.items():
        try:
            _ADAPTERS[name].validate_strings(value)
        except ValidationError:
            raise not_found(f"{name} {value[:100]!r}") from None
    return dict(parts)


def read_query(model: type[_Question], given: MultiMapping[str]) -> _Question:
    """Return the parameters behind the `?`.

    Raises:
        Problem: naming each that is wrong, unknown or repeated, and what was perhaps meant.
    """
    names = [field.alias or name for name, field in model.model_fields.items()]
    counts = Counter(name for name, _ in given.items())
    errors = [
        FieldError("query", _pointer([name]), _unknown(name, names), given[name])
        for name in counts
        if name not in names
    ]
    errors += [
        FieldError("query", _pointer([name]), f"given {count} times", given[name])
        for name, count in counts.items()
        if count > 1 and name in names
    ]
    values = {name: given[name] for name in counts if name in names}
    try:
        question = model.model_validate_strings(values)
    except ValidationError as error:
        errors += [_field_error("query", detail, ()) for detail in error.errors()]
    if errors:
        raise Problem(INVALID, _sentence(errors), errors=errors)
    return question


async def read_body(model: type[_Body], request: web.Request, *, required: bool) -> _Body:
    """Return what was sent.

    Raises:
        Problem: it is no JSON, or not as the model has it, or too long or too slow.
    """
    settings = request.app[SETTINGS]
    content = await bodies.read_body(request, settings.maximum_body_bytes, settings.body_timeout)
    if not content and not required:
        content = b"{}"
    elif request.content_type != "application/json":
        raise Problem(
            UNSUPPORTED, f"Content-Type {request.content_type}: application/json is needed"
        )
    try:
        body = model.model_validate_json(content)
        check_keys(content)
    except MalformedError as error:
        raise Problem(MALFORMED, f"The body is {error}") from None
    except ValidationError as error:
        details = error.errors()
    else:
        return body
    if details[0]["type"] == _NOT_JSON:
        raise Problem(MALFORMED, f"The body is not JSON: {details[0]['ctx']['error']}")
    names = [field.alias or name for name, field in model.model_fields.items()]
    # Of a body with several forms, places begin with the name of the form.
    skipped = 1 if getattr(model, "tagged", False) else 0
    errors = [_field_error("body", detail, names, skipped) for detail in details]
    raise Problem(INVALID, _sentence(errors), errors=errors)


def wrong(source: str, name: str, reason: str, value: str | None) -> Problem:
    """Return the problem of one value.

    Args:
        source: query, header or body.
        name: of the parameter or field.
        reason: what is wrong with it.
        value: as it was sent.
    """
    error = FieldError(source, _pointer([name]), reason, value)
    return Problem(INVALID, _sentence([error]), errors=[error])


@contextmanager
def blamed(
    kind: type[Exception] | tuple[type[Exception], ...], name: str, value: object
) -> Iterator[None]:
    """Have what is refused in here be said of a field of the body.

    Args:
        kind: of the refusals.
        name: of the field.
        value: as it was sent.

    Raises:
        Problem: something was refused.
    """
    try:
        yield
    except kind as error:
        raise wrong("body", name, str(error), None if value is None else str(value)) from None


def _unknown(name: str, names: Sequence[str]) -> str:
    return f"no such parameter{did_you_mean(name, names) if names else '; there are none'}"


def _field_error(
    source: str, detail: ErrorDetails, names: Sequence[str], skipped: int = 0
) -> FieldError:
    place = [str(part) for part in detail["loc"]][skipped:]
    reason = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        reason = f"no such field{did_you_mean(place[-1], names)}"
    value = None if detail["type"] == "missing" else _shown(detail["input"])
    return FieldError(source, _pointer(place), reason, value)


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _pointer(place: Iterable[str]) -> str:
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in place)


def _sentence(errors: Sequence[FieldError]) -> str:
    first = errors[0]
    more = f"; and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{first.pointer.removeprefix('/')}: {first.reason}{more}"
