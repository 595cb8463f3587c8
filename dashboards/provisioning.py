"""What Grafana reads at its start besides the data source: folders, alert rules, contact point.

File provisioning fills in `$NAME` from Grafana's environment in every value, so the SQL of an
alert rule may have neither macros nor variables.
"""

from dataclasses import dataclass
from typing import Any, Final

from dashboards.datasource import REFERENCE, UID
from dashboards.folder import Folder
from dashboards.links import uid_of
from dashboards.query import queries_of
from dashboards.text import Language

DIRECTORY: Final = "/etc/srepok/dashboards"
"""Where docker-compose mounts `generated/dashboards` for Grafana."""

CONTACT_POINT: Final = "srepok-noc"
"""Who is told when Srepok itself is ill."""

_ALERTS_FOLDER: Final = "Srepok: alerts"
"""Not one of the dashboards' folders: files name it by title, and could make a second one."""


def providers() -> dict[str, Any]:
    """Return the file that tells Grafana where dashboards are, one provider a folder."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": folder.uid(language),
                "orgId": 1,
                "type": "file",
                "folder": folder.title.of(language),
                "folderUid": folder.uid(language),
                # What is edited on the screen would be lost at the next start.
                "allowUiUpdates": False,
                "disableDeletion": False,
                "updateIntervalSeconds": 30,
                "options": {"path": f"{DIRECTORY}/{folder.uid(language)}"},
            }
            for folder in Folder
            for language in Language
        ],
    }


@dataclass(frozen=True, slots=True)
class AlertRule:
    """An alert about Srepok itself.

    Attributes:
        name: its name, of which its uid is made.
        title: its title.
        query: name of the query of the *Pipeline* board; one row with one number.
        above: it fires while the number is above this.
        hold: for how long it must be, as Grafana writes durations.
        todo: what to do about it.
    """

    name: str
    title: str
    query: str
    above: float
    hold: str
    todo: str

    def rule(self) -> dict[str, Any]:
        """Return it as Grafana's file of alert rules has it."""
        return {
            "uid": f"srepok-{self.name}",
            "title": self.title,
            "condition": "B",
            "for": self.hold,
            # No row and no database are the same ill: nobody can see.
            "noDataState": "Alerting",
            "execErrState": "Alerting",
            "annotations": {
                "summary": self.title,
                "description": self.todo,
                "dashboard": f"/d/{uid_of('pipeline', Language.ENGLISH)}",
            },
            "labels": {"service": "srepok"},
            "notification_settings": {"receiver": CONTACT_POINT},
            "data": [_asked(queries_of("pipeline")[self.query]), _compared(self.above)],
        }


def _asked(sql: str) -> dict[str, Any]:
    model = {
        "refId": "A",
        "datasource": REFERENCE,
        "editorMode": "code",
        "rawQuery": True,
        "format": "table",
        "rawSql": sql,
    }
    span = {"from": 600, "to": 0}
    return {"refId": "A", "datasourceUid": UID, "relativeTimeRange": span, "model": model}


def _compared(above: float) -> dict[str, Any]:
    model = {
        "refId": "B",
        "type": "threshold",
        "expression": "A",
        "datasource": {"type": "__expr__", "uid": "__expr__"},
        "conditions": [{"evaluator": {"type": "gt", "params": [above]}}],
    }
    return {"refId": "B", "datasourceUid": "__expr__", "model": model}


ALERT_RULES: Final = (
    AlertRule(
        name="ingest-silent",
        title="Ingest accounts for nothing",
        query="silence",
        above=300,
        hold="2m",
        todo="Nothing was received or written for five minutes: see /readyz of ingest, then the "
        "database and the broker.",
    ),
    AlertRule(
        name="rules-blind",
        title="The rules do not watch",
        query="watching",
        above=180,
        hold="2m",
        todo="Nobody decides which villages are out: start the rules service.",
    ),
    AlertRule(
        name="letters-many",
        title="Much is refused",
        query="rejected_recently",
        above=1,
        hold="10m",
        todo="More than 1 % of the records of the last ten minutes became dead letters: see their "
        "reasons on the board Pipeline.",
    ),
    AlertRule(
        name="broker-drops",
        title="The broker throws messages away",
        query="dropped_recently",
        above=0,
        hold="1m",
        todo="A queue is full, and publishers are not told: see that ingest and the rules run, "
        "then raise max_queued_messages (docs/operations/broker.md).",
    ),
    AlertRule(
        name="rollups-behind",
        title="Roll-ups are behind",
        query="marks",
        above=900,
        hold="5m",
        todo="Roll-up work has been waiting for a quarter of an hour: see ingest's log for upkeep.",
    ),
)
"""Only what watches Srepok: villages and sensors are the rules' work, not Grafana's."""


def alert_rules() -> dict[str, Any]:
    """Return the file of alert rules and of the contact point."""
    return {
        "apiVersion": 1,
        "groups": [
            {
                "orgId": 1,
                "name": "srepok",
                "folder": _ALERTS_FOLDER,
                "interval": "1m",
                "rules": [rule.rule() for rule in ALERT_RULES],
            }
        ],
        "contactPoints": [
            {
                "orgId": 1,
                "name": CONTACT_POINT,
                "receivers": [
                    {
                        "uid": f"{CONTACT_POINT}-email",
                        "type": "email",
                        "settings": {"addresses": "${SREPOK_ALERT_EMAIL}"},
                    }
                ],
            }
        ],
    }
