"""Incidents as tables that fit a terminal."""

from collections.abc import Sequence
from datetime import datetime
from textwrap import fill
from typing import Final

from rules.commands.asking import WIDTH, cut, local, show_table
from rules.incidents.record import Status
from rules.store.read import IncidentStory, KeptEntry, KeptIncident

_SHOWN: Final = 30
"""So many villages are shown of an incident; --json has all of them."""
_TOLD: Final = ("to", "until", "level", "into", "severity", "households")
"""What of an entry's detail is shown."""


def show_list(incidents: Sequence[KeptIncident], now: datetime) -> None:
    """Print a line an incident."""
    if not incidents:
        print("no incidents")
        return
    rows = [_line(incident, now) for incident in incidents]
    show_table(("incident", "severity", "since", "hh x min", "who", "what"), rows)


def _line(incident: KeptIncident, now: datetime) -> tuple[str, ...]:
    who = incident.assigned_to or ""
    if not who and incident.is_acknowledged(now):
        who = incident.acknowledged_by or ""
    over = "" if incident.status == Status.OPEN else "(over) "
    return (
        incident.incident_id,
        incident.severity,
        local(incident.onset_at),
        f"{incident.household_minutes:,.0f}",
        cut(who, 10),
        over + _summary(incident),
    )


def _summary(incident: KeptIncident) -> str:
    return incident.summary.get("en") or f"{incident.class_} {' '.join(incident.root)}"


def show_story(story: IncidentStory, now: datetime) -> None:
    """Print all that is known of an incident."""
    incident = story.incident
    for name, value in _facts(incident, now):
        if value:
            print(fill(f"{name:13} {value}", WIDTH, subsequent_indent=" " * 14))
    print()
    _show_impacts(story)
    rows = [(local(each.at), each.kind, each.actor, _entry(each)) for each in story.entries]
    show_table(("at", "entry", "by", "why"), [(a, k, cut(b, 12), why) for a, k, b, why in rows])
    if story.notifications:
        print()
        notices = [
            (local(each.last_at), each.state, each.receiver, f"{each.action} {each.error}".strip())
            for each in story.notifications
        ]
        show_table(("at", "notice", "receiver", "what"), notices)


def _facts(incident: KeptIncident, now: datetime) -> Sequence[tuple[str, str]]:
    flags = [flag for flag in ("planned", "flapping") if getattr(incident, flag)] + (
        [] if incident.notified else ["nobody is told"]
    )
    acknowledged = incident.acknowledged_by or ""
    if acknowledged and not incident.is_acknowledged(now):
        acknowledged += f" (ran out {local(incident.acknowledged_until)})"
    ended = local(incident.ended_at)
    return (
        ("incident", incident.incident_id),
        ("what", incident.summary.get("en", "")),
        ("", incident.summary.get("vi", "")),
        ("severity", ", ".join([incident.severity, incident.status, *flags])),
        ("root", f"{incident.root_kind} {', '.join(incident.root)}"),
        ("since", f"{local(incident.onset_at)}{' until ' if ended else ''}{ended}"),
        ("part of", incident.merged_into or ""),
        ("impact", _impact(incident)),
        ("acknowledged", acknowledged),
        ("assigned to", incident.assigned_to or ""),
        ("escalated", f"{incident.escalation} times" if incident.escalation else ""),
        ("closed by", incident.closed_by or ""),
        ("to do", incident.description.get("en", "")),
    )


def _show_impacts(story: IncidentStory) -> None:
    if not story.impacts:
        return
    rows = [
        (
            each.village_code,
            each.state,
            f"{each.households * each.share:,.0f}/{each.households:,}",
            local(each.since),
            local(each.until),
            each.name,
        )
        for each in story.impacts[:_SHOWN]
    ]
    show_table(("village", "state", "households", "since", "until", "name"), rows)
    if len(story.impacts) > _SHOWN:
        print(f"... and {len(story.impacts) - _SHOWN} more")
    print()


def _impact(incident: KeptIncident) -> str:
    counts = {
        "villages": incident.villages,
        "links": incident.links,
        "households": incident.households,
        "household-minutes": incident.household_minutes,
    }
    return ", ".join(f"{count:,.0f} {name}" for name, count in counts.items())


def _entry(entry: KeptEntry) -> str:
    detail = dict(entry.detail)
    if detail.get("until"):
        detail["until"] = local(datetime.fromisoformat(detail["until"]))
    said = [f"{name} {detail[name]}" for name in _TOLD if detail.get(name)]
    objects = detail.get("objects", ())
    return "; ".join(filter(None, [entry.reason, *said, ", ".join(objects)]))
