"""Rules about a group: the share of its devices that show something."""

from array import array
from collections.abc import Mapping
from itertools import compress
from typing import Any, ClassVar, Final

from rules.rulebook.book import BookRule
from rules.rulebook.limits import LimitMachine
from rules.rulebook.machine import Surroundings
from rules.rulebook.rule import Ratio
from rules.rulebook.subjects import Subject

_LOOK_SECONDS: Final = 10.0
"""How often a share is counted: not for each value, or a large group would cost its square."""


class ShareMachine(LimitMachine):
    """The share of a group's devices, of those with a fresh value."""

    patient: ClassVar[bool] = False

    __slots__ = ("_fresh_until", "_least", "_places", "_share", "_shows", "_stale")

    def __init__(
        self,
        entry: BookRule,
        subject: Subject,
        key: str,
        around: Surroundings,
        limit: float,
        *,
        fresh: Mapping[str, float],
    ) -> None:
        super().__init__(entry, subject, key, around, limit)
        rule = entry.rule
        if not isinstance(rule, Ratio) or rule.share is None:
            raise TypeError(f"rule {entry.name}: {rule.kind} counts no share")
        self._share = rule.share
        self._least = rule.at_least
        self.stale = max(fresh.values(), default=self.stale)
        # Side by side and as numbers: a group is thousands, and counted each few seconds.
        self._places = {device: place for place, device in enumerate(fresh)}
        self._stale = array("d", fresh.values())
        self._fresh_until = array("d", bytes(self._stale.itemsize * len(fresh)))
        self._shows = bytearray(len(fresh))
        for device, (heard, value) in self.track.parts.items():
            self._note(device, heard, value)

    def take(self, at: float, value: float, device: str, metric: str) -> None:  # noqa: ARG002 - of one metric
        """Take a value of one of the devices; it is counted at the next look."""
        track = self.track
        before = track.parts.get(device)
        if before is not None and at <= before[0]:
            return
        self.pass_time(at)
        track.parts[device] = at, value
        self._note(device, at, value)
        if track.look_at is None:
            self._keep_track()
            track.look_at = (at // _LOOK_SECONDS + 1) * _LOOK_SECONDS
            self._around.schedule(self)

    def _note(self, device: str, at: float, value: float) -> None:
        place = self._places.get(device)
        if place is not None:  # it may have left the group
            self._fresh_until[place] = at + self._stale[place]
            self._shows[place] = self._share.holds(value)

    def deadline(self) -> float | None:
        """Return the next look, or what time alone does before it."""
        rest = super().deadline()
        look = self.track.look_at
        return look if rest is None or (look is not None and look <= rest) else rest

    def expire(self, at: float) -> None:
        """Count, if it is time to."""
        track = self.track
        if track.look_at is None or at < track.look_at:
            super().expire(at)
            return
        track.look_at = None
        count, total = self._counted(at)
        if total >= self._least:
            self.see(at, count / total)

    def extra(self) -> Mapping[str, Any]:
        """Return the limit, the group, and what was counted."""
        count, total = self._counted(self.track.heard)
        group = self._subject.name
        return {"limit": self._limit, "group": group, "count": count, "total": total}

    def _counted(self, at: float) -> tuple[int, int]:
        # A device of which nothing was heard is fresh until 1970.
        fresh = [until > at for until in self._fresh_until]
        return sum(compress(self._shows, fresh)), sum(fresh)
