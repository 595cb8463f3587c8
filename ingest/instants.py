"""What we make of a device's clock.

A reading is kept at the time the device says, unless that lies in the future: then it is
kept at the time we received it, with the device's claim beside it, so that a fast clock
neither hides a reading nor moves it ahead of now.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ingest.rejection import Reason

Skew = Literal["ok", "ahead", "late", "backfill"]


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
        skew: `ok`; `ahead` of our clock; `late` without having said so (a slow clock, or a
            delay on the way, which one message cannot tell apart); or `backfill`.
    """

    observed_at: datetime
    device_time: datetime | None
    skew: Skew


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A reading too far from now to be kept as one."""

    reason: Reason
    detail: str


def place(
    claimed_at: datetime, received_at: datetime, limits: ClockLimits, *, backfill: bool
) -> Placed | Misplaced:
    """Decide when a reading is kept.

    Args:
        claimed_at: what the device says.
        received_at: when we received it.
        limits: how far apart the two may be.
        backfill: the device says that it kept the reading while it was offline.
    """
    age = received_at - claimed_at
    if age > limits.maximum_age:
        return Misplaced(
            Reason.CLOCK_BEHIND, _detail(claimed_at, "before", age, limits.maximum_age)
        )
    if -age > limits.maximum_ahead:
        return Misplaced(
            Reason.CLOCK_AHEAD, _detail(claimed_at, "after", -age, limits.maximum_ahead)
        )
    if -age > limits.ahead_tolerance:
        return Placed(received_at, claimed_at, "ahead")
    if backfill:
        return Placed(claimed_at, None, "backfill")
    return Placed(claimed_at, None, "late" if age > limits.late_tolerance else "ok")


def _detail(claimed_at: datetime, side: str, by: timedelta, bound: timedelta) -> str:
    return f"observed_at {claimed_at.isoformat()} is {by} {side} its arrival; at most {bound}"
