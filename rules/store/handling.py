"""What people do about incidents; each deed stands in the timeline with its actor.

Nothing here touches what the rules decided, and the rules touch none of the columns written here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, LiteralString
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection
from psycopg.rows import class_row

from rules.incidents.entries import Deed
from rules.store.deeds import record_deed
from rules.store.errors import (
    AcknowledgedError,
    ClearedError,
    ClosedError,
    OpenError,
    TimeError,
    UnknownIncidentError,
)
from rules.store.instants import seconds, seconds_or_none
from runtime.database.relations import LOCAL_TIME_ZONE

_ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)
_HELD: Final[LiteralString] = """
    SELECT status = 'open' AS is_open, cleared_at, acknowledged_at, acknowledged_by,
        acknowledged_until, assigned_to, escalation,
        CASE WHEN closed_at >= cleared_at THEN closed_by END AS closed_by
    FROM incidents WHERE incident_id = %s FOR UPDATE
"""
_ACKNOWLEDGEMENTS: Final[LiteralString] = """
    SELECT incident_id, acknowledged_by, acknowledged_at, acknowledged_until
    FROM incidents WHERE status = 'open' AND acknowledged_at IS NOT NULL
"""
_ESCALATIONS: Final[LiteralString] = """
    SELECT incident_id, escalation FROM incidents WHERE status = 'open' AND escalation > 0
"""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has an incident; instants are seconds since 1970.

    Attributes:
        until: from when on it counts as nobody's again; None: never.
    """

    by: str
    at: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class _Held:
    is_open: bool
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    acknowledged_until: datetime | None
    assigned_to: str | None
    escalation: int
    closed_by: str | None


async def acknowledge(
    connection: AsyncConnection,
    incident: str,
    *,
    actor: str,
    now: datetime,
    until: datetime | None = None,
    comment: str = "",
) -> None:
    """Take an incident on.

    Args:
        connection: in no transaction.
        incident: its name.
        actor: who takes it on.
        now: when.
        until: from when on it counts as nobody's again; None: never.
        comment: for the timeline.

    Raises:
        UnknownIncidentError: there is none of that name.
        ClearedError: it is over.
        AcknowledgedError: somebody has it; an acknowledgement that has run out is none.
        TimeError: `until` is past.
    """
    if until is not None and until <= now:
        raise TimeError(f"incident {incident}: acknowledged until {_text(until)}, which is past")
    async with connection.transaction():
        held = await _hold(connection, incident)
        _check_open(incident, held, "acknowledge")
        if held.acknowledged_at and not _ran_out(held.acknowledged_until, now):
            raise AcknowledgedError(
                f"incident {incident}: {held.acknowledged_by} has acknowledged it, on"
                f" {_text(held.acknowledged_at)}"
            )
        await connection.execute(
            "UPDATE incidents SET acknowledged_at = %s, acknowledged_by = %s,"
            " acknowledged_until = %s WHERE incident_id = %s",
            [now, actor, until, incident],
        )
        detail = {} if until is None else {"until": until.isoformat()}
        await _record(connection, Deed.ACKNOWLEDGED, incident, actor, now, comment, detail)


async def assign(
    connection: AsyncConnection,
    incident: str,
    to: str | None,
    *,
    actor: str,
    now: datetime,
    comment: str = "",
) -> None:
    """Say who works on an incident; None: nobody does any more.

    Raises:
        UnknownIncidentError: there is none of that name.
        ClosedError: it was closed.
    """
    async with connection.transaction():
        held = await _hold(connection, incident)
        _check_not_closed(incident, held)
        await connection.execute(
            "UPDATE incidents SET assigned_to = %s WHERE incident_id = %s", [to, incident]
        )
        detail = {"to": to, "from": held.assigned_to}
        await _record(connection, Deed.ASSIGNED, incident, actor, now, comment, detail)


