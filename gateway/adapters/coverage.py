"""Coverage: which fields of a message somebody reads or leaves out on purpose, and which nobody."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
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
        path = tuple(part for part in leaf if isinstance(part, str))
        fate = self._wild_fate(self._exact, leaf, whole=False) or self._exact.get(path)
        fate = fate or self._wild_fate(self._above, leaf, whole=True)
        for length in range(len(path), 0, -1):
            fate = fate or self._above.get(path[:length])
        return fate

    def _wild_fate(self, fates: Mapping[Pattern, str], leaf: Pattern, *, whole: bool) -> str | None:
        if self._wild:
            for pattern, what in fates.items():
                if _is_wild(pattern) and _matches(pattern, leaf, whole=whole):
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
    return any(isinstance(part, int) or "*" in part for part in pattern)


def _matches(pattern: Pattern, leaf: Pattern, *, whole: bool) -> bool:
    """Whether a pattern means a leaf, or with `whole` something around it.

    Positions that the pattern does not name may be any.
    """
    parts = iter(leaf)
    for wanted in pattern:
        found = next(parts, None)
        while isinstance(found, int) and not isinstance(wanted, int):
            found = next(parts, None)
        if found is None or not _means(wanted, found):
            return False
    return whole or all(isinstance(rest, int) for rest in parts)


def _means(wanted: str | int, found: str | int) -> bool:
    if wanted in (found, "*"):
        return True
    if not isinstance(wanted, str) or "*" not in wanted:
        return False
    # Brackets stand for themselves: only the asterisk is special.
    return isinstance(found, str) and fnmatchcase(found, wanted.replace("[", "[[]"))
