"""Reading: what is wrong, ranked; one incident with its timeline; the villages as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from psycopg import AsyncConnection
from psycopg.rows import class_row

from rules.model import Severity, VillageState
from rules.store.queries import query

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True)
class KeptIncident:
    """An incident as the database keeps it: the columns of `incidents`, and its rank.

    Attributes:
        household_minutes: households without service times minutes, up to now or to its end.
    """

    incident_id: str
    class_: str
    severity: str
    status: str
    root: list[str]
    root_kind: str
    onset_at: datetime
    opened_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    cleared_at: datetime | None
    planned: bool
    notified: bool
    flapping: bool
    merged_into: str | None
    reason: str
    rule: str
    labels: Mapping[str, str]
    value: float | None
    summary: Mapping[str, str]
    description: Mapping[str, str]
    villages: int
    links: int
    households: int
    communes: list[str]
    operators: list[str]
    revision: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledged_until: datetime | None
    assigned_to: str | None
    escalation: int
    escalated_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None
    household_minutes: float

    def is_acknowledged(self, now: datetime) -> bool:
        """Whether somebody has it now."""
        until = self.acknowledged_until
        return self.acknowledged_at is not None and (until is None or until > now)


@dataclass(frozen=True, slots=True)
class KeptImpact:
    """What an incident does to a village."""

    village_code: str
    name: str
    commune_code: str | None
    state: str
    since: datetime
    until: datetime | None
    households: int
    share: float


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """One line of a timeline."""

    entry_id: int
    at: datetime
    kind: str
    actor: str
    reason: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KeptNotification:
    """What became of one notice to people."""

    notification_key: str
    receiver: str
    action: str
    state: str
    attempts: int
    first_at: datetime
    last_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class IncidentStory:
    """All that is known of one incident; `parts` are those that were merged into it."""

    incident: KeptIncident
    impacts: list[KeptImpact]
    entries: list[KeptEntry]
    notifications: list[KeptNotification]
    parts: list[str]


@dataclass(frozen=True, slots=True)
class VillageNow:
    """A village's state; `since` is None where nothing was ever said of it."""

    village_code: str
    name: str
    commune_code: str
    households: int
    state: str
    since: datetime | None
    reason: str
    incident_id: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How things stand.

    Attributes:
        open: incidents, by severity.
        unacknowledged: those of them that nobody has.
        villages: by state.
        households: by state of their village.
    """

    open: Mapping[Severity, int]
    unacknowledged: Mapping[Severity, int]
    villages: Mapping[VillageState, int]
    households: Mapping[VillageState, int]


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents to list; None leaves a question out.

    Attributes:
        status: open or cleared.
        since: leaves out those that ended before.
    """

    status: str | None = "open"
    since: datetime | None = None
    commune: str | None = None
    operator: str | None = None
    incident_class: str | None = None
    severity: str | None = None


async def list_incidents(
    connection: AsyncConnection,
    now: datetime,
    wanted: IncidentFilter | None = None,
    *,
    limit: int = 100,
) -> list[KeptIncident]:
    """Return incidents, those that cost the most household-minutes first; open ones by default."""
    wanted = wanted or IncidentFilter()
    return await _incidents(connection, now, wanted, None, limit)


async def show_incident(
    connection: AsyncConnection, incident: str, now: datetime
) -> IncidentStory | None:
    """Return all that is known of an incident; None if there is none of that name."""
    found = await _incidents(connection, now, IncidentFilter(status=None), incident, 1)
    if not found:
        return None
    named = {"incident": incident}
    parts = await connection.execute(query("merged_incidents"), named)
    return IncidentStory(
        found[0],
        await _rows(connection, KeptImpact, "incident_villages", named),
        await _rows(connection, KeptEntry, "incident_entries", named),
        await _rows(connection, KeptNotification, "incident_notifications", named),
        [part for (part,) in await parts.fetchall()],
    )


async def villages_now(connection: AsyncConnection, commune: str | None = None) -> list[VillageNow]:
    """Return the state of each village of the inventory, by code; of one commune if it is named."""
    return await _rows(connection, VillageNow, "villages_now", {"commune": commune})


async def count(connection: AsyncConnection, now: datetime) -> Counts:
    """Return how things stand."""
    cursor = await connection.execute(query("count_incidents"), {"now": now})
    incidents = await cursor.fetchall()
    cursor = await connection.execute(query("count_villages"))
    villages = await cursor.fetchall()
    return Counts(
        open={Severity(severity): count for severity, count, _ in incidents},
        unacknowledged={Severity(severity): count for severity, _, count in incidents},
        villages={VillageState(state): count for state, count, _ in villages},
        households={VillageState(state): int(count) for state, _, count in villages},
    )


async def _incidents(
    connection: AsyncConnection,
    now: datetime,
    wanted: IncidentFilter,
    incident: str | None,
    limit: int,
) -> list[KeptIncident]:
    values = {
        "now": now,
        "incident": incident,
        "status": wanted.status,
        "since": wanted.since,
        "commune": wanted.commune,
        "operator": wanted.operator,
        "class": wanted.incident_class,
        "severity": wanted.severity,
        "limit": limit,
    }
    return await _rows(connection, KeptIncident, "list_incidents", values)


async def _rows(
    connection: AsyncConnection, kind: type[_Row], name: str, values: Mapping[str, Any]
) -> list[_Row]:
    async with connection.cursor(row_factory=class_row(kind)) as cursor:
        await cursor.execute(query(name), values)
        return await cursor.fetchall()
