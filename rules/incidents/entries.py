"""Entries of the timeline: what happened to an incident, what was withheld, who did what."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from rules.incidents.record import IncidentRecord
from rules.model import Withheld

RULES: Final = "rules"
"""The actor of what was decided; people stand under their own names."""


class Deed(StrEnum):
    """What people do; besides a record's steps and `withheld`, the kinds of entries."""

    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"
    COMMENTED = "commented"
    ESCALATED = "escalated"
    CLOSED = "closed"
    WINDOW_ADDED = "window_added"
    WINDOW_CANCELLED = "window_cancelled"
    MUTE_ADDED = "mute_added"
    MUTE_CANCELLED = "mute_cancelled"


WITHHELD: Final = "withheld"
"""The kind of an entry about something that was not made an alert."""


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the timeline.

    Attributes:
        key: the same for the same thing, however often it is told.
        incident: that it is about; None where it is about none in particular.
        at: seconds since 1970.
        kind: a `Step`, a `Deed` or `withheld`; other rooms may have more words.
        actor: a person, or a service by its name.
        reason: the decision's name, or what the person said.
        detail: what else belongs to it.
    """

    key: str
    incident: str | None
    at: float
    kind: str
    actor: str
    reason: str
    detail: Mapping[str, Any] = field(default_factory=dict)


def entry_of(record: IncidentRecord) -> TimelineEntry:
    """Return the entry of a record's newest step."""
    detail: dict[str, Any] = {
        "severity": str(record.severity),
        "root": list(record.root),
        "root_kind": record.root_kind,
        "villages": len(record.impacts),
        "links": len(record.links),
        "households": record.households,
    }
    if record.into is not None:
        detail["into"] = record.into
    if record.value is not None:
        detail["value"] = record.value
    flags = ("planned", "flapping")
    detail |= {flag: True for flag in flags if getattr(record, flag)}
    return TimelineEntry(
        key=f"{record.incident}:{record.revision}:{record.step}",
        incident=record.incident,
        at=record.changed_at,
        kind=record.step,
        actor=RULES,
        reason=record.reason,
        detail=detail,
    )


def entry_of_withheld(withheld: Withheld) -> TimelineEntry:
    """Return the entry of something that was not made an alert."""
    told = json.dumps([withheld.incident, withheld.at, withheld.reason, list(withheld.objects)])
    digest = hashlib.sha256(told.encode()).hexdigest()[:24]
    return TimelineEntry(
        key=f"{withheld.incident or '-'}:{WITHHELD}:{digest}",
        incident=withheld.incident,
        at=withheld.at,
        kind=WITHHELD,
        actor=RULES,
        reason=withheld.reason,
        detail={"objects": list(withheld.objects)},
    )
