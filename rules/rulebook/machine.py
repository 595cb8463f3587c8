"""The states of one rule on one subject: inactive, pending, firing, resolved, unknown.

Time is that of the values. Silence never ends an alert: it makes it unknown, until a fresh value
says whether it still holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any, ClassVar, Final, NamedTuple, Protocol

from rules.rulebook import alerts as said
from rules.rulebook.alerts import Alerts, labels_of
from rules.rulebook.book import BookRule
from rules.rulebook.changes import AlertChange
from rules.rulebook.state import RuleBookState, Said, Status, Track
from rules.rulebook.subjects import Subject

_OPEN: Final = frozenset({Status.PENDING, Status.FIRING})
_AT_REST: Final = frozenset({Status.INACTIVE, Status.RESOLVED})


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a rule on a subject.

    Attributes:
        told: the newest change of its alert; None where none is open.
    """

    rule: str
    device: str
    labels: Mapping[str, str]
    status: Status
    told: AlertChange | None


class Calm(NamedTuple):
    """Which values change nothing of a rule that is at rest.

    Attributes:
        low: the least of them.
        high: the greatest of them.
        until: a value of this instant or later it must take at once, whatever it is.
    """

    low: float
    high: float
    until: float


class Surroundings(Protocol):
    """What a machine works with; the engine gives it."""

    state: RuleBookState
    alerts: Alerts

    def schedule(self, machine: "Machine") -> None:
        """Look at a machine again when its time comes."""


class Machine:
    """One rule on one subject.

    Attributes:
        patient: it can be calm, and take later what is said until then (`calm`, `catch_up`).
        waits: of that it needs each value; otherwise the newest will do.
        key: `group/rule|subject`.
        queued: the earliest time at which the engine looks at it again; never after its deadline.
    """

    patient: ClassVar[bool] = False
    waits: ClassVar[bool] = False

    __slots__ = ("_around", "_subject", "entry", "hold", "keep", "key", "queued", "stale", "track")

    def __init__(self, entry: BookRule, subject: Subject, key: str, around: Surroundings) -> None:
        self.entry = entry
        self.key = key
        self.queued = inf
        self.hold = entry.rule.hold.total_seconds()
        self.keep = entry.rule.keep_firing.total_seconds()
        self.stale = subject.stale_seconds
        self._subject = subject
        self._around = around
        known = around.state.tracks.get(key)
        self.track = known if known is not None else Track(entry.signature)

    def take(self, at: float, value: float, device: str, metric: str) -> None:
        """Take a value of a device and metric that it is about."""
        raise NotImplementedError

    def calm(self) -> Calm | None:
        """Return which values it may take later; None if it must take each at once."""
        return None

    def catch_up(self, said: Said) -> None:
        """Take what was said while it was calm."""

    def deadline(self) -> float | None:
        """Return when time alone changes something."""
        track = self.track
        if track.status not in _OPEN:
            return None
        stale = track.heard + self.stale
        if track.status is Status.PENDING:
            return min(track.since + self.hold, stale)
        if track.clear_since is not None:
            return min(track.clear_since + self.keep, stale)
        return stale

    def expire(self, at: float) -> None:
        """Do what its deadline is for.

        Args:
            at: the deadline.
        """
        track = self.track
        if track.status is Status.PENDING:
            if at >= track.since + self.hold:
                self._fire(at)
            else:
                track.status = Status.UNKNOWN
        elif track.clear_since is not None and at >= track.clear_since + self.keep:
            self._resolve(at, said.CLEARED)
        else:
            track.status, track.clear_since = Status.UNKNOWN, None
            self._tell(self._around.alerts.update, at, said.NO_FRESH_VALUE)

    def pass_time(self, until: float) -> None:
        """Let time go on for it alone, up to but not to a value's instant: the value decides."""
        if until <= self.queued:
            return  # nearly always: nothing is due
        while (deadline := self.deadline()) is not None and deadline < until:
            self.expire(deadline)

    def judge(self, at: float, *, holds: bool, cleared: bool, reason: str = said.CLEARED) -> None:
        """Take what a fresh value says.

        Args:
            at: its instant.
            holds: the condition of the rule holds.
            cleared: it is past where it clears; between the two, what was stays.
            reason: for which it ends, if it ends.
        """
        track = self.track
        if track.told is not None:
            self._judge_open(at, cleared=cleared, reason=reason)
        elif not holds:
            if track.status is not Status.RESOLVED:
                track.status = Status.INACTIVE
        else:
            if track.status is not Status.PENDING:
                track.status, track.since = Status.PENDING, at
            if at >= track.since + self.hold:
                self._fire(at)

    def extra(self) -> Mapping[str, Any]:
        """Return what templates may say of this kind of rule alone."""
        return {}

    def standing(self, track: Track) -> Standing:
        """Return what is known of it, by its track."""
        labels = labels_of(self.entry, self._subject)
        return Standing(self.entry.name, self._subject.code, labels, track.status, track.told)

    def changed(self, at: float) -> None:
        """Say that the rule of an open alert is another now."""
        self._tell(self._around.alerts.update, at, said.RULE_CHANGED)

    @property
    def _at_rest(self) -> bool:
        """Whether it has heard something, of which nothing follows."""
        track = self.track
        return track.told is None and track.heard > 0 and track.status in _AT_REST

    def _judge_open(self, at: float, *, cleared: bool, reason: str) -> None:
        track = self.track
        if track.status is Status.UNKNOWN:
            track.status = Status.FIRING
            if not cleared or self.keep:
                self._tell(self._around.alerts.update, at, said.FRESH_VALUE)
        if not cleared:
            track.clear_since = None
            return
        if track.clear_since is None:
            track.clear_since = at
        if at >= track.clear_since + self.keep:
            self._resolve(at, reason)

    def _fire(self, at: float) -> None:
        track = self.track
        track.status, track.clear_since = Status.FIRING, None
        self._around.alerts.open(self.entry, self._subject, track, at, self.extra())

    def _resolve(self, at: float, reason: str) -> None:
        self._tell(self._around.alerts.clear, at, reason)
        self.track.status, self.track.clear_since = Status.RESOLVED, None

    def _tell(self, tell: Callable[..., None], at: float, reason: str) -> None:
        tell(self.entry, self._subject, self.track, at, self.extra(), reason)

    def _keep_track(self) -> Track:
        """Return the track, in the state from now on."""
        self._around.state.tracks[self.key] = self.track
        return self.track
