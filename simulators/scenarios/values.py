"""Values of a scenario file: names, percentages, moments."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, StringConstraints

from province.instants import Instant, parse_instant
from runtime.settings import parse_duration

NAME_PATTERN: Final = r"^[a-z0-9][a-z0-9-]{0,39}$"
"""Up to 40 small letters, digits and hyphens."""

FaultName = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""Names a fault within its scenario, or a scenario among others."""

_UNITS: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}
_DATE: Final = re.compile(r"\d{4}-")


def parse_share(value: object) -> float:
    """Return the share from 0 to 1 that text such as `20%` means.

    Raises:
        ValueError: naming the value; a bare number is refused because 0.5 could mean half of
            a percent as well.
    """
    text = value.strip() if isinstance(value, str) else ""
    try:
        percent = float(text.removesuffix("%"))
    except ValueError:
        percent = -1.0
    if not text.endswith("%") or not 0 <= percent <= 100:  # noqa: PLR2004 - that is a percentage
        raise ValueError(f"{value!r} is not a percentage from 0% to 100%")
    return percent / 100


def parse_moment(value: object) -> timedelta | datetime:
    """Return the time since the start of a run, or the instant, that text means.

    Raises:
        ValueError: naming the value.
    """
    if isinstance(value, datetime) or (isinstance(value, str) and _DATE.match(value)):
        return parse_instant(value)
    return parse_duration(value)


def format_duration(duration: timedelta) -> str:
    """Return a duration in as many units as it takes: `1h30m`."""
    left = round(duration / timedelta(milliseconds=1))
    text = ""
    for unit, size in _UNITS.items():
        count, left = divmod(left, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


Share = Annotated[float, BeforeValidator(parse_share)]
"""A share from 0 to 1, written as a percentage: `20%`."""

Moment = Annotated[timedelta | Instant, BeforeValidator(parse_moment)]
"""When in a run: a duration from its start, such as `30m`, or an instant with an offset."""
