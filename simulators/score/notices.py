"""Notices: how much of what people were told was worth telling them."""

from dataclasses import dataclass

from simulators.milliseconds import DAY
from simulators.score.limits import is_lasting
from simulators.score.matching import Matching
from simulators.score.sums import Sums
from simulators.score.truth import Truth

_WEEK_DAYS = 7
_PROVINCE_DEVICES = 7_900


@dataclass(frozen=True, slots=True)
class Notices(Sums):
    """Counts of incidents that people were told of, since the warm-up.

    Attributes:
        expected: faults that should have been told.
        matched: incidents that told of a fault.
        extra: incidents that said again, or in part, what another did or should have.
        false: incidents about nothing that happened.
        device_days: devices of the runs times days.
        days: how long the runs were.
        quiet_false: the false ones of runs without any fault.
        quiet_device_days: device-days of these runs.
    """

    expected: int = 0
    matched: int = 0
    extra: int = 0
    false: int = 0
    device_days: float = 0.0
    days: float = 0.0
    quiet_false: int = 0
    quiet_device_days: float = 0.0

    @property
    def opened(self) -> int:
        """Incidents that people were told of, but for remarks that are allowed."""
        return self.matched + self.extra + self.false

    @property
    def precision(self) -> float:
        """Matched of opened. Nothing opened is right where nothing was expected, else wrong."""
        if self.opened:
            return self.matched / self.opened
        return 0.0 if self.expected else 1.0

    @property
    def false_a_day(self) -> float | None:
        """False incidents a day."""
        return self.false / self.days if self.days else None

    @property
    def false_a_day_of_1000(self) -> float | None:
        """False incidents a day and 1,000 devices."""
        return 1000 * self.false / self.device_days if self.device_days else None

    @property
    def quiet_week(self) -> float | None:
        """False incidents of quiet runs, as of a week of the whole province's 7,900 devices."""
        if not self.quiet_device_days:
            return None
        return self.quiet_false / self.quiet_device_days * _WEEK_DAYS * _PROVINCE_DEVICES


def count_notices(truth: Truth, matching: Matching) -> Notices:
    """Count what people were told in a run."""
    run = truth.run
    extra = [incident for incidents in matching.extra.values() for incident in incidents]
    false = sum((incident.told_at or 0) >= run.warm for incident in matching.false)
    days = (run.end - run.warm) / DAY
    device_days = days * run.device_count
    quiet = not truth.faults
    return Notices(
        expected=sum(is_lasting(fault, run.interval) for fault in truth.expected),
        matched=len(matching.matched),
        extra=sum((incident.told_at or 0) >= run.warm for incident in extra),
        false=false,
        device_days=device_days,
        days=days,
        quiet_false=false if quiet else 0,
        quiet_device_days=device_days if quiet else 0.0,
    )
