"""Recurrences that may be announced from outside: those whose times can be found quickly.

Rules of RFC 5545 are a small language in which some sentences never end, such as every nothing
days, and others take half a minute to find out that there is no 30th of February. All of what is
let through here comes again within some years, so that looking for its next time is looking at
some hundred days.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gateway.api.parameters import wrong
from rules.incidents.windows import RecurrenceError, parse_recurrence

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


def check_recurrence(text: str | None, starts_at: datetime) -> None:
    """Do nothing if a rule's times can be found quickly; or there is no rule.

    Raises:
        Problem: it has none, or cannot be read.
    """
    reason = None if text is None else _reason(text, starts_at)
    if reason is not None:
        raise wrong("body", "recurrence", reason, text)


def is_quick(text: str | None, starts_at: datetime) -> bool:
    """Whether a rule's times can be found quickly, or there is no rule."""
    return text is None or _reason(text, starts_at) is None


def _reason(text: str, starts_at: datetime) -> str | None:
    """Return what is wrong with a rule; None: nothing."""
    parts = dict(part.partition("=")[::2] for part in _plain(text).split(";"))
    reason = _unreadable(parts) or _endless(parts)
    if reason is not None:
        return reason
    try:
        rule = parse_recurrence(text, starts_at.timestamp())
        return "it never happens" if next(iter(rule), None) is None else None
    except (RecurrenceError, IndexError, OverflowError) as error:
        return str(error) or "it cannot be read"


def _plain(text: str) -> str:
    return text.upper().removeprefix("RRULE:")


def _unreadable(parts: Mapping[str, str]) -> str | None:
    for name, value in parts.items():
        if name not in _PARTS:
            return f"{name}: only {', '.join(_PARTS)} can be announced here"
        if re.fullmatch(_PARTS[name], value) is None:
            return f"{name}={value}: not as it can be announced here"
    both = next((pair for pair in _EXCLUSIVE if set(pair) <= set(parts)), None)
    return None if both is None else f"{' and '.join(both)}: only one of them can be there"


def _endless(parts: Mapping[str, str]) -> str | None:
    chosen = sorted(name for name in parts if name.startswith("BY"))
    if parts.get("INTERVAL", "1") != "1" and chosen and parts.get("FREQ") in {"DAILY", "MONTHLY"}:
        return f"INTERVAL and {chosen[0]}: together they may never happen"
    if "BYMONTH" in parts and "BYMONTHDAY" in parts:
        months = [int(month) for month in parts["BYMONTH"].split(",")]
        days = [abs(int(day)) for day in parts["BYMONTHDAY"].split(",")]
        if min(days) > max(_DAYS_IN_MONTH[month - 1] for month in months):
            return "it never happens: no such day is in these months"
    return None