async def comment(
    connection: AsyncConnection, incident: str, text: str, *, actor: str, now: datetime
) -> None:
    """Say something about an incident, whether it goes on or not.

    Raises:
        UnknownIncidentError: there is none of that name.
    """
    async with connection.transaction():
        await _hold(connection, incident)
        await _record(connection, Deed.COMMENTED, incident, actor, now, text)


async def escalate(
    connection: AsyncConnection, incident: str, *, actor: str, now: datetime, comment: str = ""
) -> int:
    """Call for more attention to an incident; return how often that was done.

    The rules call whoever is next by the routes; who that is, only they know.

    Raises:
        UnknownIncidentError: there is none of that name.
        ClearedError: it is over.
    """
    async with connection.transaction():
        held = await _hold(connection, incident)
        _check_open(incident, held, "escalate")
        level = held.escalation + 1
        await connection.execute(
            "UPDATE incidents SET escalation = %s, escalated_at = %s WHERE incident_id = %s",
            [level, now, incident],
        )
        detail = {"level": level}
        await _record(connection, Deed.ESCALATED, incident, actor, now, comment, detail)
    return level


async def close(
    connection: AsyncConnection, incident: str, *, actor: str, now: datetime, comment: str = ""
) -> None:
    """Say that nothing is left to be done about an incident that is over.

    Raises:
        UnknownIncidentError: there is none of that name.
        OpenError: it goes on; a shelf is what keeps it quiet.
        ClosedError: somebody did already, and it did not begin again since.
    """
    async with connection.transaction():
        held = await _hold(connection, incident)
        if held.is_open:
            raise OpenError(f"incident {incident}: it goes on; shelve it to hear no more of it")
        _check_not_closed(incident, held)
        await connection.execute(
            "UPDATE incidents SET closed_at = greatest(%s, cleared_at), closed_by = %s"
            " WHERE incident_id = %s",
            [now, actor, incident],
        )
        await _record(connection, Deed.CLOSED, incident, actor, now, comment)


async def load_acknowledgements(connection: AsyncConnection) -> dict[str, Acknowledgement]:
    """Return who has which open incident, those that have run out among them."""
    cursor = await connection.execute(_ACKNOWLEDGEMENTS)
    return {
        incident: Acknowledgement(by, seconds(at), seconds_or_none(until))
        for incident, by, at, until in await cursor.fetchall()
    }


async def load_escalations(connection: AsyncConnection) -> dict[str, int]:
    """Return how often people called for more attention to which open incident."""
    cursor = await connection.execute(_ESCALATIONS)
    return dict(await cursor.fetchall())


async def _hold(connection: AsyncConnection, incident: str) -> _Held:
    """Lock an incident until the transaction ends, and return what people did about it."""
    async with connection.cursor(row_factory=class_row(_Held)) as cursor:
        await cursor.execute(_HELD, [incident])
        held = await cursor.fetchone()
    if held is None:
        raise UnknownIncidentError(f"incident {incident}: there is none of that name")
    return held


def _check_open(incident: str, held: _Held, deed: str) -> None:
    if not held.is_open and held.cleared_at is not None:
        raise ClearedError(
            f"incident {incident}: it was cleared on {_text(held.cleared_at)}; there is nothing to"
            f" {deed}"
        )


def _check_not_closed(incident: str, held: _Held) -> None:
    if held.closed_by is not None:
        raise ClosedError(f"incident {incident}: {held.closed_by} has closed it")


def _ran_out(until: datetime | None, now: datetime) -> bool:
    return until is not None and until <= now


async def _record(
    connection: AsyncConnection,
    deed: Deed,
    incident: str,
    actor: str,
    now: datetime,
    reason: str,
    detail: Mapping[str, object] | None = None,
) -> None:
    await record_deed(
        connection,
        deed,
        incident,
        actor=actor,
        now=now,
        incident=incident,
        reason=reason,
        detail=detail,
    )


def _text(at: datetime) -> str:
    return f"{at.astimezone(_ZONE):%Y-%m-%d %H:%M}"
