"""Expressions: JMESPath, compiled once, and which fields of a message each of them reads."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from pydantic import PlainValidator

from gateway.adapters.errors import RefusedError
from gateway.translation import RefusalReason
from runtime.wording import did_you_mean

Pattern = tuple[str | int, ...]
"""A path of field names, `*` for any of them, and of positions in lists where one is meant."""

ROOTS: Final = (
    "body",
    "topic",
    "route",
    "query",
    "header",
    "each",
    "key",
    "device",
    "fields",
    "port",
)
"""What an expression begins with."""

_CONDITIONS: Final = frozenset({"not_expression", "comparator"})
_CHOICES: Final = frozenset(
    {"or_expression", "and_expression", "multi_select_list", "multi_select_dict"}
)
_PASSING: Final = frozenset(
    {"max_by", "min_by", "sort_by", "sort", "reverse", "not_null", "to_array", "max", "min", "map"}
)
"""Functions that give an argument, or a part of it, as it was."""


class Expression:
    """One expression.

    Attributes:
        text: as it was written.
        reads: the fields that it looks at, from the root.
        gives: those among them of which it gives the value.
        path: the field names, where it is no more than that.
    """

    def __init__(self, text: str, roots: Iterable[str] = ROOTS) -> None:
        """Compile it.

        Raises:
            ValueError: it is none, or names a function or a root that there is not.
        """
        self.text = text
        try:
            self._compiled = jmespath.compile(text)
        except JMESPathError as error:
            where = getattr(error, "lex_position", None)
            at = "" if where is None else f" at character {where + 1}"
            raise ValueError(f"{text!r} is not an expression{at}") from None
        try:
            self.reads, self.gives = _reads(self._compiled.parsed)
        except ValueError as error:
            raise ValueError(f"{text!r}: {error}") from None
        self.path = _plain_path(self._compiled.parsed)
        known = tuple(roots)
        for pattern in sorted(self.reads, key=str):
            if pattern and pattern[0] not in known:
                near = did_you_mean(str(pattern[0]), known) if len(pattern) > 1 else ""
                hint = near or f"; did you mean {f'{known[0]}.{text}'!r}?"
                raise ValueError(
                    f"{text!r} begins with {pattern[0]!r}, and not with one of "
                    f"{', '.join(known)}{hint}"
                )

    def __call__(self, root: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
        """Return what it finds in a message, None if nothing.

        Raises:
            RefusedError: a function was given what it does not take.
        """
        try:
            return self._compiled.search(root)
        except (JMESPathError, TypeError, ValueError) as error:
            raise RefusedError(
                RefusalReason.INVALID, f"{self.text}: {str(error).splitlines()[0]:.200}"
            ) from None

    def __repr__(self) -> str:
        return self.text


def parsed(value: object) -> Expression:
    """Return the expression of a text.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not text, and an expression is")
    return Expression(value)


Expr = Annotated[Expression, PlainValidator(parsed)]
"""An expression as a pydantic field type."""


def _plain_path(tree: Mapping[str, Any]) -> Pattern | None:
    if tree["type"] == "field":
        return (tree["value"],)
    if tree["type"] != "subexpression":
        return None
    parts = [_plain_path(child) for child in tree["children"]]
    return None if None in parts else tuple(name for part in parts for name in part or ())


def _reads(tree: Mapping[str, Any]) -> tuple[frozenset[Pattern], frozenset[Pattern]]:
    looked_at: set[Pattern] = set()
    given = frozenset(_walk(tree, [()], looked_at))
    return given | looked_at, given


def _walk(node: Mapping[str, Any], at: list[Pattern], found: set[Pattern]) -> list[Pattern]:
    """Return where the results of a node stand; add what it looks at besides to `found`."""
    kind = node["type"]
    if kind == "field":
        return [(*path, node["value"]) for path in at]
    if kind == "literal":
        return []
    if kind == "function_expression":
        return _walk_function(node, at, found)
    if kind in _CONDITIONS:
        for child in node["children"]:
            found.update(_walk(child, at, found))
        return []
    if kind in _CHOICES:
        return [path for child in node["children"] for path in _walk(child, at, found)]
    return _walk_along(node, at, found)


def _walk_along(node: Mapping[str, Any], at: list[Pattern], found: set[Pattern]) -> list[Pattern]:
    """Walk a node whose children each go on where the one before has arrived."""
    children = node["children"]
    if len(children) > 1 and children[0]["type"] == "not_expression":
        raise ValueError("! takes the first name alone; write !(a.b)")
    match node["type"]:
        case "index":  # from the end, it may be any
            return [(*path, node["value"]) if node["value"] >= 0 else path for path in at]
        case "slice":
            return at
        case "value_projection":
            inside = [(*path, "*") for path in _walk(children[0], at, found)]
            return _walk(children[1], inside, found)
        case "filter_projection":
            items = _walk(children[0], at, found)
            found.update(_walk(children[2], items, found))
            return _walk(children[1], items, found)
    for child in children:
        at = _walk(child, at, found)
    return at


def _walk_function(
    node: Mapping[str, Any], at: list[Pattern], found: set[Pattern]
) -> list[Pattern]:
    name, arguments = node["value"], node["children"]
    if name not in Functions.FUNCTION_TABLE:
        raise ValueError(
            f"there is no function {name!r}{did_you_mean(name, Functions.FUNCTION_TABLE)}"
        )
    given: list[Pattern] = []
    for argument in arguments:
        if argument["type"] != "expref":
            given += _walk(argument, at, found)
    found.update(given)
    for argument in arguments:
        if argument["type"] == "expref":
            found.update(_walk(argument["children"][0], given, found))
    return given if name in _PASSING else []
