"""What programs are sent: a notice as JSON; docs/operations/notifications.md shows it."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from rules.incidents.record import IncidentRecord
from rules.notify.message import Message, Writer
from rules.notify.model import Dispatch, Notice, Summary


def notice_json(notice: Notice, now: float, writer: Writer) -> dict[str, Any]:
    """Return a notice in plain values."""
    return {
        "id": notice.key,
        "thread": notice.thread,
        "action": notice.telling.value,
        "escalated": notice.escalated,
        **incident_json(notice.record, now, writer),
    }


def incident_json(record: IncidentRecord, now: float, writer: Writer) -> dict[str, Any]:
    """Return an incident in plain values; instants as RFC 3339 in UTC."""
    return {
        "incident": record.incident,
        "revision": record.revision,
        "class": record.incident_class.value,
        "severity": record.severity.value,
        "status": record.status.value,
        "root": list(record.root),
        "root_kind": record.root_kind,
        "onset_at": instant(record.onset),
        "opened_at": instant(record.opened_at),
        "changed_at": instant(record.changed_at),
        "ended_at": None if record.ended_at is None else instant(record.ended_at),
        "reason": record.reason,
        "into": record.into,
        "flapping": record.flapping,
        "communes": list(record.communes),
        "operators": list(record.operators),
        "villages": list(record.villages),
        "links": list(record.links),
        "households": record.households,
        "household_minutes": round(record.household_minutes(now), 1),
        "rule": record.rule,
        "labels": dict(record.labels),
        "value": record.value,
        "summary": dict(record.summary),
        "url": writer.page(record),
    }


def dispatch_json(dispatch: Dispatch, message: Message, writer: Writer) -> bytes:
    """Return a whole message as JSON, as a webhook gets it."""
    return msgspec.json.encode(
        {
            "type": f"incident.{dispatch.action}",
            "timestamp": instant(dispatch.at),
            "data": {
                "id": dispatch.key,
                "receiver": dispatch.receiver,
                "title": message.title,
                "text": message.text,
                "notices": [notice_json(each, dispatch.at, writer) for each in dispatch.notices],
                "summary": _summary_json(dispatch.summary, dispatch.at),
            },
        }
    )


def instant(at: float) -> str:
    """Return seconds since 1970 as RFC 3339 in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _summary_json(summary: Summary | None, now: float) -> dict[str, Any] | None:
    if summary is None:
        return None
    return {
        "open": summary.open_count,
        "villages": summary.villages,
        "households": summary.households,
        "ranking": [
            {
                "incident": record.incident,
                "severity": record.severity.value,
                "households": record.households,
                "household_minutes": round(record.household_minutes(now), 1),
            }
            for record in summary.ranking
        ],
    }
