"""What follows from a decision: its record, the notices of it, and what is written of it."""

from collections.abc import Sequence
from typing import Protocol

from province.inventory import Inventory
from rules.incidents.entries import entry_of
from rules.incidents.fold import Desk, DeskState
from rules.incidents.geography import Geography
from rules.incidents.record import IncidentRecord
from rules.model import (
    Action,
    IncidentNotice,
    LinkNotice,
    Transition,
    VillageNotice,
    Withheld,
)
from rules.plain import dump_plain
from rules.rulebook.changes import AlertChange
from rules.service.outbox import Outbox
from rules.service.told import Told
from rules.store.changes import (
    IncidentChange,
    NotificationChange,
    WatchChange,
    number,
)


class Tells(Protocol):
    """Tells people."""

    def take(self, record: IncidentRecord, action: Action, now: float) -> None:
        """Take a step of an incident."""

    def use(self, geography: Geography) -> None:
        """Call things by the names of another inventory."""


class Consequences:
    """Takes what is decided to whoever must know of it.

    Args:
        outbox: gets what is to be written.
        told: logs incidents.

    Attributes:
        notices: tell people.
        deciding_again: what is decided was decided before; it is not logged twice.
    """

    def __init__(self, outbox: Outbox, told: Told) -> None:
        self.outbox = outbox
        self.told = told
        self.notices: Tells | None = None
        self.deciding_again = False
        self._state = DeskState()

    def begin(self, state: DeskState) -> None:
        """Go on from what was remembered."""
        self._state = state

    def dump(self) -> bytes:
        """Return the records of incidents as JSON."""
        return dump_plain(self._state)

    def use(self, inventory: Inventory) -> None:
        """Go on with another inventory."""
        self.geography = Geography(inventory)
        self.desk = Desk(self.geography, self._state)
        if self.notices is not None:
            self.notices.use(self.geography)

    def note(self, change: WatchChange | NotificationChange) -> None:
        """Take something else that is to be written."""
        self.outbox.add([change])

    def take(
        self, transitions: Sequence[Transition], alerts: Sequence[AlertChange], now: float
    ) -> None:
        """Take what one line of the event log decided."""
        others: list[VillageNotice | LinkNotice | Withheld] = []
        for transition in transitions:
            if isinstance(transition, IncidentNotice):
                self._step(self.desk.take(transition), transition.action, now)
            else:
                others.append(transition)
        self.outbox.add(number(others))
        for alert in alerts:
            self._step(self.desk.take_alert(alert), alert.action, now)

    def _step(self, record: IncidentRecord, action: Action, now: float) -> None:
        self.outbox.add([IncidentChange(record, entry_of(record))])
        if self.notices is not None:
            self.notices.take(record, action, now)
        if not self.deciding_again:
            self.told.tell(record, action)
