"""Instants at the edge: the rules count in seconds since 1970, the database in instants."""

from datetime import UTC, datetime


def instant(seconds: float) -> datetime:
    """Return the instant that is so many seconds after 1970 began, to the microsecond."""
    return datetime.fromtimestamp(seconds, UTC)


def instant_or_none(seconds: float | None) -> datetime | None:
    """Return the instant, or None for None."""
    return None if seconds is None else instant(seconds)


def seconds(at: datetime) -> float:
    """Return the seconds since 1970 of an aware instant."""
    return at.timestamp()


def seconds_or_none(at: datetime | None) -> float | None:
    """Return the seconds, or None for None."""
    return None if at is None else at.timestamp()
