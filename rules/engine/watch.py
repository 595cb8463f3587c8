"""The watch: what is known of each device, and which of them should have been heard by now."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Final

from province.devices import Device
from rules.model import Report

LATE: Final = 1.25
"""Intervals after its last report at which a device is overdue: reports come up to a tenth early or
late, and the rest is for the network."""
SPREAD: Final = 1.2
"""Intervals after its last report within which the fault began that the next one met."""
LOSSES: Final = 20

_SEEN_BITS: Final = 64
_SEEN: Final = (1 << _SEEN_BITS) - 1


@dataclass(slots=True)
class Watched:
    """What is known of one device; times are in seconds since 1970.

    Attributes:
        last_at: when it was last heard live; None before the first time.
        due_at: when it counts as overdue.
        overdue: it does.
        tells_power: its reports say what feeds it.
        excused_until: it told why it is silent, or its socket did: it alone is the reason.
        gasped_at: when it said that its power fails, if that was the last it said.
        battery_since: since when it says that its mains are off.
        explained_by: the incident that explains its silence.
        losses: of its last reports.
        repeats: how often it has sent the same values in a row.
    """

    code: str
    interval: float
    ups: bool
    tells_power: bool = True
    last_at: float | None = None
    due_at: float = 0.0
    overdue: bool = False
    excused_until: float = 0.0
    gasped_at: float | None = None
    battery_since: float | None = None
    explained_by: str | None = None
    boot_id: int = -1
    seq: int = -1
    seen: int = 0
    digest: int = 0
    repeats: int = 0
    losses: deque[float] = field(default_factory=lambda: deque(maxlen=LOSSES))
    bad_since: float | None = None

    def is_new(self, boot_id: int, seq: int) -> bool:
        """Whether a report of this number was not taken yet; remembers it.

        (boot_id, seq) orders a device's reports; its clock does not. Of each boot the last 64
        numbers are told apart; what is older than those counts as a repeat.
        """
        if boot_id > self.boot_id:
            self.boot_id, self.seq, self.seen = boot_id, seq, 1
            return True
        behind = self.seq - seq
        if boot_id < self.boot_id or behind >= _SEEN_BITS:
            return False
        if behind < 0:
            self.seen = (self.seen << -behind | 1) & _SEEN if -behind < _SEEN_BITS else 1
            self.seq = seq
            return True
        bit = 1 << behind
        if self.seen & bit:
            return False
        self.seen |= bit
        return True

    def misses(self, now: float) -> int:
        """Return how many reports in a row did not come; 0 if none is overdue."""
        if not self.overdue or self.last_at is None:
            return 0
        return 1 + int((now - self.last_at) / self.interval - LATE)


class Watch:
    """All devices, and a queue of who is due next.

    Args:
        of: what is known of each, by code; kept up to date here.
    """

    def __init__(self, of: dict[str, Watched]) -> None:
        self.of = of
        self.overdue = {code for code, watched in of.items() if watched.overdue}
        self._queue = [
            (watched.due_at, code) for code, watched in of.items() if watched.last_at is not None
        ]
        heapify(self._queue)

    def hear(self, watched: Watched, report: Report) -> None:
        """Note a live report."""
        if report.interval is not None:
            watched.interval = report.interval
        # What was delivered late was received before what is known already.
        watched.last_at = max(watched.last_at or 0.0, report.at)
        watched.gasped_at = None
        watched.excused_until = 0.0
        self.expect(watched, watched.last_at + LATE * watched.interval)

    def expect(self, watched: Watched, due_at: float) -> None:
        """Have a device be overdue from then on unless it is heard before."""
        watched.due_at = due_at
        if watched.overdue:
            watched.overdue = False
            self.overdue.discard(watched.code)
        heappush(self._queue, (due_at, watched.code))

    def look(self, now: float) -> list[Watched]:
        """Return the devices that have become overdue by now."""
        found = []
        while self._queue and self._queue[0][0] <= now:
            due_at, code = heappop(self._queue)
            watched = self.of[code]
            # Most entries are stale: the device has been heard since.
            if watched.due_at == due_at and not watched.overdue:
                watched.overdue = True
                self.overdue.add(code)
                found.append(watched)
        return found

    def grace(self, until: float) -> None:
        """Have nobody be overdue before then, who is not already for a reason of its own."""
        for watched in self.of.values():
            if watched.last_at is not None and watched.explained_by is None:
                self.expect(watched, max(watched.due_at, until))


def make_watched(devices: Iterable[Device]) -> dict[str, Watched]:
    """Return what is known of devices before anything was heard: nothing."""
    return {
        device.code: Watched(device.code, device.interval_seconds, device.ups) for device in devices
    }
