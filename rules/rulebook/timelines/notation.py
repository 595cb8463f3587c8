"""The short notation for a series of values.

1 2 3       three values, an interval apart; the first is at the start
3x10        the value 3 ten times
_           nothing for one interval; _x3 for three
5..9/5      five values from 5 to 9 in equal steps: 5 6 7 8 9
"""

import re
from itertools import chain
from typing import Final

_NUMBER: Final = r"-?\d+(?:\.\d+)?"
_RAMP: Final = re.compile(rf"^({_NUMBER})\.\.({_NUMBER})/(\d+)\Z")
_TERM: Final = re.compile(rf"^({_NUMBER}|_)(?:x(\d+))?\Z")
_MOST: Final = 100_000
"""Values in a series: more than two months of minutes."""

Values = tuple[float | None, ...]
"""None where nothing is sent."""


def parse_values(text: object) -> Values:
    """Return the values that the short notation means.

    Raises:
        ValueError: naming the part that means nothing.
    """
    if isinstance(text, int | float) and not isinstance(text, bool):
        return (float(text),)
    if not isinstance(text, str) or not text.split():
        raise ValueError(f"{text!r} is no series such as '1 2 3x10 _x3 5..9/5'")
    values = tuple(chain.from_iterable(_part(part) for part in text.split()))
    if len(values) > _MOST:
        raise ValueError(f"{len(values)} values are more than {_MOST}")
    return values


def _part(part: str) -> Values:
    ramp = _RAMP.match(part)
    if ramp is not None:
        return _ramp(float(ramp[1]), float(ramp[2]), int(ramp[3]), part)
    term = _TERM.match(part)
    if term is None:
        raise ValueError(f"{part!r} is none of 3, 3x10, _, _x3, 5..9/5")
    value = None if term[1] == "_" else float(term[1])
    return (value,) * _counted(term[2] or "1", part)


def _ramp(first: float, last: float, count: int, part: str) -> Values:
    steps = _counted(str(count), part) - 1
    if not steps:
        raise ValueError(f"{part!r}: a ramp has at least two values")
    return tuple(first + (last - first) * at / steps for at in range(steps + 1))


def _counted(count: str, part: str) -> int:
    if not 1 <= int(count) <= _MOST:
        raise ValueError(f"{part!r}: from 1 to {_MOST} values")
    return int(count)
