"""Changes: what the rules have to write, and the transaction that writes it.

Every statement is idempotent by key, and none lets what is older replace what is newer: so
changes whose outcome is unknown are written again, whole or in pieces.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg import AsyncConnection

from rules.incidents.entries import TimelineEntry, entry_of_withheld
from rules.incidents.record import IncidentRecord
from rules.model import LinkNotice, VillageNotice, Withheld
from rules.store import spells
from rules.store.entries import store_entries
from rules.store.incidents import store_incidents
from rules.store.instants import instant
from rules.store.notices import NotificationChange, Outcome, store_notifications
from rules.store.spells import Decision, store_spells
from rules.store.watches import WatchChange, store_watches

__all__ = [
    "Change",
    "EntryChange",
    "IncidentChange",
    "LinkChange",
    "NotificationChange",
    "Outcome",
    "VillageChange",
    "WatchChange",
    "apply_changes",
    "number",
]


@dataclass(frozen=True, slots=True)
class IncidentChange:
    """A record after a step, and the step's entry (`rules.incidents.entries.entry_of`)."""

    record: IncidentRecord
    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class VillageChange:
    """A village's state, or that of every village.

    Attributes:
        incident: that is the cause; None where none is.
        step: order among the notices of one instant; see `number`.
    """

    notice: VillageNotice
    incident: str | None = None
    step: int = 0


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A link's state, or that of every link.

    Attributes:
        step: order among the notices of one instant; see `number`.
    """

    notice: LinkNotice
    step: int = 0


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry of the timeline by itself."""

    entry: TimelineEntry


Change = (
    IncidentChange | VillageChange | LinkChange | EntryChange | NotificationChange | WatchChange
)


def number(
    transitions: Iterable[VillageNotice | LinkNotice | Withheld],
) -> list[VillageChange | LinkChange | EntryChange]:
    """Return the changes of what one call of the engine said besides incidents, in its order."""
    changes: list[VillageChange | LinkChange | EntryChange] = []
    for step, said in enumerate(transitions):
        if isinstance(said, VillageNotice):
            changes.append(VillageChange(said, step=step))
        elif isinstance(said, LinkNotice):
            changes.append(LinkChange(said, step=step))
        else:
            changes.append(EntryChange(entry_of_withheld(said)))
    return changes


async def apply_changes(connection: AsyncConnection, changes: Iterable[Change]) -> None:
    """Write changes in one transaction; return once it is committed.

    Args:
        connection: in no transaction.
        changes: in the order in which they came about; any of them may be there already.

    Raises:
        psycopg.Error: nothing was written, or the connection ended during the commit.
    """
    changes = tuple(changes)
    async with connection.transaction():
        await store_incidents(
            connection, [each.record for each in changes if isinstance(each, IncidentChange)]
        )
        await store_entries(
            connection,
            [each.entry for each in changes if isinstance(each, IncidentChange | EntryChange)],
        )
        await store_spells(
            connection,
            spells.VILLAGE,
            [_of_village(each) for each in changes if isinstance(each, VillageChange)],
        )
        await store_spells(
            connection,
            spells.LINK,
            [_of_link(each) for each in changes if isinstance(each, LinkChange)],
        )
        await store_watches(connection, [each for each in changes if isinstance(each, WatchChange)])
        await store_notifications(
            connection, [each for each in changes if isinstance(each, NotificationChange)]
        )


def _of_village(change: VillageChange) -> Decision:
    notice = change.notice
    return Decision(
        notice.village,
        instant(notice.since),
        instant(notice.at),
        change.step,
        notice.state,
        notice.reason,
        notice.incident if change.incident is None else change.incident,
    )


def _of_link(change: LinkChange) -> Decision:
    notice = change.notice
    return Decision(
        notice.link,
        instant(notice.since),
        instant(notice.at),
        change.step,
        notice.state,
        notice.reason,
        notice.incident,
    )
