"""Coverage: which fields of a message somebody reads or leaves out on purpose, and which nobody."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
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
        self._wild_exact: dict[Pattern, str] = {}
        self._wild_above: dict[Pattern, str] = {}
        self._named: dict[Pattern, dict[str, str]] = {}

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
        wild = _is_wild(pattern)
        exact = self._wild_exact if wild else self._exact
        if what != CONDITION or pattern not in exact:
            exact[pattern] = what
        if whole:
            (self._wild_above if wild else self._above)[pattern] = what

    def leave_out(self, pattern: Pattern, because: str) -> None:
        """Note that a field, with everything inside, is left out on purpose."""
        if self._around is not None and pattern[:1] == ("body",):
            self._around.leave_out(pattern, because)
            return
        fate = f"left out: {because}"
        if "*" in str(pattern[-1]) and not _is_wild(pattern[:-1]):
            self._named.setdefault(pattern[:-1], {})[str(pattern[-1])] = fate
        elif _is_wild(pattern):
            self._wild_above[pattern] = fate
        else:
            self._above[pattern] = fate

    def fate_of(self, leaf: Pattern) -> str | None:
        """Return what became of a field, or None if nobody knows of it."""
        path = tuple(part for part in leaf if isinstance(part, str))
        fate = _wild_fate(self._wild_exact, leaf, whole=False) or self._exact.get(path)
        for length in range(len(path), 0, -1):
            if fate is not None:
                return fate
            fate = self._above.get(path[:length])
        return fate or self._named_fate(path) or _wild_fate(self._wild_above, leaf, whole=True)

    def _named_fate(self, path: tuple[str, ...]) -> str | None:
        """Return what became of a field, or of one around it, by a part of its name."""
        if not self._named:
            return None
        for place, name in enumerate(path):
            names = self._named.get(path[:place])
            match = _any_of(tuple(names)).match(name) if names else None
            if names and match is not None and match.lastindex is not None:
                return list(names.values())[match.lastindex - 1]
        return None


def _wild_fate(fates: Mapping[Pattern, str], leaf: Pattern, *, whole: bool) -> str | None:
    for pattern, what in fates.items():
        if _matches(pattern, leaf, whole=whole):
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


@lru_cache(maxsize=4096)
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


@lru_cache(maxsize=1024)
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds which of several names a name is; in each an asterisk is anything."""
    # One expression: a hostile body may have very many fields.
    each = (".*".join(map(re.escape, name.split("*"))) for name in names)
    return re.compile("|".join(rf"({one}\Z)" for one in each), re.DOTALL)
