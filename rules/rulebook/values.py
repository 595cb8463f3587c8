"""Values of a rulebook: globs, shares, limits, hours of the day."""

import re
from datetime import time
from fnmatch import fnmatchcase
from typing import Annotated, Final

from pydantic import BeforeValidator, PlainValidator, StringConstraints

NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,59}$"
_LABEL_PATTERN: Final = r"^[a-z_][a-z0-9_]{0,39}$"
_HOURS: Final = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d)\Z")
_HOUR_MINUTES: Final = 60
_HOURS_A_DAY: Final = 24
_DAY_SECONDS: Final = 86_400
LOCAL_SECONDS: Final = 7 * 3600
"""Asia/Ho_Chi_Minh is UTC+7 all the year."""

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""Names a group or a rule: up to 60 small letters, digits and hyphens."""
LabelName = Annotated[str, StringConstraints(pattern=_LABEL_PATTERN)]


class Globs(tuple[str, ...]):
    """Patterns with `*`, `?` and `[...]`; none of them matches everything."""

    __slots__ = ()

    def match(self, text: str | None) -> bool:
        """Whether one of them matches; what is not known matches `*` alone."""
        return not self or any(fnmatchcase(text or "", pattern) for pattern in self)


def _globs(value: object) -> Globs:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(one, str) and one for one in texts):
        raise ValueError("text, or a list of texts, is needed (codes in quotes)")
    return Globs(texts)


def _limit(value: object) -> object:
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip().removesuffix("%")) / 100
        except ValueError:
            raise ValueError(f"{value!r} is not a percentage such as 30%") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004 - pydantic tells it so
    return float(value)


def _limits(value: object) -> object:
    if not isinstance(value, dict):
        return _limit(value)
    if not value:
        raise ValueError("no device is named")
    return {code: _limit(one) for code, one in value.items()}


class Hours:
    """Hours of the local day, from the first minute to before the last; they may span midnight."""

    __slots__ = ("_end", "_start", "text")

    def __init__(self, start: time, end: time, text: str) -> None:
        self._start = _seconds(start)
        self._end = _seconds(end)
        self.text = text

    def hold(self, at: float) -> bool:
        """Whether an instant, in seconds since 1970, lies in them."""
        second = (at + LOCAL_SECONDS) % _DAY_SECONDS
        if self._start < self._end:
            return self._start <= second < self._end
        return second >= self._start or second < self._end


def _seconds(moment: time) -> int:
    return (moment.hour * _HOUR_MINUTES + moment.minute) * 60


def parse_hours(value: object) -> Hours:
    """Return the hours that text such as `18:30-05:00` means.

    Raises:
        ValueError: naming the text.
    """
    match = _HOURS.match(value) if isinstance(value, str) else None
    hours = [int(part) for part in match.groups()] if match is not None else [24] * 4
    if max(hours[0], hours[2]) >= _HOURS_A_DAY or max(hours[1], hours[3]) >= _HOUR_MINUTES:
        raise ValueError(f"{value!r} is not hours of the day such as 18:30-05:00")
    first, last = time(hours[0], hours[1]), time(hours[2], hours[3])
    if first == last:
        raise ValueError(f"{value!r} begins where it ends")
    return Hours(first, last, str(value))


Patterns = Annotated[Globs, PlainValidator(_globs)]
Limit = Annotated[float, BeforeValidator(_limit)]
"""A number, or a percentage such as `30%`, which is 0.3."""
Limits = Annotated[float | dict[str, float], BeforeValidator(_limits)]
"""A limit for all devices, or one for each pattern of codes: the first that matches counts."""
LocalHours = Annotated[Hours | None, PlainValidator(parse_hours)]
"""Hours of the local day, such as `18:30-05:00`."""
