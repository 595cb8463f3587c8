"""A ledger whose messages are answered at once, for tests that read as timelines."""

from random import Random

from rules.incidents.record import IncidentRecord
from rules.model import Action
from rules.notify.ledger import Ledger
from rules.notify.lines import LogLine
from rules.notify.model import Dispatch
from rules.notify.routes import Routes
from rules.notify.state import NotifyState
from rules.plain import dump_plain, load_plain
from tests.rules.notify.make import NOON

ROUTES = """
receivers:
  desk: {log: {}, digest: {above: 5, window: 5m, every: 5m}}
  chief: {log: {}, digest: {above: 5, window: 5m, every: 5m}}
route:
  receivers: desk
  group_wait: 10s
  group_interval: 5m
  repeat_interval: 4h
"""
ESCALATING = ROUTES + "  escalate: {after: 15m, to: chief}\n"
STEPS = ROUTES.replace("route:", "  head: {log: {}}\nroute:") + (
    "  escalate: [{after: 15m, to: chief}, {after: 1h, to: head}]\n"
)
GROUPED = ROUTES + "  group_by: commune\n"

MINUTE, HOUR = 60.0, 3600.0


class Told:
    """A ledger whose receivers take everything at once, unless they are down.

    Attributes:
        down: receivers that take nothing.
        refused: incidents that no receiver takes.
    """

    def __init__(self, routes: Routes, state: NotifyState | None = None) -> None:
        self.routes = routes
        self.ledger = Ledger(routes, state or NotifyState(), Random(1))
        self.now = NOON
        self.down: set[str] = set()
        self.refused: set[str] = set()
        self.lines = list[LogLine]()

    def open(self, record: IncidentRecord) -> None:
        self.ledger.take(record, Action.OPEN, self.now)

    def update(self, record: IncidentRecord) -> None:
        self.ledger.take(record, Action.UPDATE, self.now)

    def clear(self, record: IncidentRecord) -> None:
        self.ledger.take(record, Action.CLEAR, self.now)

    def at(self, seconds: float) -> list[Dispatch]:
        """Go on to so many seconds after noon; return what was accepted then."""
        self.now = NOON + seconds
        accepted = []
        while found := self.ledger.due(self.now):
            for dispatch in found:
                self.lines += self.ledger.begin(dispatch, self.now)
                incidents = {notice.record.incident for notice in dispatch.notices}
                if dispatch.receiver in self.down or incidents & self.refused:
                    self.lines += self.ledger.failed(dispatch, self.now, "is down")
                else:
                    self.lines += self.ledger.sent(dispatch, self.now)
                    accepted.append(dispatch)
        return accepted

    def said(self, seconds: float) -> list[str]:
        return [
            f"{dispatch.receiver}: {dispatch.action} "
            + " ".join(notice.record.incident for notice in dispatch.notices)
            for dispatch in self.at(seconds)
        ]

    def kill(self, state: NotifyState | None) -> "Told":
        """A new ledger from an older state and the lines on disk."""
        other = Told(self.routes, state)
        other.lines, other.now = list(self.lines), self.now
        other.ledger.recall(self.lines)
        return other


def snapshot(told: Told) -> NotifyState:
    """The state as the service's snapshot file gives it back."""
    return load_plain(NotifyState, dump_plain(told.ledger.state))
