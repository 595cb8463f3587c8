"""Forms: whether an answer is wanted as JSON or as CSV."""

from collections.abc import Iterator
from typing import Final

from aiohttp import web

from gateway.api.operation import Form, FormQuestion, Operation
from gateway.api.values import Question
from gateway.problems.kinds import NOT_ACCEPTABLE
from gateway.problems.problem import Problem

_TYPES: Final = {Form.JSON: "application/json", Form.CSV: "text/csv"}


def form_of(operation: Operation, query: Question, request: web.Request) -> Form:
    """Return the form that is wanted: `format` says it, or else the header Accept.

    Raises:
        Problem: no form that there is would do.
    """
    if not operation.sheet:
        return Form.JSON
    if isinstance(query, FormQuestion) and query.format is not None:
        return query.format
    wanted = list(_wanted(request.headers.get("Accept", "*/*")))
    weights = {form: _weight(media, wanted) for form, media in _TYPES.items()}
    # Of equal weights the first wins, and JSON is the first.
    best = max(weights, key=lambda form: weights[form])
    if not weights[best]:
        raise Problem(
            NOT_ACCEPTABLE, f"Accept: there is {' and '.join(_TYPES.values())}, and no other form"
        )
    return best


def _wanted(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept[:1000].split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                weight = _number(value)
        yield media, weight


def _weight(media: str, wanted: list[tuple[str, float]]) -> float:
    """Return the weight of a media type: what names it most exactly counts."""
    for pattern in (media, f"{media.partition('/')[0]}/*", "*/*"):
        weights = [weight for given, weight in wanted if given == pattern]
        if weights:
            return max(weights)
    return 0.0


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
