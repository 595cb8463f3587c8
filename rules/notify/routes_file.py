"""Reading routes: a YAML file whole or not at all, with every problem in it at once."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import resources
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationError, field_validator

from rules.model import IncidentClass, Severity
from rules.notify.errors import RoutesError
from rules.notify.hours import Hours, parse_days, parse_minute
from rules.notify.matching import FIELDS, LABEL, Matcher
from rules.notify.receivers import Described, Language, Receiver
from rules.notify.routes import Escalation, Route, Routes
from runtime.documents import Document, DocumentError, Path, parse_document
from runtime.settings import Duration, parse_duration

_DEFAULT: Final = resources.files("rules.notify") / "default_routes.yaml"
_KNOWN: Final = {
    "severity": frozenset(each.value for each in Severity),
    "class": frozenset(each.value for each in IncidentClass),
}
_FROM_ABOVE: Final = (
    "receivers",
    "group_by",
    "group_wait",
    "group_interval",
    "repeat_interval",
    "escalate",
    "language",
)


def _wait(value: object) -> timedelta:
    return timedelta(0) if value in {"0s", "0"} else parse_duration(value)


def _words(value: object) -> object:
    """Take one value for a list of one, and a code of digits for the text that it is."""
    values = value if isinstance(value, list) else [value]
    return [str(each) if isinstance(each, int) else each for each in values]


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]


class _Span(Described):
    days: Words = ("mon-sun",)
    begin: Annotated[str, Field(alias="from")] = "00:00"
    end: Annotated[str, Field(alias="to")] = "24:00"

    @field_validator("days")
    @classmethod
    def _are_days(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        parse_days(value)
        return value

    @field_validator("begin", "end")
    @classmethod
    def _is_time(cls, value: str) -> str:
        parse_minute(value)
        return value

    def hours(self) -> Hours:
        return Hours(parse_days(self.days), parse_minute(self.begin), parse_minute(self.end))


def _list(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class _Step(Described):
    after: Duration
    to: str


def _match(value: object) -> object:
    if not isinstance(value, dict):
        return value
    flat = {name: _words(values) for name, values in value.items() if name != "labels"}
    labels = value.get("labels", {})
    if not isinstance(labels, dict):
        raise ValueError("labels: a mapping of a label to its values is needed")  # noqa: TRY004 - pydantic turns ValueErrors alone into problems
    return flat | {f"{LABEL}{name}": _words(values) for name, values in labels.items()}


class _Node(Described):
    match: Annotated[dict[str, tuple[str, ...]], BeforeValidator(_match)] = Field({})
    during: Words = ()
    outside: Words = ()
    receivers: Words | None = None
    group_by: Words | None = None
    group_wait: Annotated[timedelta, BeforeValidator(_wait)] | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    escalate: Annotated[tuple[_Step, ...] | None, BeforeValidator(_list)] = None
    language: Language | None = None
    goes_on: Annotated[bool, Field(alias="continue")] = False
    routes: tuple["_Node", ...] = ()

    @field_validator("match")
    @classmethod
    def _are_fields(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name, wanted in value.items():
            if not name.startswith(LABEL) and name not in FIELDS:
                raise ValueError(f"{name!r} is none of {', '.join(FIELDS)}, labels")
            for word in wanted:
                if word not in _KNOWN.get(name, {word}):
                    raise ValueError(f"{name} {word!r} is none of {', '.join(_KNOWN[name])}")
        return value

    @field_validator("group_by")
    @classmethod
    def _are_groups(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        for name in value or ():
            if not name.startswith(LABEL) and name not in FIELDS:
                raise ValueError(f"{name!r} is none of {', '.join(FIELDS)}, label:NAME")
        return value


class _File(Described):
    receivers: Annotated[dict[str, Receiver], Field(min_length=1)]
    intervals: dict[str, Annotated[tuple[_Span, ...], BeforeValidator(_list)]] = Field({})
    route: _Node


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
        file = _File.model_validate(document.value)
    except ValidationError as error:
        problems += [(document.line(path), path, said) for path, said in _explain(document, error)]
        raise RoutesError(_lines(source, problems)) from None
    problems += [(document.line(path), path, said) for path, said in _names(file)]
    if problems:
        raise RoutesError(_lines(source, problems))
    root = _route(file.route, "route", Route())
    spans = {
        name: tuple(span.hours() for span in intervals)
        for name, intervals in file.intervals.items()
    }
    return Routes(root, file.receivers, spans, source)


def _route(node: _Node, path: str, above: Route) -> Route:
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


def _names(file: _File) -> Iterator[tuple[Path, str]]:
    """Yield what a file names and does not have."""
    if not file.route.receivers:
        yield ("route",), "receivers: the first route needs some: it holds for every incident"
    if file.route.match or file.route.during or file.route.outside:
        yield ("route",), "the first route holds for every incident: match below it"
    yield from _names_below(file.route, ("route",), file)


def _names_below(node: _Node, path: Path, file: _File) -> Iterator[tuple[Path, str]]:
    steps = [step.to for step in node.escalate or ()]
    for key, names, known, what in (
        ("receivers", node.receivers or (), file.receivers, "receiver"),
        ("escalate", steps, file.receivers, "receiver"),
        ("during", node.during, file.intervals, "interval"),
        ("outside", node.outside, file.intervals, "interval"),
    ):
        for name in names:
            if name not in known:
                there = ", ".join(sorted(known)) or "none"
                yield (*path, key), f"there is no {what} {name!r}; known: {there}"
    for at, below in enumerate(node.routes):
        yield from _names_below(below, (*path, "routes", at), file)


def _explain(document: Document, error: ValidationError) -> Iterator[tuple[Path, str]]:
    for detail in error.errors():
        path = tuple(part for part in detail["loc"])
        # Pydantic names what is not in the file, too: a missing key, a member of a union.
        while path not in document.lines and detail["type"] != "missing" and path:
            path = path[:-1]
        said = detail["msg"].removeprefix("Value error, ")
        if detail["type"] == "extra_forbidden":
            said = "there is no such key"
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
