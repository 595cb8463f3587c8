"""Annotations: entries of a timeline that another system made; one alert makes one but once."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

from psycopg import AsyncConnection

from gateway.api.models.hooks import ForeignAlert
from rules.incidents.entries import TimelineEntry
from rules.store.entries import store_entries
from rules.store.instants import seconds
from runtime.database.relations import INCIDENTS_CHANNEL

KIND: Final = "annotated"
"""The kind of the entries."""

_LONGEST: Final = 500
_SAYS: Final = ("summary", "description", "message", "info")
_URLS: Final = ("generator_url", "dashboard_url", "panel_url", "value_string")


def status_of(alert: ForeignAlert, now: datetime) -> Literal["firing", "resolved"]:
    """Return whether an alert holds; one without the word holds until its end."""
    if alert.status is not None:
        return alert.status
    return "resolved" if alert.ends_at is not None and alert.ends_at <= now else "firing"


def entry_of_alert(
    incident: str, alert: ForeignAlert, *, source: str, actor: str, now: datetime
) -> TimelineEntry:
    """Return the entry of an alert in an incident's timeline.

    Args:
        incident: its name.
        alert: from outside.
        source: the system that it comes from.
        actor: the name of its token.
        now: when it came.
    """
    status = status_of(alert, now)
    return TimelineEntry(
        key=f"{incident}:{KIND}:{source}:{_digest(alert, status)}",
        incident=incident,
        at=seconds(now),
        kind=KIND,
        actor=actor,
        reason=f"{status}: {_text(alert)}"[:_LONGEST],
        detail=_detail(alert, source, status),
    )


async def annotate(connection: AsyncConnection, entries: Sequence[TimelineEntry]) -> set[str]:
    """Write entries in the caller's transaction; return the keys of those that are new."""
    keys = [entry.key for entry in entries]
    cursor = await connection.execute(
        "SELECT entry_key FROM incident_entries WHERE entry_key = ANY(%s)", [keys]
    )
    fresh = set(keys) - {key for (key,) in await cursor.fetchall()}
    await store_entries(connection, [entry for entry in entries if entry.key in fresh])
    changed = sorted({str(entry.incident) for entry in entries if entry.key in fresh})
    await connection.execute(
        "SELECT pg_notify(%s, incident) FROM unnest(%s::text[]) AS incident",
        [INCIDENTS_CHANNEL, changed],
    )
    return fresh


def _digest(alert: ForeignAlert, status: str) -> str:
    """Return what makes two alerts the same: their labels, when they began, whether they hold."""
    began = None if alert.starts_at is None else alert.starts_at.isoformat()
    told = json.dumps([sorted(alert.labels.items()), status, began])
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def _text(alert: ForeignAlert) -> str:
    said = [alert.annotations.get(name) for name in _SAYS]
    said += [alert.labels.get("summary"), alert.labels.get("alertname")]
    return next((text for text in said if text), "an alert without a name")


def _detail(alert: ForeignAlert, source: str, status: str) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "source": source,
        "status": status,
        "alertname": alert.labels.get("alertname", ""),
        "labels": {name: value[:_LONGEST] for name, value in alert.labels.items()},
    }
    for name in ("starts_at", "ends_at"):
        at = getattr(alert, name)
        if at is not None:
            detail[name] = at.isoformat()
    return detail | {
        name: getattr(alert, name)[:_LONGEST] for name in _URLS if getattr(alert, name)
    }
