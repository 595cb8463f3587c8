"""Notices as Alertmanager and Grafana send them: of an old version, and as they are documented."""

from collections.abc import Mapping
from typing import Any, Final

NO_TIME: Final = "0001-01-01T00:00:00Z"
"""What Go writes where there is no time."""


def alert(status: str = "firing", **labels: str) -> dict[str, Any]:
    """Return an alert as an old Alertmanager has it: no fingerprint, and no end when it is over."""
    return {
        "status": status,
        "labels": {"alertname": "OLT temperature", "severity": "major"} | labels,
        "annotations": {"description": "the cabinet is at 71 °C"},
        "startsAt": "2026-11-25T01:27:56.612666101Z",
        "endsAt": NO_TIME,
        "generatorURL": "http://prometheus:9090/graph?g0.expr=x",
    }


def old_alertmanager(*alerts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notice of an Alertmanager of some years ago."""
    return {
        "receiver": "srepok",
        "status": "firing",
        "alerts": list(alerts),
        "groupLabels": {},
        "commonLabels": {},
        "commonAnnotations": {},
        "externalURL": "http://:9093",
        "version": "4",
        "groupKey": "{}:{}",
    }


def alertmanager(*alerts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notice as it is documented now."""
    return old_alertmanager(
        *({**each, "fingerprint": f"{number:016x}"} for number, each in enumerate(alerts))
    ) | {"truncatedAlerts": 3, "notification_reason": "new alerts"}


def grafana(*alerts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a notice of Grafana, old words and new ones."""
    more = {
        "fingerprint": "c6eadffa33fcdf37",
        "silenceURL": "http://grafana/silence",
        "dashboardURL": "http://grafana/d/srepok",
        "panelURL": "",
        "valueString": "[ metric='' labels={} value=71 ]",
        "values": {"B": 71.2, "C": None},
    }
    return old_alertmanager(*({**each, **more} for each in alerts)) | {
        "orgId": 1,
        "version": "1",
        "truncatedAlerts": 0,
        "title": "[FIRING:1]",
        "state": "alerting",
        "message": "**Firing**",
        "appVersion": "13.1.0",
    }
