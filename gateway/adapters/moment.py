"""Moments: when something was observed, in the ways foreign systems write it."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import PlainValidator

from gateway.adapters.conversion import number, shown
from gateway.adapters.errors import RefusedError
from gateway.translation import RefusalReason
from province.instants import parse_instant

_LOCAL: Final = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?\Z")
_OFFSET: Final = re.compile(r"^([+-])(\d\d):(\d\d)\Z")
_DAY_HOURS: Final = 24
_HOUR_MINUTES: Final = 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class TimeFormat(StrEnum):
    """How an instant is written."""

    TEXT = "text"
    """RFC 3339, or ISO 8601 without an offset where the adapter says which zone is meant."""
    EPOCH_S = "epoch_s"
    """Seconds since 1970, also with decimals."""
    EPOCH_MS = "epoch_ms"
    EPOCH_US = "epoch_us"
    EPOCH_NS = "epoch_ns"


_PER_SECOND: Final = {
    TimeFormat.EPOCH_S: 1,
    TimeFormat.EPOCH_MS: 1_000,
    TimeFormat.EPOCH_US: 1_000_000,
    TimeFormat.EPOCH_NS: 1_000_000_000,
}


def _zone(value: object) -> tzinfo:
    """Return the zone of a name such as `Asia/Ho_Chi_Minh`, or of an offset such as `+07:00`."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not text")  # noqa: TRY004 - pydantic tells it so
    match = _OFFSET.match(value)
    if match is not None:
        hours, minutes = int(match[2]), int(match[3])
        if hours < _DAY_HOURS and minutes < _HOUR_MINUTES:
            offset = timedelta(hours=hours, minutes=minutes)
            return timezone(-offset if match[1] == "-" else offset)
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{value!r} is neither an offset such as +07:00 nor a zone such as Asia/Ho_Chi_Minh"
        ) from None


Zone = Annotated[tzinfo, PlainValidator(_zone)]
"""A time zone as a pydantic field type."""


def instant_of(given: object, form: TimeFormat, zone: tzinfo | None, what: str) -> datetime:
    """Return the instant that a foreign system wrote.

    Args:
        given: what came.
        form: how it is written.
        zone: which zone a text without an offset means; None: it must have one.
        what: the field, for messages.

    Raises:
        RefusedError: naming the field and the value.
    """
    if form is not TimeFormat.TEXT:
        return _since_1970(number(given, what), form, what)
    if not isinstance(given, str):
        raise RefusedError(
            RefusalReason.INVALID,
            f"{what}: {shown(given)} is not text; the adapter may say format: epoch_s or epoch_ms",
        )
    # An ISO 8601 interval: what is said of a while is known when the while is over.
    text = given.rpartition("/")[2]
    try:
        if zone is not None and _LOCAL.match(text):
            return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
        return parse_instant(text)
    except (ValueError, OverflowError) as error:
        hint = "; the adapter may say zone" if _LOCAL.match(text) else ""
        raise RefusedError(RefusalReason.INVALID, f"{what}: {error}{hint}") from None


def _since_1970(value: float, form: TimeFormat, what: str) -> datetime:
    per_second = _PER_SECOND[form]
    try:
        if isinstance(value, int):
            seconds, rest = divmod(value, per_second)
            return _EPOCH + timedelta(seconds=seconds, microseconds=rest * 1_000_000 // per_second)
        return _EPOCH + timedelta(microseconds=round(value * (1_000_000 / per_second)))
    except (OverflowError, ValueError):
        raise RefusedError(
            RefusalReason.INVALID, f"{what}: {shown(value)} is outside the years 1 to 9999"
        ) from None
