"""What a rulebook is told and what it says; instants are seconds since 1970."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.model import Action, Severity


@dataclass(slots=True)
class Sample:
    """What a device measured at one instant; without values, that it was heard.

    Attributes:
        at: when it was measured.
        values: by metric.
    """

    at: float
    device: str
    values: Mapping[str, float]


@dataclass(slots=True)
class AlertChange:
    """One step in the life of an alert.

    Attributes:
        at: when it was decided, in the time of the samples.
        alert: its name, unique for ever.
        fingerprint: the same for each alert of the same rule with the same labels.
        rule: as `group/rule`.
        device: the code; empty where a rule is about a group of devices.
        labels: the rule's, and what the subject is: device, village, commune, operator.
        value: that it is about; seconds of silence for an absence; None where none is known.
        since: since when the condition holds.
        ended: since when it does not; on clear only.
        reason: the decision's name, for log, row and screen.
        known: whether fresh values show that it still holds.
    """

    at: float
    alert: str
    fingerprint: str
    rule: str
    action: Action
    severity: Severity
    device: str
    labels: dict[str, str]
    value: float | None
    since: float
    reason: str
    ended: float | None = None
    known: bool = True
    summary: dict[str, str] = field(default_factory=dict)
    description: dict[str, str] = field(default_factory=dict)
    runbook: str | None = None
