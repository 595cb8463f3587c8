"""The watch: what is known of each device, and which of them should have been heard by now."""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final

from province.devices import Device
from rules.model import Report

LATE: Final = 1.25
"""Intervals after its last report at which a device is overdue: reports come up to a tenth early or
late, and the rest is for the network."""
_LEAST_GRACE_SECONDS: Final = 2.0
"""However short the interval: a message takes its time, and a busy machine takes more."""
SPREAD: Final = 1.2
"""Intervals after its last report within which the fault began that the next one met."""

_GONE_BACK: Final = 3
"""Reports in a row of a boot with a smaller number that make it the present one."""
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
        gone_at: when the broker gave its session up, if nothing was heard since.
        gasped_at: when it said that its power fails, if that was the last it said.
        battery_since: since when it says that its mains are off.
        explained_by: the incident that explains its silence.
        boot_id, seq, seen: the newest boot, its newest number, and which of the 64 up to that
            were taken, as bits.
        earlier: what came in a row of a boot with a smaller number, while nothing came of the
            newest: that number, the last number of a report, how many, and the newest boot's
            number then.
        digest, repeats: of its last values, and how often it has sent the same in a row.
        reports: how many told of losses, up to the few that are needed to judge.
        excess: probes lost beyond what a good link loses, added up and never below zero.
        loss: share of probes lost of late, weighted towards the last reports.
        bad_since: since when its link is bad.
    """

    code: str
    interval: float
    ups: bool
    tells_power: bool = True
    last_at: float | None = None
    due_at: float = 0.0
    overdue: bool = False
    excused_until: float = 0.0
    gone_at: float | None = None
    gasped_at: float | None = None
    battery_since: float | None = None
    explained_by: str | None = None
    boot_id: int = -1
    seq: int = -1
    seen: int = 0
    earlier: tuple[int, int, int, int] | None = None
    digest: int = 0
    repeats: int = 0
    reports: int = 0
    excess: float = 0.0
    loss: float = 0.0
    bad_since: float | None = None

    def is_new(self, boot_id: int, seq: int) -> bool:
        """Whether a report of this number was not taken yet; remembers it.

        (boot_id, seq) orders a device's reports; its clock does not. Of each boot the last 64
        numbers are told apart; what is older than those counts as a repeat.
        """
        if boot_id == self.boot_id:
            behind = self.seq - seq
            if behind == -1:  # the next one, as nearly always
                self.seen = (self.seen << 1 | 1) & _SEEN
                self.seq = seq
                return True
            return self._is_new(behind, seq)
        if boot_id > self.boot_id:
            self.boot_id, self.seq, self.seen = boot_id, seq, 1
            return True
        return False

    def has_gone_back(self, boot_id: int, seq: int) -> bool:
        """Whether a live report that is not new shows that its boot is the present one.

        A device may count its boots anew, and one wrong number that is far too large must not
        outlaw all that come after it. What is delivered late may look the same: so a few in a
        row are needed, each with the next number, while nothing new comes of the boot before.
        """
        if boot_id >= self.boot_id:
            return False
        known = self.earlier
        in_a_row = known is not None and (boot_id, seq - 1, self.seq) == (
            known[0],
            known[1],
            known[3],
        )
        count = known[2] + 1 if known is not None and in_a_row else 1
        if count < _GONE_BACK:
            self.earlier = (boot_id, seq, count, self.seq)
            return False
        self.boot_id, self.seq, self.seen, self.earlier = boot_id, seq, (1 << count) - 1, None
        return True

    def _is_new(self, behind: int, seq: int) -> bool:
        if behind >= _SEEN_BITS:
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
        return 1 + int((now - self.last_at) / self.interval - late(self.interval))

    @property
    def is_known(self) -> bool:
        """Whether it was heard, with two numbers at least: one may be a stray."""
        return self.last_at is not None and self.seen & (self.seen - 1) != 0


def late(interval: float) -> float:
    """Return how many intervals of so many seconds after its last report a device is overdue."""
    return max(LATE, 1 + _LEAST_GRACE_SECONDS / interval)


class Watch:
    """All devices, and a queue of who is due next.

    Each device stands in the queue once, with a time that is not after the one at which it is
    due: whoever was heard meanwhile goes back in when its turn comes. Far fewer entries move
    than reports come.

    Args:
        of: what is known of each, by code; kept up to date here.
        grace_until: nobody is overdue before then, who is not already for a reason of its own.
    """

    def __init__(self, of: dict[str, Watched], grace_until: float = 0.0) -> None:
        self.of = of
        self.overdue = {code for code, watched in of.items() if watched.overdue}
        self._grace_until = grace_until
        # A device that is overdue, or was never heard, comes back when it is heard.
        self._queued = {
            code: watched.due_at
            for code, watched in of.items()
            if watched.last_at is not None and not watched.overdue
        }
        self._queue = [(due_at, code) for code, due_at in self._queued.items()]
        heapify(self._queue)

    def hear(self, watched: Watched, report: Report) -> None:
        """Note a live report."""
        if report.interval is not None:
            watched.interval = report.interval
        at = report.at
        # What was delivered late was received before what is known already.
        if watched.last_at is None or at > watched.last_at:
            watched.last_at = at
        else:
            at = watched.last_at
        watched.gasped_at = watched.gone_at = None
        watched.excused_until = 0.0
        self.expect(watched, at + late(watched.interval) * watched.interval)

    def hear_session(self, watched: Watched, at: float) -> None:
        """Note that the broker accepted its session: it, and the way to it, live."""
        if watched.last_at is not None:
            watched.last_at = max(watched.last_at, at)
            watched.gasped_at = watched.gone_at = None
            watched.excused_until = 0.0
            self.expect(watched, watched.last_at + late(watched.interval) * watched.interval)

    def expect(self, watched: Watched, due_at: float) -> None:
        """Have a device be overdue from then on unless it is heard before."""
        watched.due_at = due_at
        code = watched.code
        if watched.overdue:
            watched.overdue = False
            self.overdue.discard(code)
        queued = self._queued.get(code)
        if queued is None or due_at < queued:
            self._queued[code] = due_at
            heappush(self._queue, (due_at, code))

    def look(self, now: float) -> list[Watched]:
        """Return the devices that have become overdue by now."""
        found = []
        queue = self._queue
        while queue and queue[0][0] <= now:
            entered, code = heappop(queue)
            if self._queued.get(code) != entered:
                continue  # its interval became shorter: it stands before this too
            watched = self.of[code]
            due_at = watched.due_at
            if due_at < self._grace_until and watched.explained_by is None:
                due_at = watched.due_at = self._grace_until
            if due_at > now:
                self._queued[code] = due_at
                heappush(queue, (due_at, code))
                continue
            del self._queued[code]
            watched.overdue = True
            self.overdue.add(code)
            found.append(watched)
        return found

    def grace(self, until: float) -> list[str]:
        """Have nobody be overdue before then, who is not already for a reason of its own.

        Returns:
            whose silence counts no more.
        """
        self._grace_until = max(self._grace_until, until)
        spared = [code for code in self.overdue if self.of[code].explained_by is None]
        for code in spared:
            self.expect(self.of[code], self._grace_until)
        return spared


def make_watched(devices: Iterable[Device]) -> dict[str, Watched]:
    """Return what is known of devices before anything was heard: nothing."""
    return {
        device.code: Watched(device.code, device.interval_seconds, device.ups) for device in devices
    }
