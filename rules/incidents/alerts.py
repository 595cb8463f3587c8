"""Alerts of the rulebook as incidents: one an alert, with its rule's severity and words."""

from typing import Final

from rules.incidents.geography import Geography
from rules.incidents.record import IncidentRecord, Status
from rules.model import Action, IncidentClass
from rules.rulebook.changes import AlertChange

_PLACES: Final = ("device", "village", "link", "node", "commune", "operator")
"""Labels that name what an alert is about, the narrowest first."""


def alert_record(
    geography: Geography, change: AlertChange, before: IncidentRecord | None
) -> IncidentRecord:
    """Return the record of an alert's incident after a change.

    An alert cuts nobody off, so it has no impacts; the places in its labels are those it touches.

    Args:
        geography: says where its device is.
        change: the newest step.
        before: the record before it; None if there is none.
    """
    named = {**change.labels, "device": change.device or change.labels.get("device", "")}
    codes = tuple(named[name] for name in _PLACES if named.get(name))
    root = codes[:1]
    over = change.action is Action.CLEAR
    return IncidentRecord(
        incident=change.alert,
        incident_class=IncidentClass.RULE,
        severity=change.severity,
        status=Status.CLEARED if over else Status.OPEN,
        root=root,
        root_kind=_kind(geography, root[0]) if root else "",
        onset=change.since if before is None else min(before.onset, change.since),
        opened_at=change.at if before is None else before.opened_at,
        changed_at=change.at if before is None else max(before.changed_at, change.at),
        reason=change.reason,
        ended_at=(change.at if change.ended is None else change.ended) if over else None,
        cleared_at=change.at if over else None,
        communes=tuple(sorted(geography.communes_of(codes))),
        operators=tuple(sorted(geography.operators_of(codes))),
        flapping=before is not None and before.status is Status.CLEARED,
        revision=1 if before is None else before.revision + 1,
        rule=change.rule,
        labels=dict(change.labels),
        value=change.value,
        summary=dict(change.summary),
        description=dict(change.description),
    )


def _kind(geography: Geography, code: str) -> str:
    device = geography.devices.get(code)
    return str(device.kind) if device else geography.kind(code)
