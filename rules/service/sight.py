"""Sight: whether we can see through the broker at all, told by our own canaries.

Everything that devices send comes behind a canary of ours that was sent before it. While none comes
back nothing is seen, whatever the reason is: the broker, the network between us, or this process
itself, which may have been stopped for a minute.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from rules.service.lines import Line, beat_line, part_line, tick_line

BROKER: Final = "broker"
RULES: Final = "rules"
_TICK: Final = timedelta(seconds=1)
_STOPPED: Final = timedelta(seconds=2)
"""Whoever did not look for so long was stopped. What came meanwhile waits to be read, so devices
seem silent that are not; none is overdue sooner than it is two seconds late."""


class Sight:
    """Finds out when we see and when we do not; says it in lines of the event log.

    Args:
        token: of this process; canaries of the one before prove nothing.
        overdue: without a canary for so long nothing is seen.
        now: when this process began.
        down: parts that were down when the process before ended.
        away_since: when that one last heard anything; None if there was none.
    """

    def __init__(
        self,
        token: str,
        overdue: timedelta,
        now: datetime,
        down: Collection[str] = (),
        away_since: datetime | None = None,
    ) -> None:
        self._token = token
        self._overdue = overdue
        self._beat_at = now
        self._looked_at = now
        self._down = {part for part in down if part in {BROKER, RULES}}
        self._away_since = away_since
        self._number = 0
        self._sent: dict[int, datetime] = {}
        self._round_trips: list[float] = []
        self._ticked_at = now

    @property
    def blind(self) -> bool:
        """Whether nothing is seen at present."""
        return bool(self._down)

    def begin(self, now: datetime) -> list[Line]:
        """Say how long nobody watched; call once, before anything else."""
        if self._away_since is None:
            return []
        self._down.add(RULES)
        at = min(self._away_since, now)
        return [part_line(at, RULES, up=False, blinding=True, now=now)]

    def send(self, now: datetime) -> bytes:
        """Return the payload of the next canary."""
        self._number += 1
        self._sent[self._number] = now
        self._sent.pop(self._number - 100, None)
        return f"{self._token} {self._number}".encode()

    def came_back(self, payload: bytes, now: datetime) -> list[Line]:
        """Take a canary that came back."""
        token, _, number = payload.decode(errors="replace").partition(" ")
        ours = token == self._token and number.isdecimal()
        sent_at = self._sent.pop(int(number), None) if ours else None
        if sent_at is None:
            return []
        self._round_trips.append((now - sent_at).total_seconds())
        self._beat_at = now
        lines = [part_line(now, part, up=True, blinding=True, now=now) for part in self._down]
        self._down.clear()
        return [*lines, beat_line(now)]

    def take_round_trips(self) -> list[float]:
        """Return how many seconds canaries took, since the last call."""
        taken, self._round_trips = self._round_trips, []
        return taken

    def lost(self, now: datetime) -> list[Line]:
        """Note that the connection ended."""
        self._sent.clear()
        return self._goes_blind(now, now)

    def look(self, now: datetime) -> list[Line]:
        """Say it if a canary is overdue, or this process itself was stopped.

        Call before anything is taken that came now, and at least each second.
        """
        looked_at, self._looked_at = self._looked_at, now
        if now - self._beat_at > self._overdue:
            return self._goes_blind(self._beat_at, now)
        if now - looked_at > _STOPPED and not self._down:
            self._down.add(RULES)
            return [part_line(looked_at, RULES, up=False, blinding=True, now=now)]
        return []

    def tick(self, now: datetime) -> list[Line]:
        """Say each second that time goes on while we are blind: nothing else would."""
        if not self._down or now - self._ticked_at < _TICK:
            return []
        self._ticked_at = now
        return [tick_line(now)]

    def _goes_blind(self, at: datetime, now: datetime) -> list[Line]:
        if BROKER in self._down:
            return []
        lines = [part_line(at, BROKER, up=False, blinding=True, now=now)]
        self._down.add(BROKER)
        if RULES in self._down:
            # We are back; it is the broker that is not.
            self._down.discard(RULES)
            lines.append(part_line(now, RULES, up=True, blinding=True, now=now))
        return lines
