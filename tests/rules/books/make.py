"""Spells, windows and instants, in the few words that a test needs."""

from datetime import UTC, date, datetime, timedelta

from rules.books.days import midnight
from rules.books.timeline import Spell

DAY = date(2026, 3, 9)
"""A Monday."""


def at(clock: str, day: date = DAY) -> datetime:
    """Return the instant of a local time such as `08:30`."""
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    passed = timedelta(hours=hours, minutes=minutes, seconds=sum(seconds))
    return (midnight(day) + passed).astimezone(UTC)


def second(clock: str, day: date = DAY) -> int:
    """Return the same as seconds since 1970."""
    return int(at(clock, day).timestamp())


def spell(since: str, until: str | None, state: str, incident: str | None = None) -> Spell:
    """Return a spell of that day."""
    return Spell(second(since), None if until is None else second(until), state, incident)
