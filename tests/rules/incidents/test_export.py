"""Export: alarms as X.733 and TMF642 have them."""

from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rules.incidents.export import Alarm, Note, tmf642, x733
from rules.incidents.record import Status
from rules.model import IncidentClass, Severity

TIME = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT[\d:.]+Z$"}
TEXT = {"type": "string", "minLength": 1}


def reference(kind: str) -> dict[str, Any]:
    return {
        "type": "array",
        "minItems": 1,
        "items": {
            "type": "object",
            "required": ["id", "@referredType"],
            "properties": {"id": TEXT, "name": TEXT, "@referredType": {"const": kind}},
            "additionalProperties": False,
        },
    }


TYPES = [
    "communicationsAlarm",
    "qualityOfServiceAlarm",
    "processingErrorAlarm",
    "equipmentAlarm",
    "environmentalAlarm",
]
SEVERITIES = ["critical", "major", "minor", "warning", "indeterminate", "cleared"]

TMF642 = {
    "type": "object",
    "required": [
        *("@type", "id", "ackState", "alarmType", "perceivedSeverity", "probableCause", "state"),
        *("alarmRaisedTime", "alarmReportingTime", "sourceSystemId", "isRootCause"),
        *("plannedOutageIndicator", "specificProblem", "alarmChangedTime"),
    ],
    "properties": {
        "@type": {"const": "Alarm"},
        "id": TEXT,
        "externalAlarmId": TEXT,
        "sourceSystemId": TEXT,
        "reportingSystemId": TEXT,
        "alarmType": {"enum": TYPES},
        "perceivedSeverity": {"enum": SEVERITIES},
        "probableCause": TEXT,
        "specificProblem": TEXT,
        "state": {"enum": ["raised", "updated", "cleared"]},
        "ackState": {"enum": ["acknowledged", "unacknowledged"]},
        "ackUserId": TEXT,
        "alarmRaisedTime": TIME,
        "alarmChangedTime": TIME,
        "alarmClearedTime": TIME,
        "alarmReportingTime": TIME,
        "alarmDetails": TEXT,
        "alarmEscalation": {"type": "boolean"},
        "proposedRepairedActions": TEXT,
        "isRootCause": {"type": "boolean"},
        "parentAlarm": reference("Alarm") | {"maxItems": 1},
        "correlatedAlarm": reference("Alarm"),
        "plannedOutageIndicator": {"enum": ["InService", "OutOfService"]},
        "serviceAffecting": {"type": "boolean"},
        "alarmedObject": {"type": "object", "required": ["id"], "properties": {"id": TEXT}},
        "alarmedObjectType": TEXT,
        "affectedService": reference("Service"),
        "place": reference("GeographicArea"),
        "comment": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["userId", "systemId", "time", "comment"],
                "properties": {"userId": TEXT, "systemId": TEXT, "time": TIME, "comment": TEXT},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
    "allOf": [
        {
            "if": {"properties": {"state": {"const": "cleared"}}},
            "then": {
                "required": ["alarmClearedTime"],
                "properties": {"perceivedSeverity": {"const": "cleared"}},
            },
            "else": {"not": {"required": ["alarmClearedTime"]}},
        },
        {
            "if": {"properties": {"isRootCause": {"const": False}}},
            "then": {"required": ["parentAlarm"]},
        },
    ],
}

X733 = {
    "type": "object",
    "required": [
        *("managedObjectClass", "managedObjectInstance", "eventType", "eventTime"),
        *("probableCause", "perceivedSeverity", "trendIndication", "notificationIdentifier"),
    ],
    "properties": {
        "managedObjectClass": TEXT,
        "managedObjectInstance": TEXT,
        "eventType": {"enum": TYPES},
        "eventTime": TIME,
        "probableCause": TEXT,
        "specificProblems": {"type": "array", "items": TEXT},
        "perceivedSeverity": {"enum": SEVERITIES},
        "trendIndication": {"enum": ["moreSevere", "noChange", "lessSevere"]},
        "notificationIdentifier": TEXT,
        "correlatedNotifications": {"type": "array", "items": TEXT, "minItems": 1},
        "proposedRepairActions": {"type": "array", "items": TEXT},
        "additionalText": TEXT,
        "additionalInformation": {"type": "object"},
    },
    "additionalProperties": False,
}

ALARM = Alarm(
    incident="x1",
    incident_class=IncidentClass.OUTAGE,
    severity=Severity.CRITICAL,
    status=Status.OPEN,
    root=("olt-1", "olt-1-c1"),
    root_kind="olt",
    onset=1000.0,
    opened_at=1040.0,
    changed_at=1100.0,
    ended_at=None,
    planned=False,
    reason="fell silent together",
    rule="",
    summary="Outage: OLT",
    description="Tell the operator.",
    acknowledged_by="Hà",
    escalated=True,
    into=None,
    parts=("x2",),
    villages=(("v1", "Buôn Trấp"),),
    communes=("24133",),
    notes=(Note(1050.0, "Hà", "team on the way"),),
    trend=1,
)
OVER = replace(ALARM, status=Status.CLEARED, ended_at=2000.0, acknowledged_by=None, into="x9")
BARE = replace(
    ALARM, root=(), summary="", description="", villages=(), communes=(), notes=(), parts=()
)
ALARMS = [
    *(replace(ALARM, incident_class=each) for each in IncidentClass),
    *(replace(ALARM, root_kind=kind) for kind in ("power_feeder", "link", "operator")),
    *(OVER, BARE, replace(ALARM, planned=True, trend=0)),
]


@pytest.mark.parametrize("alarm", ALARMS)
def test_every_alarm_has_the_form_of_the_standards(alarm: Alarm) -> None:
    Draft202012Validator(TMF642).validate(tmf642(alarm))
    Draft202012Validator(X733).validate(x733(alarm))


def test_an_alarm_of_tmf642_says_who_what_when_and_where() -> None:
    exported = tmf642(ALARM)

    assert exported["ackState"] == "acknowledged"
    assert exported["alarmRaisedTime"] == "1970-01-01T00:16:40.000Z"
    assert exported["alarmReportingTime"] == "1970-01-01T00:17:20.000Z"
    assert exported["isRootCause"] is True
    assert exported["correlatedAlarm"] == [{"id": "x2", "@referredType": "Alarm"}]
    assert exported["affectedService"][0]["name"] == "Buôn Trấp"
    assert exported["place"][0]["id"] == "24133"
    assert exported["comment"][0]["comment"] == "team on the way"
    assert exported["plannedOutageIndicator"] == "InService"


def test_what_is_over_is_cleared_and_a_part_names_its_parent() -> None:
    exported = tmf642(OVER)

    assert (exported["state"], exported["perceivedSeverity"]) == ("cleared", "cleared")
    assert exported["alarmClearedTime"] == "1970-01-01T00:33:20.000Z"
    assert exported["parentAlarm"] == [{"id": "x9", "@referredType": "Alarm"}]
    assert x733(OVER)["correlatedNotifications"] == ["x9", "x2"]


@pytest.mark.parametrize(
    ("said", "kind", "cause"),
    [
        ({}, "communicationsAlarm", "communicationsSubsystemFailure"),
        ({"root_kind": "link"}, "communicationsAlarm", "lossOfSignal"),
        ({"root_kind": "power_feeder"}, "environmentalAlarm", "powerProblem"),
        (
            {"incident_class": IncidentClass.DEGRADATION},
            "qualityOfServiceAlarm",
            "performanceDegraded",
        ),
        ({"incident_class": IncidentClass.RULE}, "qualityOfServiceAlarm", "thresholdCrossed"),
    ],
)
def test_event_type_and_cause_follow_what_is_wrong(
    said: dict[str, Any], kind: str, cause: str
) -> None:
    exported = x733(replace(ALARM, **said))

    assert (exported["eventType"], exported["probableCause"]) == (kind, cause)
    assert exported["trendIndication"] == "moreSevere"
    assert exported["managedObjectInstance"] == "olt-1"
