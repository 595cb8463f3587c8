"""Validation: a payload to a report, or a refusal that names the field and its value."""

from math import isfinite
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from ingest.rejection import Reason, RejectedError

_RANGE_ERRORS: Final = frozenset(
    {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "finite_number"}
)
_SHOWN: Final = 5

Model = TypeVar("Model", bound=BaseModel)


def validate_json(model: type[Model], payload: bytes) -> Model:
    """Parse and validate in one step.

    Raises:
        RejectedError: malformed, invalid or out of range, naming each field and value.
    """
    try:
        # What model_validate_json calls, less its checks of options we do not use.
        validated: Model = model.__pydantic_validator__.validate_json(payload)
    except ValidationError as error:
        raise _explain(error) from None
    return validated


def validate(model: type[Model], value: object) -> Model:
    """Validate what was parsed already; raises as `validate_json`."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _explain(error) from None


def storable_json(value: dict[str, Any], place: str) -> str:
    """Return a free-form object as JSON text that PostgreSQL's jsonb takes.

    JSON lets through what jsonb does not hold: NUL in text, and numbers beyond a double, which
    become infinite as they are parsed.

    Raises:
        RejectedError: naming the first such text or number and its place.
    """
    _check_storable(value, place)
    return to_json(value).decode()


def _check_storable(value: object, place: str) -> None:
    if isinstance(value, dict):
        for key, each in value.items():
            _check_storable(key, f"{place}, key")
            _check_storable(each, f"{place}.{key}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _check_storable(each, f"{place}.{index}")
    elif isinstance(value, str) and "\0" in value:
        raise RejectedError(Reason.INVALID, f"{place}: {value!r:.80} holds NUL")
    elif isinstance(value, float) and not isfinite(value):
        raise RejectedError(Reason.INVALID, f"{place}: {value} is not a finite number")


def _explain(error: ValidationError) -> RejectedError:
    details = error.errors(include_url=False, include_context=False)
    kinds = {detail["type"] for detail in details}
    if "json_invalid" in kinds:
        return RejectedError(Reason.MALFORMED, f"not JSON: {details[0]['msg']}")
    lines = [
        f"{'.'.join(map(str, detail['loc'])) or 'report'}: {detail['input']!r:.80}: "
        f"{detail['msg'].removeprefix('Value error, ')}"
        for detail in details[:_SHOWN]
    ]
    only_ranges = kinds <= _RANGE_ERRORS
    return RejectedError(Reason.OUT_OF_RANGE if only_ranges else Reason.INVALID, "; ".join(lines))
