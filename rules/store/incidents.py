"""Incidents in the database: records at their newest step, with what they do to places."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from rules.incidents.record import IncidentRecord
from rules.store.instants import instant, instant_or_none
from rules.store.queries import query
from runtime.database.relations import INCIDENTS_CHANNEL


async def store_incidents(connection: AsyncConnection, records: Iterable[IncidentRecord]) -> None:
    """Write the newest of each incident's records, in the transaction of the caller.

    A record that is no newer than what is there changes nothing, its impacts included. What
    changed is announced on the channel `srepok_incidents`.
    """
    newest: dict[str, IncidentRecord] = {}
    for record in records:
        known = newest.get(record.incident)
        if known is None or known.revision <= record.revision:
            newest[record.incident] = record
    if not newest:
        return
    rows = Jsonb([_row(record) for record in newest.values()])
    cursor = await connection.execute(query("store_incidents"), {"rows": rows})
    changed = sorted(incident for (incident,) in await cursor.fetchall())
    if not changed:
        return
    await _store_impacts(connection, changed, [newest[incident] for incident in changed])
    await connection.execute(
        query("announce_incidents"), {"channel": INCIDENTS_CHANNEL, "incidents": changed}
    )


async def _store_impacts(
    connection: AsyncConnection, incidents: Sequence[str], records: Sequence[IncidentRecord]
) -> None:
    for columns, names in (
        (_village_columns(records), ("forget_villages", "store_villages")),
        (_link_columns(records), ("forget_links", "store_links")),
    ):
        for name in names:
            await connection.execute(query(name), {"incidents": incidents, **columns})


def _row(record: IncidentRecord) -> dict[str, Any]:
    moments = {
        "onset_at": record.onset,
        "opened_at": record.opened_at,
        "changed_at": record.changed_at,
        "ended_at": record.ended_at,
        "cleared_at": record.cleared_at,
    }
    return {
        "incident_id": record.incident,
        "class": record.incident_class,
        "severity": record.severity,
        "status": record.status,
        "root": list(record.root),
        "root_kind": record.root_kind,
        **{name: None if at is None else instant(at).isoformat() for name, at in moments.items()},
        "planned": record.planned,
        "notified": record.notified,
        "flapping": record.flapping,
        "merged_into": record.into,
        "reason": record.reason,
        "rule": record.rule,
        "labels": dict(record.labels),
        # JSON has no words for what is not a number.
        "value": record.value if record.value is None or math.isfinite(record.value) else None,
        "summary": dict(record.summary),
        "description": dict(record.description),
        "villages": len(record.impacts),
        "links": len(record.link_impacts or record.links),
        "households": record.households,
        "communes": list(record.communes),
        "operators": list(record.operators),
        "revision": record.revision,
    }


def _village_columns(records: Iterable[IncidentRecord]) -> dict[str, list[Any]]:
    rows = [(record.incident, impact) for record in records for impact in record.impacts]
    return {
        "incident": [incident for incident, _ in rows],
        "code": [impact.village for _, impact in rows],
        "since": [instant(impact.since) for _, impact in rows],
        "until": [instant_or_none(impact.until) for _, impact in rows],
        "state": [str(impact.state) for _, impact in rows],
        "households": [impact.households for _, impact in rows],
        "share": [float(impact.share) for _, impact in rows],
        "share_since": [instant_or_none(impact.share_since) for _, impact in rows],
        "spent": [float(impact.spent) for _, impact in rows],
    }


def _link_columns(records: Iterable[IncidentRecord]) -> dict[str, list[Any]]:
    rows = [
        (record.incident, link, since, until)
        for record in records
        for link, since, until in _links(record)
    ]
    return {
        "incident": [incident for incident, _, _, _ in rows],
        "code": [link for _, link, _, _ in rows],
        "since": [instant(since) for _, _, since, _ in rows],
        "until": [instant_or_none(until) for _, _, _, until in rows],
    }


def _links(record: IncidentRecord) -> list[tuple[str, float, float | None]]:
    """Return links with their times; those of the incident where a record has no others."""
    if record.link_impacts:
        return [(each.link, each.since, each.until) for each in record.link_impacts]
    since = min(record.onset, record.ended_at or record.onset)
    return [(link, since, record.ended_at) for link in record.links]
