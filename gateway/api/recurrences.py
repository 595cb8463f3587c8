"""Recurrences that may be announced from outside: those whose times can be found quickly.

Rules of RFC 5545 are a small language; some of its sentences never end, such as every nothing
days, or take seconds to find that there is no 30th of February.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from gateway.api.parameters import wrong
from rules.incidents.windows import RecurrenceError, parse_recurrence

_PARTS: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH"})
_FIRST_WITHIN: Final = timedelta(days=5 * 366)


def check_recurrence(text: str | None, starts_at: datetime) -> None:
    """Do nothing if a rule has a first time, and soon; or there is no rule.

    Raises:
        Problem: it has none, or cannot be read.
    """
    if text is None:
        return
    reason = _reason(text, starts_at)
    if reason is not None:
        raise wrong("body", "recurrence", reason, text)


def is_quick(text: str | None, starts_at: datetime) -> bool:
    """Whether a rule's times can be found quickly, or there is no rule."""
    return text is None or _reason(text, starts_at) is None


def _reason(text: str, starts_at: datetime) -> str | None:
    parts = dict(
        part.partition("=")[::2] for part in text.upper().removeprefix("RRULE:").split(";")
    )
    unknown = sorted(set(parts) - _PARTS)
    if unknown:
        return f"{unknown[0]}: only {', '.join(sorted(_PARTS))} can be announced here"
    for name in ("INTERVAL", "COUNT"):
        if re.fullmatch(r"[1-9][0-9]{0,2}", parts.get(name, "1")) is None:
            return f"{name}={parts[name]}: a whole number from 1 to 999 is needed"
    bounded = text
    if "UNTIL" not in parts:
        bounded = f"{text};UNTIL={starts_at + _FIRST_WITHIN:%Y%m%d}"
    try:
        # COUNT and UNTIL exclude each other; what counts has its first time like any other.
        rule = parse_recurrence(re.sub(r"(?i);?COUNT=\d+", "", bounded), starts_at.timestamp())
        first = next(iter(rule), None)
    except (RecurrenceError, IndexError, OverflowError) as error:
        return str(error) or "cannot be read"
    return "it never happens" if first is None else None
