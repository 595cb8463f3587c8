"""Export: an incident as an alarm of other systems, by X.733's fields or as TMF642's Alarm."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from rules.incidents.record import Status
from rules.incidents.words import MAINS_KINDS
from rules.model import IncidentClass, Severity

SYSTEM: Final = "srepok"


@dataclass(frozen=True, slots=True)
class Note:
    """What a person said or did about an incident; `at` is seconds since 1970."""

    at: float
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """An incident, and what people did about it; instants are seconds since 1970.

    Attributes:
        acknowledged_by: who has it; None where nobody does.
        into: the incident of which it is a part.
        parts: incidents that are parts of it.
        villages: code and name of those that it impairs.
        notes: what people said, in order.
        trend: 1 if it became worse, -1 if better, 0 if neither.
    """

    incident: str
    incident_class: IncidentClass
    severity: Severity
    status: Status
    root: tuple[str, ...]
    root_kind: str
    onset: float
    opened_at: float
    changed_at: float
    ended_at: float | None
    planned: bool
    reason: str
    rule: str
    summary: str
    description: str
    acknowledged_by: str | None
    escalated: bool
    into: str | None
    parts: tuple[str, ...]
    villages: tuple[tuple[str, str], ...]
    communes: tuple[str, ...]
    notes: tuple[Note, ...]
    trend: int = 0


_TYPES: Final[Mapping[IncidentClass, tuple[str, str]]] = {
    IncidentClass.OUTAGE: ("communicationsAlarm", "communicationsSubsystemFailure"),
    IncidentClass.DEGRADATION: ("qualityOfServiceAlarm", "performanceDegraded"),
    IncidentClass.PIPELINE: ("processingErrorAlarm", "applicationSubsystemFailure"),
    IncidentClass.DEVICE: ("equipmentAlarm", "equipmentMalfunction"),
    IncidentClass.SENSOR: ("equipmentAlarm", "inputOutputDeviceError"),
    IncidentClass.RULE: ("qualityOfServiceAlarm", "thresholdCrossed"),
}
"""Event type and probable cause of X.733, which TMF642 takes over."""
_MAINS: Final = ("environmentalAlarm", "powerProblem")
_CUT: Final = ("communicationsAlarm", "lossOfSignal")
_CUT_KINDS: Final = frozenset({"link", "splitter"})
_TRENDS: Final = {1: "moreSevere", 0: "noChange", -1: "lessSevere"}
_AFFECTS: Final = frozenset({IncidentClass.OUTAGE, IncidentClass.DEGRADATION})


def x733(alarm: Alarm) -> dict[str, Any]:
    """Return an alarm by the fields of X.733; what does not apply is left out."""
    kind, cause = _type(alarm)
    return _without_empty(
        {
            "managedObjectClass": alarm.root_kind,
            "managedObjectInstance": alarm.root[0] if alarm.root else SYSTEM,
            "eventType": kind,
            "eventTime": _text(alarm.changed_at),
            "probableCause": cause,
            "specificProblems": [_problem(alarm)],
            "perceivedSeverity": _severity(alarm),
            "trendIndication": _TRENDS[alarm.trend],
            "notificationIdentifier": alarm.incident,
            "correlatedNotifications": _related(alarm),
            "proposedRepairActions": [alarm.description] if alarm.description else [],
            "additionalText": alarm.summary,
            "additionalInformation": _without_empty(
                {
                    "onset": _text(alarm.onset),
                    "end": _text(alarm.ended_at),
                    "planned": alarm.planned,
                    "alternativeInstances": list(alarm.root[1:]),
                    "villages": [code for code, _ in alarm.villages],
                }
            ),
        }
    )


def tmf642(alarm: Alarm) -> dict[str, Any]:
    """Return an alarm as TMF642 has it, versions 4 and 5; what does not apply is left out."""
    kind, cause = _type(alarm)
    return _without_empty(
        {
            "@type": "Alarm",
            "id": alarm.incident,
            "externalAlarmId": alarm.incident,
            "sourceSystemId": SYSTEM,
            "reportingSystemId": SYSTEM,
            "alarmType": kind,
            "perceivedSeverity": _severity(alarm),
            "probableCause": cause,
            "specificProblem": _problem(alarm),
            "state": _state(alarm),
            "ackState": "unacknowledged" if alarm.acknowledged_by is None else "acknowledged",
            "ackUserId": alarm.acknowledged_by,
            "alarmRaisedTime": _text(alarm.onset),
            "alarmChangedTime": _text(alarm.changed_at),
            "alarmClearedTime": _text(alarm.ended_at),
            "alarmReportingTime": _text(alarm.opened_at),
            "alarmDetails": alarm.summary,
            "alarmEscalation": alarm.escalated,
            "proposedRepairedActions": alarm.description,
            "isRootCause": alarm.into is None,
            "parentAlarm": [_reference(alarm.into)] if alarm.into is not None else [],
            "correlatedAlarm": [_reference(part) for part in alarm.parts],
            "plannedOutageIndicator": "OutOfService" if alarm.planned else "InService",
            "serviceAffecting": alarm.incident_class in _AFFECTS,
            "alarmedObject": {"id": alarm.root[0]} if alarm.root else None,
            "alarmedObjectType": alarm.root_kind,
            "affectedService": [
                {"id": code, "name": name, "@referredType": "Service"}
                for code, name in alarm.villages
            ],
            "place": [{"id": code, "@referredType": "GeographicArea"} for code in alarm.communes],
            "comment": [
                {
                    "userId": note.by,
                    "systemId": SYSTEM,
                    "time": _text(note.at),
                    "comment": note.text,
                }
                for note in alarm.notes
            ],
        }
    )


FORMATS: Final[Mapping[str, Callable[[Alarm], dict[str, Any]]]] = {"tmf642": tmf642, "x733": x733}
"""What an alarm can be exported as."""


def _type(alarm: Alarm) -> tuple[str, str]:
    if alarm.incident_class is IncidentClass.OUTAGE:
        if alarm.root_kind in MAINS_KINDS:
            return _MAINS
        if alarm.root_kind in _CUT_KINDS:
            return _CUT
    return _TYPES[alarm.incident_class]


def _problem(alarm: Alarm) -> str:
    return alarm.rule or f"{alarm.incident_class} of {alarm.root_kind}"


def _severity(alarm: Alarm) -> str:
    return "cleared" if alarm.status is Status.CLEARED else str(alarm.severity)


def _state(alarm: Alarm) -> str:
    if alarm.status is Status.CLEARED:
        return "cleared"
    return "raised" if alarm.changed_at == alarm.opened_at else "updated"


def _related(alarm: Alarm) -> list[str]:
    return [*([alarm.into] if alarm.into else []), *alarm.parts]


def _reference(incident: str) -> dict[str, str]:
    return {"id": incident, "@referredType": "Alarm"}


def _text(at: float | None) -> str | None:
    if at is None:
        return None
    text = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _without_empty(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], {})}
