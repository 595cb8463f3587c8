"""Periods: from when to when history is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rules.errors import UsageError
from runtime.database.relations import LOCAL_TIME_ZONE

_LOCAL: Final = ZoneInfo(LOCAL_TIME_ZONE)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, by when rows were received; half-open.

    Attributes:
        starts_at: incidents that ended before are left out.
        ends_at: nothing received from then on is read.
        warm_up: how long before its start reading begins, so that who is silent at the start
            is known to have been there.
    """

    starts_at: datetime
    ends_at: datetime
    warm_up: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Refuse a period that has no length.

        Raises:
            UsageError: it ends before it begins.
        """
        if self.starts_at >= self.ends_at:
            raise UsageError(
                f"--from {local_text(self.starts_at)} is not before --to {local_text(self.ends_at)}"
                f" ({LOCAL_TIME_ZONE})"
            )

    @property
    def reads_from(self) -> datetime:
        """From when on rows are read."""
        return self.starts_at - self.warm_up

    def __str__(self) -> str:
        return f"{local_text(self.starts_at)} to {local_text(self.ends_at)}"


def slices(
    start: datetime, end: datetime, length: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Yield a stretch of time in pieces of a length; the last one may be shorter."""
    while start < end:
        yield start, min(start + length, end)
        start += length


def parse_instant(text: str) -> datetime:
    """Read an instant such as `2026-11-23T07:00:00Z`; one without a zone is the province's time.

    Raises:
        ValueError: it is not one.
    """
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=_LOCAL)


def local_text(at: datetime) -> str:
    """Return an instant as a person of the province would write it."""
    return f"{at.astimezone(_LOCAL):%Y-%m-%d %H:%M:%S}"
