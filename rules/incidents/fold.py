"""Fold: one step after another of an incident into its record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from rules.incidents.alerts import alert_record
from rules.incidents.geography import Geography
from rules.incidents.impacts import Impairment, links_after, villages_after
from rules.incidents.record import IncidentRecord, Status, Step, VillageImpact
from rules.incidents.severity import RANK, severity_by_impact
from rules.incidents.texts import texts
from rules.model import Action, IncidentClass, IncidentNotice, Severity
from rules.rulebook.changes import AlertChange

_REMEMBERED_SECONDS: Final = 86_400.0
"""How long an incident that is over may begin again under its name and count its steps on."""


@dataclass(slots=True)
class DeskState:
    """What a desk must remember: plain values, to be kept in a snapshot.

    Attributes:
        records: of incidents that are open, by name.
        over: of those that ended lately.
    """

    records: dict[str, IncidentRecord] = field(default_factory=dict)
    over: dict[str, IncidentRecord] = field(default_factory=dict)


class Desk:
    """Keeps the records of incidents, from what the engine and the rulebook say.

    Pure: the same notices give the same records, revisions included.

    Args:
        geography: says who is hit by what, and what things are called.
        state: to go on from; a new one by default.
    """

    def __init__(self, geography: Geography, state: DeskState | None = None) -> None:
        self.state = state or DeskState()
        self._geography = geography

    @property
    def records(self) -> Mapping[str, IncidentRecord]:
        """The records of incidents that are open, by name."""
        return self.state.records

    def take(self, notice: IncidentNotice) -> IncidentRecord:
        """Fold a notice of the engine; return the incident's record after it."""
        before = self._before(notice.incident)
        record = self._folded(notice, before)
        summary, description = texts(record, self._geography)
        return self._keep(replace(record, summary=summary, description=description))

    def take_alert(self, change: AlertChange) -> IncidentRecord:
        """Fold a change of an alert of the rulebook; return the record of its incident after it."""
        before = self._before(change.alert)
        record = alert_record(self._geography, change, before)
        return self._keep(replace(record, step=_step(before, record)))

    def _folded(self, notice: IncidentNotice, before: IncidentRecord | None) -> IncidentRecord:
        root_kind = notice.root_kind or self._kind(notice)
        step = _impairment(notice)
        impacts = villages_after(self._geography, before, step)
        lasting = impacts if notice.end is not None else _lasting(impacts)
        known = (*notice.root, *notice.links, *notice.villages)
        record = IncidentRecord(
            incident=notice.incident,
            incident_class=notice.incident_class,
            severity=severity_by_impact(
                notice.incident_class, lasting, notice.links, notice.reason
            ),
            status=Status.OPEN,
            root=notice.root,
            root_kind=root_kind,
            onset=notice.onset if before is None else min(before.onset, notice.onset),
            opened_at=notice.at if before is None else before.opened_at,
            changed_at=notice.at if before is None else max(before.changed_at, notice.at),
            reason=notice.reason,
            impacts=impacts,
            links=tuple(sorted(notice.links)),
            link_impacts=links_after(before, step),
            communes=tuple(sorted(self._geography.communes_of(known))),
            operators=tuple(sorted(self._geography.operators_of((*notice.root, *notice.links)))),
            planned=notice.planned,
            notified=notice.notified or (before is not None and before.notified),
            flapping=notice.flapping,
            revision=1 if before is None else before.revision + 1,
            into=notice.into,
        )
        if notice.action is Action.CLEAR:
            record = _cleared(record, notice, before)
        worst = _worse(record.severity, None if before is None else before.worst)
        return replace(record, step=_step(before, record), worst=worst)

    def _kind(self, notice: IncidentNotice) -> str:
        if notice.incident_class is IncidentClass.PIPELINE:
            return "pipeline"
        return self._geography.kind(notice.root[0]) if notice.root else ""

    # -- remembering ----------------------------------------------------------------

    def _before(self, incident: str) -> IncidentRecord | None:
        return self.state.records.get(incident) or self.state.over.get(incident)

    def _keep(self, record: IncidentRecord) -> IncidentRecord:
        self.state.records.pop(record.incident, None)
        self.state.over.pop(record.incident, None)
        if record.status is Status.OPEN:
            self.state.records[record.incident] = record
            return record
        self.state.over[record.incident] = record
        since = record.changed_at - _REMEMBERED_SECONDS
        # Incidents end nearly in this order, so those to forget stand first.
        for name in _first_before(self.state.over.values(), since):
            del self.state.over[name]
        return record


def _first_before(records: Iterable[IncidentRecord], since: float) -> list[str]:
    names = []
    for record in records:
        if record.changed_at >= since:
            break
        names.append(record.incident)
    return names


def _impairment(notice: IncidentNotice) -> Impairment:
    return Impairment(
        at=notice.at,
        onset=notice.onset,
        root=notice.root,
        villages=notice.villages,
        links=notice.links,
        planned=notice.planned,
        cuts_off=notice.incident_class is IncidentClass.OUTAGE,
        end=notice.end if notice.action is not Action.CLEAR else notice.end or notice.at,
    )


def _lasting(impacts: tuple[VillageImpact, ...]) -> tuple[VillageImpact, ...]:
    return tuple(impact for impact in impacts if impact.until is None)


def _cleared(
    record: IncidentRecord, notice: IncidentNotice, before: IncidentRecord | None
) -> IncidentRecord:
    """Return the record of an incident that is over, as bad as it was."""
    return replace(
        record,
        severity=record.severity if before is None else before.worst or before.severity,
        status=Status.CLEARED,
        ended_at=notice.end if notice.end is not None else notice.at,
        cleared_at=notice.at,
        planned=notice.planned or (before is not None and before.planned),
        notified=notice.notified if before is None else before.notified,
    )


def _worse(severity: Severity, other: Severity | None) -> Severity:
    return severity if other is None else min(severity, other, key=RANK.__getitem__)


def _step(before: IncidentRecord | None, after: IncidentRecord) -> Step:
    """Return the name of what happened, the most telling one."""
    if after.status is Status.CLEARED:
        return Step.CLEARED if after.into is None else Step.MERGED
    if before is None:
        return Step.OPENED
    return Step.REOPENED if before.status is Status.CLEARED else _change(before, after)


def _change(before: IncidentRecord, after: IncidentRecord) -> Step:
    if before.root != after.root:
        return Step.ROOT_CHANGED
    if set(after.links) - set(before.links) or set(after.villages) - set(before.villages):
        return Step.GREW
    fewer = len(_lasting(after.impacts)) < len(_lasting(before.impacts))
    if fewer or set(after.links) < set(before.links):
        return Step.SHRANK
    same = before.severity is after.severity
    return Step.CHANGED if same else Step.SEVERITY_CHANGED
