"""Reading routes: a YAML file whole or not at all, with every problem in it at once."""

import copy
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path as FilePath
from typing import Any, Final

from pydantic import ValidationError

from rules.notify.errors import RoutesError
from rules.notify.matching import Matcher
from rules.notify.routes import Escalation, Route, Routes
from rules.notify.routes_shape import RouteNode, RoutesDocument
from runtime.documents import Document, DocumentError, Path, parse_document
from runtime.wording import did_you_mean, no_such_key

_DEFAULT: Final = resources.files("rules.notify") / "default_routes.yaml"
_TRIES: Final = 4
"""What is left without one wrong key may be wrong without it, a few times."""
_FROM_ABOVE: Final = (
    "receivers",
    "group_by",
    "group_wait",
    "group_interval",
    "repeat_interval",
    "escalate",
    "language",
)


def read_routes(path: FilePath | None) -> Routes:
    """Return the routes of a file; without one, those that write every notice to the log.

    Raises:
        RoutesError: with every problem in it.
    """
    if path is None:
        return parse_routes(_DEFAULT.read_bytes(), "default_routes.yaml")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RoutesError([f"{path}: {(error.strerror or str(error)).lower()}"]) from None
    return parse_routes(content, str(path))


def parse_routes(content: bytes, source: str) -> Routes:
    """Return the routes that a file's content describes.

    Args:
        content: YAML; docs/operations/notifications.md describes it.
        source: the file's name, for messages and for the paths of files with secrets.

    Raises:
        RoutesError: with every problem in it.
    """
    try:
        document = parse_document(content)
    except DocumentError as error:
        raise RoutesError([f"{source}:{error.line}: {error.message}"]) from None
    problems = [(problem.line, problem.path, problem.message) for problem in document.problems]
    try:
        file = RoutesDocument.model_validate(document.value)
    except ValidationError as error:
        problems += [(document.line(path), path, said) for path, said in _explain(document, error)]
        # What is named and is not there is told all the same, as far as the rest can be read.
        readable = _readable(document.value, error)
        known = {path for _, path, _ in problems}
        named = _names(readable, document.value) if readable is not None else ()
        problems += [(document.line(path), path, said) for path, said in named if path not in known]
        raise RoutesError(_lines(source, problems)) from None
    problems += [(document.line(path), path, said) for path, said in _names(file, document.value)]
    if problems:
        raise RoutesError(_lines(source, problems))
    root = _route(file.route, "route", Route())
    spans = {
        name: tuple(span.hours() for span in intervals)
        for name, intervals in file.intervals.items()
    }
    return Routes(root, file.receivers, spans, source)


def _route(node: RouteNode, path: str, above: Route) -> Route:
    given = {name: value for name in _FROM_ABOVE if (value := getattr(node, name)) is not None}
    if node.escalate is not None:
        steps = (Escalation(step.after, step.to) for step in node.escalate)
        given["escalate"] = tuple(sorted(steps, key=lambda step: step.after))
    settings = {name: getattr(above, name) for name in _FROM_ABOVE} | given
    route = Route(
        path, Matcher(node.match), node.during, node.outside, **settings, goes_on=node.goes_on
    )
    below = (_route(inner, f"{path}.routes[{at}]", route) for at, inner in enumerate(node.routes))
    return Route(**{**_fields(route), "routes": tuple(below)})


def _fields(route: Route) -> dict[str, Any]:
    return {name: getattr(route, name) for name in Route.__slots__}


def _readable(value: object, error: ValidationError) -> RoutesDocument | None:
    """Return a file without what is wrong in it; None where nothing can be left."""
    for _ in range(_TRIES):
        value = copy.deepcopy(value)
        for detail in error.errors():
            _remove(value, detail["loc"])
        try:
            return RoutesDocument.model_validate(value)
        except ValidationError as next_error:
            error = next_error
    return None


def _remove(value: Any, path: tuple[int | str, ...]) -> None:  # noqa: ANN401 - of any document
    """Remove the innermost key of a path that is there; members of lists keep their places."""
    innermost: tuple[dict[Any, Any], int | str] | None = None
    for part in path:
        if isinstance(value, dict) and part in value:
            innermost = value, part
            value = value[part]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            break
    if innermost is not None:
        innermost[0].pop(innermost[1], None)


def _names(file: RoutesDocument, written: object) -> Iterator[tuple[Path, str]]:
    """Yield what a file names and does not have.

    Args:
        file: as far as it can be read.
        written: the whole of it: what is there and wrong is there.
    """
    if not file.route.receivers:
        yield (
            ("route", "receivers"),
            "the first route needs some: it holds for every incident",
        )
    if file.route.match or file.route.during or file.route.outside:
        yield ("route",), "the first route holds for every incident: match below it"
    receivers, intervals = (_keys(written, key) for key in ("receivers", "intervals"))
    yield from _names_below(file.route, ("route",), receivers, intervals)


def _keys(written: object, key: str) -> list[str]:
    inside = written.get(key) if isinstance(written, dict) else None
    return sorted(str(name) for name in inside) if isinstance(inside, dict) else []


def _names_below(
    node: RouteNode, path: Path, receivers: Sequence[str], intervals: Sequence[str]
) -> Iterator[tuple[Path, str]]:
    steps = [step.to for step in node.escalate or ()]
    for key, names, known, what in (
        ("receivers", node.receivers or (), receivers, "receiver"),
        ("escalate", steps, receivers, "receiver"),
        ("during", node.during, intervals, "interval"),
        ("outside", node.outside, intervals, "interval"),
    ):
        for name in names:
            if name not in known:
                near = did_you_mean(name, known) if known else "; known: none"
                yield (*path, key), f"there is no {what} {name!r}{near}"
    for at, below in enumerate(node.routes):
        yield from _names_below(below, (*path, "routes", at), receivers, intervals)


def _explain(document: Document, error: ValidationError) -> Iterator[tuple[Path, str]]:
    for detail in error.errors():
        path = tuple(part for part in detail["loc"])
        # Pydantic names what is not in the file, too: a missing key, a member of a union.
        while path not in document.lines and detail["type"] != "missing" and path:
            path = path[:-1]
        said = detail["msg"].removeprefix("Value error, ")
        if detail["type"] == "extra_forbidden":
            said = no_such_key(RoutesDocument, path)
        elif detail["type"] == "missing":
            said = "is missing"
        yield path, said


def _lines(source: str, problems: list[tuple[int, Path, str]]) -> list[str]:
    return [
        f"{source}:{line}: {f'{_joined(path)}: ' if path else ''}{message}"
        for line, path, message in sorted(problems, key=lambda problem: problem[0])
    ]


def _joined(path: Path) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")
