"""Clocks: whether a claimed time is one that ingest will keep a record at."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.door.faults import Fault
from gateway.door.reasons import Reason
from province.instants import format_instant

_ON_THE_WAY: Final = timedelta(minutes=1)
"""Ingest looks later than we do, and what is too old for it was accepted in vain."""

UNMOVED: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class ClockLimits:
    """How far a claim and our clock may be apart; ingest's own limits.

    Attributes:
        age: how old a claim may be.
        ahead: how far in the future it may be.
    """

    age: timedelta
    ahead: timedelta

    def moved(self, claims: list[datetime], now: datetime) -> timedelta:
        """Return by how much ingest moves a message back whose reports claim these times."""
        ahead = [claim - now for claim in claims if claim - now <= self.ahead]
        return max([UNMOVED, *ahead])

    def fault(self, claim: datetime, now: datetime, moved: timedelta = UNMOVED) -> Fault | None:
        """Return what is wrong with a claimed time, if anything is.

        Args:
            claim: the time.
            now: ours.
            moved: by how much its message is moved back.
        """
        if claim - now > self.ahead:
            return _fault(claim, Reason.CLOCK_AHEAD, claim - now, "after", self.ahead)
        age = now - claim + moved
        if age > self.age - _ON_THE_WAY:
            return _fault(claim, Reason.CLOCK_BEHIND, age, "before", self.age)
        return None


def _fault(claim: datetime, reason: Reason, by: timedelta, side: str, most: timedelta) -> Fault:
    whole = timedelta(seconds=round(by.total_seconds()))
    detail = f"it is {whole} {side} our clock; at most {most}"
    return Fault("observed_at", format_instant(claim), reason, detail)
