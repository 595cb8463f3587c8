"""Incidents as the database keeps them, as alarms for other systems."""

from datetime import datetime
from itertools import pairwise

from rules.incidents.entries import Deed
from rules.incidents.export import Alarm, Note
from rules.incidents.record import Status
from rules.incidents.severity import RANK
from rules.model import IncidentClass, Severity
from rules.store.instants import seconds, seconds_or_none
from rules.store.read import IncidentStory


def alarm_of(story: IncidentStory, now: datetime) -> Alarm:
    """Return an incident as an alarm.

    Args:
        story: all that is known of it.
        now: decides whether its acknowledgement has run out.
    """
    incident = story.incident
    held = incident.is_acknowledged(now)
    return Alarm(
        incident=incident.incident_id,
        incident_class=IncidentClass(incident.class_),
        severity=Severity(incident.severity),
        status=Status(incident.status),
        root=tuple(incident.root),
        root_kind=incident.root_kind,
        onset=seconds(incident.onset_at),
        opened_at=seconds(incident.opened_at),
        changed_at=seconds(incident.changed_at),
        ended_at=seconds_or_none(incident.ended_at),
        planned=incident.planned,
        reason=incident.reason,
        rule=incident.rule,
        summary=incident.summary.get("en", ""),
        description=incident.description.get("en", ""),
        acknowledged_by=incident.acknowledged_by if held else None,
        escalated=incident.escalation > 0,
        into=incident.merged_into,
        parts=tuple(story.parts),
        villages=tuple((each.village_code, each.name) for each in story.impacts),
        communes=tuple(incident.communes),
        notes=tuple(
            Note(seconds(each.at), each.actor, each.reason)
            for each in story.entries
            if each.reason and each.kind in set(Deed)
        ),
        trend=_trend(story),
    )


def _trend(story: IncidentStory) -> int:
    """Return 1 if its newest change of severity made it worse, -1 if better, 0 if none was."""
    ranks = [
        RANK[Severity(each.detail["severity"])]
        for each in story.entries
        if "severity" in each.detail
    ]
    for before, after in reversed(list(pairwise(ranks))):
        if before != after:
            return 1 if after < before else -1
    return 0
