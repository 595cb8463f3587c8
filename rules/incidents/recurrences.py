"""Recurrences: when announced work comes again; those only whose times can be found quickly.

Rules of RFC 5545 are a small language in which some sentences never end, such as every nothing
days, and others take half a minute to find out that there is no 30th of February. All of what is
let through here comes again within some years, so that looking for its next time is looking at
some hundred days.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr

from rules.errors import UsageError
from runtime.database.relations import LOCAL_TIME_ZONE

_ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)
_UNTIL_DAY: Final = re.compile(r"(UNTIL=\d{8})(?=;|\Z)")
_DAYS_IN_MONTH: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NUMBER: Final = r"[1-9][0-9]{0,2}"
_DAY: Final = r"-?([1-9]|[12][0-9]|3[01])"
_MONTH: Final = r"([1-9]|1[0-2])"
_WEEKDAY: Final = r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)"
_PARTS: Final[Mapping[str, str]] = {
    "FREQ": r"DAILY|WEEKLY|MONTHLY|YEARLY",
    "INTERVAL": _NUMBER,
    "COUNT": _NUMBER,
    "UNTIL": r"[0-9]{8}(T[0-9]{6}Z?)?",
    "BYDAY": rf"{_WEEKDAY}(,{_WEEKDAY})*",
    "BYMONTHDAY": rf"{_DAY}(,{_DAY})*",
    "BYMONTH": rf"{_MONTH}(,{_MONTH})*",
}
_EXCLUSIVE: Final = (("COUNT", "UNTIL"), ("BYDAY", "BYMONTHDAY"))


class RecurrenceError(UsageError):
    """A rule of recurrence cannot be used; the message names it, `reason` alone says why."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"recurrence {text!r}: {reason}")
        self.reason = reason


def parse_recurrence(text: str, starts_at: float) -> rrule:
    """Return a rule of recurrence that begins with a window's first start.

    Args:
        text: such as `FREQ=WEEKLY;BYDAY=TU`; its times are local, UNTIL also in UTC with a Z.
        starts_at: seconds since 1970.

    Raises:
        RecurrenceError: it is none, happens more often than daily, or never.
    """
    plain = text.upper().removeprefix("RRULE:")
    parts = [part.partition("=")[::2] for part in plain.split(";")]
    named = dict(parts)
    reason = _repeated([name for name, _ in parts]) or _unreadable(named) or _endless(named)
    if reason is not None:
        raise RecurrenceError(text, reason)
    start = datetime.fromtimestamp(starts_at, _ZONE)
    aware = named.get("UNTIL", "").endswith("Z")
    try:
        # A day alone means all of it.
        rule = rrulestr(
            _UNTIL_DAY.sub(r"\1T235959", plain),
            dtstart=start if aware else start.replace(tzinfo=None),
        )
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as error:
        raise RecurrenceError(text, str(error)) from None
    # Of one line there is one rule, never a set of them; the library's types do not know that.
    if isinstance(rule, rruleset) or next(iter(rule), None) is None:
        raise RecurrenceError(text, "it never happens")
    return rule


def _repeated(names: Sequence[str]) -> str | None:
    # The library takes the last one.
    twice = next((name for name in names if names.count(name) > 1), None)
    return None if twice is None else f"{twice}: it stands there twice"


def _unreadable(parts: Mapping[str, str]) -> str | None:
    if "FREQ" not in parts:
        return "not NAME=VALUE;... with a FREQ, as in FREQ=WEEKLY;BYDAY=TU"
    for name, value in parts.items():
        if name not in _PARTS:
            return f"{name}: only {', '.join(_PARTS)} can be announced"
        if re.fullmatch(_PARTS[name], value) is None:
            return f"{name}={value}: not as it can be announced"
    both = next((pair for pair in _EXCLUSIVE if set(pair) <= set(parts)), None)
    return None if both is None else f"{' and '.join(both)}: only one of them can be there"


def _endless(parts: Mapping[str, str]) -> str | None:
    chosen = sorted(name for name in parts if name.startswith("BY"))
    if parts.get("INTERVAL", "1") != "1" and chosen and parts["FREQ"] in {"DAILY", "MONTHLY"}:
        return f"INTERVAL and {chosen[0]}: together they may never happen"
    if "BYMONTH" in parts and "BYMONTHDAY" in parts:
        months = [int(month) for month in parts["BYMONTH"].split(",")]
        days = [abs(int(day)) for day in parts["BYMONTHDAY"].split(",")]
        if min(days) > max(_DAYS_IN_MONTH[month - 1] for month in months):
            return "it never happens: no such day is in these months"
    return None
