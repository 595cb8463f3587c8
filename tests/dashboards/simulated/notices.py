"""Notices: the ledger of who is told what, with receivers that take most of it."""

from collections.abc import Iterable
from random import Random
from typing import Final

from rules.incidents.geography import Geography
from rules.incidents.mutes import Mute
from rules.incidents.record import IncidentRecord
from rules.model import Action
from rules.notify.ledger import Ledger
from rules.notify.model import Result
from rules.notify.routes_file import parse_routes
from rules.notify.state import NotifyState

_ROUTES: Final = b"""
receivers:
  noc: {log: {}}
  field: {log: {}}
route:
  receivers: noc
  routes:
    - match: {severity: critical}
      receivers: [noc, field]
"""
_REFUSED: Final = 0.02
"""Share of messages that a receiver does not take at the first try."""


class SimulatedNotices:
    """Tells receivers that are not there.

    Args:
        random: which messages are not taken.
    """

    def __init__(self, random: Random) -> None:
        self._ledger = Ledger(parse_routes(_ROUTES, "notices.py"), NotifyState(), random)
        self._random = random

    def take(self, record: IncidentRecord, action: Action, now: float) -> None:
        """Take an incident's step."""
        self._ledger.take(record, action, now)

    def use(self, geography: Geography) -> None:
        """Do nothing: receivers that are not there need no names."""

    def mute(self, mutes: Iterable[Mute]) -> None:
        """Replace the mutes."""
        self._ledger.set_mutes(mutes)

    def send(self, now: float) -> list[Result]:
        """Send what is due; return what became of all messages since the last call."""
        while dispatches := self._ledger.due(now):
            for dispatch in dispatches:
                self._ledger.begin(dispatch, now)
                if self._random.random() < _REFUSED:
                    self._ledger.failed(dispatch, now, "no answer in 10 s", uncertain=False)
                else:
                    self._ledger.sent(dispatch, now)
        return self._ledger.drain_results()
