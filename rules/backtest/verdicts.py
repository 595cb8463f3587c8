"""Verdicts: what was decided of each incident, in the end."""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.incidents.record import IncidentRecord
from rules.model import IncidentClass, Severity
from rules.rulebook.changes import AlertChange


@dataclass(frozen=True, slots=True)
class Verdict:
    """An incident, as it was at the last that is known of it; instants are seconds since 1970.

    Attributes:
        incident: its name, where it was decided; another decision calls it otherwise.
        ended_at: None where it went on.
        rule: of the rulebook, as `group/rule`; empty for the engine's own.
        villages: how many it impairs.
    """

    incident: str
    incident_class: IncidentClass
    severity: Severity
    root: tuple[str, ...]
    onset: float
    opened_at: float
    ended_at: float | None
    rule: str = ""
    villages: int = 0
    planned: bool = False
    notified: bool = True

    @property
    def subject(self) -> str:
        """What it is about, in a few words: the class or the rule, and the cause."""
        return f"{self.rule or self.incident_class} {', '.join(self.root) or '-'}"


def verdict_of(record: IncidentRecord) -> Verdict:
    """Return what a record comes to."""
    return Verdict(
        incident=record.incident,
        incident_class=record.incident_class,
        severity=record.severity,
        root=root_of(record.root, record.labels),
        onset=record.onset,
        opened_at=record.opened_at,
        ended_at=record.ended_at,
        rule=record.rule,
        villages=len(record.impacts),
        planned=record.planned,
        notified=record.notified,
    )


def verdict_of_alert(change: AlertChange, before: Verdict | None) -> Verdict:
    """Return what an alert of a rulebook comes to after a change.

    Args:
        change: the newest.
        before: what it came to before that; None if it is new.
    """
    return Verdict(
        incident=change.alert,
        incident_class=IncidentClass.RULE,
        severity=change.severity,
        root=root_of((change.device,) if change.device else (), change.labels),
        onset=change.since if before is None else before.onset,
        opened_at=change.at if before is None else before.opened_at,
        ended_at=change.ended,
        rule=change.rule,
    )


def root_of(root: tuple[str, ...], labels: Mapping[str, str]) -> tuple[str, ...]:
    """Return what tells an incident from others of its class or rule.

    Alerts about groups of devices name none, and differ by their labels.
    """
    return root or tuple(value for _, value in sorted(labels.items()))


def within(verdicts: Mapping[str, Verdict], start: float, end: float) -> list[Verdict]:
    """Return those that went on in a stretch of time, in the order in which they were opened."""
    return sorted(
        (
            verdict
            for verdict in verdicts.values()
            if verdict.opened_at < end and (verdict.ended_at is None or verdict.ended_at >= start)
        ),
        key=lambda verdict: (verdict.opened_at, verdict.subject),
    )
