"""What we make of a device's clock.

A reading is kept at the time the device says, unless that lies in the future: then its whole
message is moved back by what the newest of its reports is ahead of its arrival, and each
claim is kept beside. So a fast clock neither hides a reading nor moves it ahead of now, and
the readings of one message stay as far apart as they were taken.

Whether a clock counts as ahead depends on when its message arrives, so the same report may be
moved at one delivery and believed at the next. What it claims does not change: that is what
makes two deliveries the same report.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from ingest.rejection import Reason

Skew = Literal["ok", "ahead", "late", "backfill"]

UNMOVED: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class ClockLimits:
    """How far a reading may be from now; see `IngestSettings`."""

    maximum_age: timedelta
    maximum_ahead: timedelta
    ahead_tolerance: timedelta
    late_tolerance: timedelta


@dataclass(frozen=True, slots=True)
class Placed:
    """When a reading is kept.

    Attributes:
        observed_at: the time it is kept at.
        device_time: the device's own claim, where it is not that.
        skew: `ok`; `ahead`, moved back with its message; `late` without having said so (a slow
            clock, or a delay on the way, which one message cannot tell apart); or `backfill`.
    """

    observed_at: datetime
    device_time: datetime | None
    skew: Skew


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A reading too far from now to be kept as one."""

    reason: Reason
    detail: str


def ahead_of(newest: datetime, received_at: datetime, limits: ClockLimits) -> timedelta:
    """Return by how much a message is moved back so that its newest claim is at its arrival.

    Nothing for a claim within the tolerance, nor for one that is refused.
    """
    ahead = newest - received_at
    return ahead if limits.ahead_tolerance < ahead <= limits.maximum_ahead else UNMOVED


def place(
    claimed_at: datetime,
    received_at: datetime,
    limits: ClockLimits,
    *,
    backfill: bool,
    ahead: timedelta,
) -> Placed | Misplaced:
    """Decide when a reading is kept.

    Args:
        claimed_at: what the device says.
        received_at: when we received it.
        limits: how far apart the two may be.
        backfill: the device says that it kept the reading while it was offline.
        ahead: by how much its message is moved back; see `ahead_of`.
    """
    age = received_at - claimed_at
    if -age > limits.maximum_ahead:
        return Misplaced(
            Reason.CLOCK_AHEAD, _detail(claimed_at, "after", -age, limits.maximum_ahead)
        )
    if age + ahead > limits.maximum_age:
        return Misplaced(
            Reason.CLOCK_BEHIND, _detail(claimed_at, "before", age + ahead, limits.maximum_age)
        )
    if ahead:
        return Placed(claimed_at - ahead, claimed_at, "ahead")
    if backfill:
        return Placed(claimed_at, None, "backfill")
    return Placed(claimed_at, None, "late" if age > limits.late_tolerance else "ok")


def _detail(claimed_at: datetime, side: str, by: timedelta, bound: timedelta) -> str:
    return f"observed_at {claimed_at.isoformat()} is {by} {side} its arrival; at most {bound}"
