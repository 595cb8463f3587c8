"""Rules with a limit: a value, a window of values, a rate, a ratio of two metrics."""

from collections.abc import Mapping
from typing import Any

from rules.rulebook import alerts as said
from rules.rulebook.book import BookRule
from rules.rulebook.machine import Machine, Surroundings
from rules.rulebook.rule import Limited, Rate, Ratio, Threshold
from rules.rulebook.state import Held, Status
from rules.rulebook.subjects import Subject
from rules.rulebook.windows import window_of


class LimitMachine(Machine):
    """A threshold of single values, and the ground of the others."""

    __slots__ = ("_clear", "_hours", "_limit", "_sign")

    def __init__(
        self, entry: BookRule, subject: Subject, key: str, around: Surroundings, limit: float
    ) -> None:
        super().__init__(entry, subject, key, around)
        rule = entry.rule
        if not isinstance(rule, Limited):
            raise TypeError(f"rule {entry.name}: {rule.kind} has no limit")
        # Below is above, with the signs turned: one comparison for both.
        self._sign = 1.0 if rule.above is not None else -1.0
        self._limit = limit
        self._clear = self._sign * rule.clears_at(limit)
        self._hours = rule.between

    def take(self, at: float, value: float, device: str, metric: str) -> None:  # noqa: ARG002 - of one device and metric
        """Take a value; one that is late says nothing new."""
        if at > self.track.heard:
            self.pass_time(at)
            self.see(at, value)

    def see(self, at: float, value: float) -> None:
        """Judge a value that is the newest; of nearly all there is nothing to say."""
        track = self.track
        if not track.heard:
            self._keep_track()
        track.heard, track.value = at, value
        signed = self._sign * value
        holds = signed > self._sign * self._limit
        if not holds and track.told is None:
            if track.status is not Status.RESOLVED:
                track.status = Status.INACTIVE
            return
        inside = self._hours is None or self._hours.hold(at)
        self.judge(
            at,
            holds=inside and holds,
            cleared=not inside or signed <= self._clear,
            reason=said.CLEARED if inside else said.OUTSIDE_HOURS,
        )
        self._around.schedule(self)

    def extra(self) -> Mapping[str, Any]:
        """Return the limit."""
        return {"limit": self._limit}


class WindowMachine(LimitMachine):
    """A threshold of what a window of values comes to, or of how fast they change."""

    __slots__ = ("_needs_span", "_per", "_take", "_window")

    def __init__(
        self, entry: BookRule, subject: Subject, key: str, around: Surroundings, limit: float
    ) -> None:
        super().__init__(entry, subject, key, around, limit)
        rule = entry.rule
        if not isinstance(rule, Threshold | Rate) or rule.over is None:
            raise TypeError(f"rule {entry.name}: {rule.kind} has no window")
        self._per = rule.per.total_seconds() if isinstance(rule, Rate) else None
        self._take = rule.take if isinstance(rule, Threshold) else ""
        extremes = self._take in {"least", "most"}
        self._window = window_of(rule.over.total_seconds(), extremes=extremes)
        # What has risen above a limit already does so whatever else will come.
        rises = self._take in {"sum", "most"} and self._sign > 0
        falls = self._take == "least" and self._sign < 0
        self._needs_span = not (rises or falls)

    def take(self, at: float, value: float, device: str, metric: str) -> None:  # noqa: ARG002 - of one device and metric
        """Take a value; a late one belongs to the window too."""
        track = self.track
        self.pass_time(at)
        held = track.held
        if held is None:
            held = track.held = Held()
        if not self._window.add(held, at, value, track.heard):
            return
        newest = max(at, track.heard)
        if not track.heard:
            self._keep_track()
        track.heard = newest
        # A day is not reduced anew for each value: it hardly changes, and costs.
        if track.look_at is not None and newest < track.look_at:
            return
        track.look_at = newest + self._window.look
        if not self._needs_span or self._window.spans(held, newest):
            self.see(newest, self._reduced(held))

    def _reduced(self, held: Held) -> float:
        if self._per is None:
            return self._window.reduced(held, self._take)
        return self._window.change(held) * self._per


class RatioMachine(LimitMachine):
    """A threshold of one metric divided by another, of the same report."""

    __slots__ = ("_denominator", "_numerator")

    def __init__(
        self, entry: BookRule, subject: Subject, key: str, around: Surroundings, limit: float
    ) -> None:
        super().__init__(entry, subject, key, around, limit)
        rule = entry.rule
        if not isinstance(rule, Ratio) or rule.numerator is None or rule.denominator is None:
            raise TypeError(f"rule {entry.name}: {rule.kind} has no numerator and denominator")
        self._numerator, self._denominator = rule.numerator, rule.denominator

    def take(self, at: float, value: float, device: str, metric: str) -> None:  # noqa: ARG002 - of one device
        """Take one of the two; with the other of the same instant it is judged."""
        parts = self._keep_track().parts
        if at <= parts.get(metric, (0.0, 0.0))[0]:
            return
        parts[metric] = at, value
        other = self._denominator if metric == self._numerator else self._numerator
        if parts.get(other, (0.0, 0.0))[0] != at or not parts[self._denominator][1]:
            return
        self.pass_time(at)
        self.see(at, parts[self._numerator][1] / parts[self._denominator][1])
