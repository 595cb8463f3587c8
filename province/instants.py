"""Instants on the wire: RFC 3339 text with an offset, or epoch milliseconds."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from pydantic import PlainSerializer, PlainValidator

EARLIEST_MILLISECONDS: Final = -62_135_596_800_000
LATEST_MILLISECONDS: Final = 253_402_300_799_999

_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_MIDNIGHT: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SHORTEST = len("2026-11-23T20:37:00Z")


def parse_instant(value: object) -> datetime:
    """Return the aware UTC instant that a device wrote.

    Args:
        value: RFC 3339 text with `Z` or an offset, or an integer of epoch milliseconds.
            An integer is always milliseconds: guessing between seconds and milliseconds
            would move a wrong clock by a factor of a thousand.

    Raises:
        ValueError: naming the value; local time without an offset is refused, because a
            province at UTC+7 would read it seven hours off.
    """
    if isinstance(value, str):
        return _parse_text(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if not EARLIEST_MILLISECONDS <= value <= LATEST_MILLISECONDS:
            raise ValueError(f"{value} ms is outside the years 1 to 9999")
        seconds, milliseconds = divmod(value, 1000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC)
    raise ValueError(
        f"{value!r} is neither RFC 3339 text with an offset nor integer epoch milliseconds"
    )


def _parse_text(text: str) -> datetime:
    # fromisoformat also takes dates and week dates; RFC 3339 wants a full date and time.
    if len(text) < _SHORTEST or text[4] != "-" or text[7] != "-" or text[10] not in "Tt ":
        raise ValueError(f"{text!r} is not RFC 3339, such as 2026-11-23T20:37:00+07:00")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = _after_leap_second(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no offset: write Z or +07:00 behind it")
    if instant.tzinfo is UTC:
        return instant
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is outside the years 1 to 9999 in UTC") from None


def _after_leap_second(text: str) -> datetime:
    """Return the second after the 61st of a minute, which Python's clock does not have.

    Raises:
        ValueError: the text is not of the last minute of a day in UTC, where alone there is one.
    """
    try:
        if text[17:19] == "60":
            after = datetime.fromisoformat(f"{text[:17]}59{text[19:]}") + _SECOND
            if after.tzinfo is None or (after - _MIDNIGHT) % _DAY < _SECOND:
                return after
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{text!r} is not RFC 3339, such as 2026-11-23T20:37:00+07:00")


def format_instant(instant: datetime) -> str:
    """Return RFC 3339 text in UTC with milliseconds, such as 2026-11-23T13:37:00.250Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Instant = Annotated[
    datetime, PlainValidator(parse_instant), PlainSerializer(format_instant, when_used="json")
]
"""An instant as a pydantic field type."""
