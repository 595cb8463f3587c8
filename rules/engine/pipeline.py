"""Our own pipeline: when it is at fault, what we cannot see is unknown and not out."""

from dataclasses import dataclass, field
from typing import Final

from rules.engine.quiet import UPLINK, Quiet
from rules.model import Own, Session

RECONNECT_SECONDS: Final = 120.0
"""How long devices may take to come back to a broker; until then nobody is overdue."""
_KEEP_SESSIONS: Final = frozenset({"rules", UPLINK})
"""Parts that no device has a session with: while they are away a moment, nobody comes back."""
_NODE_DOWN: Final = "node_down"
_MANY: Final = 5
_WITHIN_SECONDS: Final = 10.0


@dataclass(slots=True)
class Pipeline:
    """What is known of our own parts.

    Attributes:
        down: parts that are away, and since when.
        blinding: those of them without which nothing is seen.
        waited_for: parts that blinded us, until devices are back as well.
        grace_until: until when nobody may be overdue.
        node_down_at: when the broker last lost one of its nodes, by the sessions it took along.
        gone: when it lately ended sessions because of that.
        quiet: for how long nobody was heard.
    """

    down: dict[str, float] = field(default_factory=dict)
    blinding: set[str] = field(default_factory=set)
    waited_for: set[str] = field(default_factory=set)
    grace_until: float = 0.0
    node_down_at: float | None = None
    gone: list[float] = field(default_factory=list)
    quiet: Quiet = field(default_factory=Quiet)

    @property
    def blind_since(self) -> float | None:
        """Since when nothing is seen; None while something is."""
        since = [at for part, at in self.down.items() if part in self.blinding]
        return min(since) if since else None

    def own(self, event: Own, interval: float) -> None:
        """Note that a part went down or came up."""
        if not event.up:
            self.down.setdefault(event.part, event.at)
            if event.blinding:
                self.blinding.add(event.part)
                self.waited_for.add(event.part)
            return
        self.quiet.begin(event.at)
        down_at = self.down.pop(event.part, None)
        if down_at is not None and event.part in self.blinding:
            self.blinding.discard(event.part)
            # Whoever was away for long knows nothing of what else was.
            brief = event.at - down_at < RECONNECT_SECONDS
            keep = event.part in _KEEP_SESSIONS and brief
            self.wait(event.at, interval, 0.0 if keep else RECONNECT_SECONDS)

    def ended(self, event: Session, interval: float) -> None:
        """Note that the broker ended a session because one of its nodes died."""
        if event.reason != _NODE_DOWN:
            return
        self.gone = [at for at in self.gone if event.at - at < _WITHIN_SECONDS] + [event.at]
        if len(self.gone) >= _MANY:
            self.node_down_at = self.node_down_at or self.gone[0]
            self.wait(event.at, interval)

    def wait(self, at: float, interval: float, reconnect: float = RECONNECT_SECONDS) -> None:
        """Give devices the time that they need to come back."""
        self.grace_until = max(self.grace_until, at + max(1.5 * interval, reconnect))

    def settled(self, now: float) -> bool:
        """Whether everything of ours is well, and has been for as long as devices need."""
        return not self.down and now >= self.grace_until
