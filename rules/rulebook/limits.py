"""Rules with a limit: a value, a window of values, a rate, a ratio of two metrics."""

from collections.abc import Mapping
from math import inf
from typing import Any, ClassVar, Final

from rules.rulebook import alerts as said
from rules.rulebook.book import BookRule
from rules.rulebook.machine import Calm, Machine, Surroundings
from rules.rulebook.quantities import quantities
from rules.rulebook.rule import Limited, Rate, Ratio, Threshold
from rules.rulebook.state import Held, Said, Status
from rules.rulebook.subjects import Subject
from rules.rulebook.windows import window_of

_WAIT_SECONDS: Final = 450.0
"""How long values wait at most: they are in memory, and in each snapshot."""
_WHOLE_MARGIN: Final = 2e-6
_MARGIN: Final = 1e-9
"""How far, in itself and as a share, the mean of values may be from them by rounding."""


class LimitMachine(Machine):
    """A threshold of single values, and the ground of the others."""

    patient: ClassVar[bool] = True

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

    def calm(self) -> Calm | None:
        """Return the values inside the limit, if it is at rest."""
        return self._inside(0.0, inf) if self._at_rest else None

    def catch_up(self, said: Said) -> None:
        """Take the newest value: those before it said the same."""
        track = self.track
        if said.heard > track.heard:
            track.heard, track.value = said.heard, said.value

    def extra(self) -> Mapping[str, Any]:
        """Return the limit."""
        return {"limit": self._limit}

    def _inside(self, margin: float, until: float) -> Calm:
        """Return the values that are inside the limit by a margin."""
        if self._sign > 0:
            return Calm(-inf, self._limit - margin, until)
        return Calm(self._limit + margin, inf, until)


class WindowMachine(LimitMachine):
    """A threshold of what a window of values comes to, or of how fast they change."""

    waits: ClassVar[bool] = True

    __slots__ = ("_echo", "_loud_until", "_needs_span", "_per", "_quiet", "_take", "_window")

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
        self._quiet, self._echo = self._hush(rule)
        self._loud_until = self._loud_from(self.track.heard) if self.track.heard else 0.0

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
        loud = not self._quiet.low <= value <= self._quiet.high
        # A day is not reduced anew for each value: it hardly changes, and costs.
        if track.look_at is not None and newest < track.look_at:
            if loud:
                self._loud_until = self._loud_from(newest)
            return
        if loud and self._echo:
            self._loud_until = newest + self._echo
        track.look_at = newest + self._window.look
        if not self._needs_span or self._window.spans(held, newest):
            self.see(newest, self._reduced(held))

    def calm(self) -> Calm | None:
        """Return what cannot make it hold; while something may, which it has, when it looks."""
        track = self.track
        if not self._at_rest or track.look_at is None:
            return None
        until = track.heard + _WAIT_SECONDS
        if track.heard < self._loud_until:
            return Calm(-inf, inf, min(until, track.look_at))
        return self._quiet._replace(until=until)

    def catch_up(self, said: Said) -> None:
        """Take all values; none of them makes it hold."""
        track = self.track
        if track.held is None or not said.waiting:
            return
        times, values = said.waiting[::2], said.waiting[1::2]
        self._window.extend(track.held, times, values)
        track.heard = times[-1]
        if min(values) < self._quiet.low or max(values) > self._quiet.high:
            self._loud_until = self._loud_from(track.heard)
        for at in times:
            if track.look_at is None or at >= track.look_at:
                track.look_at = at + self._window.look

    def _hush(self, rule: Threshold | Rate) -> tuple[Calm, float]:
        """Return which values never make it hold, and how long another one may: 0 until it looks.

        That is while it does not hold, and no other one is held that may.
        """
        if self._take == "mean":
            # A mean is between its values.
            margin = _WHOLE_MARGIN + _MARGIN * abs(self._limit)
            return self._inside(margin, inf), (self._window.width * 2 + self._window.seconds)
        if self._take == "sum" and self._sign > 0 and quantities()[rule.metric].minimum >= 0:
            # A sum does not rise by nothing, and what leaves it lets it fall.
            return Calm(-inf, 0.0, inf), 0.0
        return Calm(inf, -inf, inf), inf

    def _loud_from(self, newest: float) -> float:
        if self._echo:
            return newest + self._echo
        return self.track.look_at or inf

    def _reduced(self, held: Held) -> float:
        if self._per is None:
            return self._window.reduced(held, self._take)
        return self._window.change(held) * self._per


class RatioMachine(LimitMachine):
    """A threshold of one metric divided by another, of the same report."""

    patient: ClassVar[bool] = False

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
