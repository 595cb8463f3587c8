"""Coverage: which fields of a message somebody reads or leaves out on purpose, and which nobody."""

from collections.abc import Iterator
from typing import Any, Final

from gateway.adapters.expression import Expression, Pattern

CONDITION: Final = "only a condition"
REFUSED: Final = "refused for"
"""Begins the fate of a field whose value cannot be taken."""
DEEPEST: Final = 64
"""How deep a message may be nested."""

Leaf = Pattern
"""Where a value stands: field names, and positions in lists."""


class Reads:
    """The fields that are accounted for, and what became of each.

    Args:
        around: of the message, where these are of an item in it.
    """

    def __init__(self, around: "Reads | None" = None) -> None:
        self._around = around
        self._exact: dict[Pattern, str] = {}
        self._above: dict[Pattern, str] = {}
        self._wild = False

    def note(self, expression: Expression, what: str, *, whole: bool = False) -> None:
        """Note what an expression looked for; a value outweighs a condition.

        Args:
            expression: it.
            what: what the field became.
            whole: everything inside the field was taken, too.
        """
        for pattern in expression.reads:
            inside = whole and pattern in expression.gives
            if self._around is not None and pattern[:1] == ("body",):
                self._around.note_field(pattern, what, whole=inside)
            else:
                self.note_field(pattern, what, whole=inside)

    def note_field(self, pattern: Pattern, what: str, *, whole: bool) -> None:
        """Note one field; arguments as in `note`."""
        if what != CONDITION or pattern not in self._exact:
            self._exact[pattern] = what
        if whole:
            self._above[pattern] = what
        self._wild = self._wild or _is_wild(pattern)

    def leave_out(self, pattern: Pattern, because: str) -> None:
        """Note that a field, with everything inside, is left out on purpose."""
        if self._around is not None and pattern[:1] == ("body",):
            self._around.leave_out(pattern, because)
            return
        self._above[pattern] = f"left out: {because}"
        self._wild = self._wild or _is_wild(pattern)

    def fate_of(self, leaf: Pattern) -> str | None:
        """Return what became of a field, or None if nobody knows of it."""
        if self._wild:
            fate = self._wild_fate(leaf)
            if fate is not None:
                return fate
        path = tuple(part for part in leaf if isinstance(part, str))
        fate = self._exact.get(path)
        for length in range(len(path), 0, -1):
            if fate is not None:
                return fate
            fate = self._above.get(path[:length])
        return fate

    def _wild_fate(self, leaf: Pattern) -> str | None:
        for pattern, what in self._exact.items():
            if _is_wild(pattern) and _matches(pattern, leaf, whole=False):
                return what
        for pattern, what in self._above.items():
            if _is_wild(pattern) and _matches(pattern, leaf, whole=True):
                return what
        return None


def leaves(value: object, at: Leaf = ()) -> Iterator[tuple[Leaf, Any]]:
    """Yield every value of a message that is neither a list nor an object, nor null.

    Raises:
        RecursionError: it is nested deeper than `DEEPEST`.
    """
    if len(at) > DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*at, index))
    elif value is not None:
        yield at, value


def written(leaf: Leaf) -> str:
    """Return a leaf's path as people read it: `rxInfo[0].rssi`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in leaf)
    return text.removeprefix(".") or "the body"


def _is_wild(pattern: Pattern) -> bool:
    return "*" in pattern or any(isinstance(part, int) for part in pattern)


def _matches(pattern: Pattern, leaf: Pattern, *, whole: bool) -> bool:
    """Whether a pattern means a leaf, or with `whole` something around it.

    Positions that the pattern does not name may be any.
    """
    parts = iter(leaf)
    for wanted in pattern:
        found = next(parts, None)
        while isinstance(found, int) and not isinstance(wanted, int):
            found = next(parts, None)
        if found is None or wanted not in (found, "*"):
            return False
    return whole or all(isinstance(rest, int) for rest in parts)
