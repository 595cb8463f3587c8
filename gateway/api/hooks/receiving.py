"""Receiving: the addresses that Alertmanager and Grafana are told to call."""

from collections.abc import Sequence
from typing import Any, Final

from gateway.access.identity import Scope
from gateway.api.hooks.annotations import annotate, entry_of_alert, status_of
from gateway.api.hooks.matching import Match, match
from gateway.api.models.hooks import (
    AlertmanagerBody,
    AlertResult,
    ForeignAlert,
    HookResult,
    Notice,
)
from gateway.api.operation import Asked, NoQuestion, Operation, Run
from gateway.api.queries import writing

_TAG: Final = "hooks"
_ABOUT: Final = (
    "An alert is about the incidents that are open, or were within the last hour, and that all of"
    " its labels `village`, `commune`, `operator`, `device` and `incident` hold of. It becomes an"
    " entry in their timelines: once, however often it is repeated, and once more when it is"
    " resolved. What matches nothing is said in the answer, and is no error. The sender's token"
    " has scope operator, or the grant `{}`."
)


async def _alertmanager(asked: Asked[NoQuestion, AlertmanagerBody]) -> HookResult:
    return await _receive(asked, asked.body.notice(), "alertmanager")


async def _grafana(asked: Asked[NoQuestion, Notice]) -> HookResult:
    return await _receive(asked, asked.body, "grafana")


async def _receive(asked: Asked[Any, Any], notice: Notice, source: str) -> HookResult:
    async with writing(asked.pool) as connection:
        matches = [
            await match(connection, alert, asked.scope, asked.now) for alert in notice.alerts
        ]
        entries = [
            [
                entry_of_alert(
                    incident, alert, source=source, actor=asked.identity.name, now=asked.now
                )
                for incident in found.incidents
            ]
            for alert, found in zip(notice.alerts, matches, strict=True)
        ]
        fresh = await annotate(connection, [entry for some in entries for entry in some])
    results = []
    for alert, found, some in zip(notice.alerts, matches, entries, strict=True):
        # The same alert twice in one notice is new once.
        added = {entry.key for entry in some} & fresh
        fresh -= added
        results.append(_result(alert, found, len(added), asked))
    return _answer(notice, results)


def _result(alert: ForeignAlert, found: Match, added: int, asked: Asked[Any, Any]) -> AlertResult:
    return AlertResult(
        alertname=alert.labels.get("alertname", ""),
        status=status_of(alert, asked.now),
        incidents=list(found.incidents),
        added=added,
        reason=found.reason,
        detail=found.detail,
    )


def _answer(notice: Notice, results: Sequence[AlertResult]) -> HookResult:
    return HookResult(
        alerts=len(results),
        added=sum(result.added for result in results),
        unmatched=sum(result.reason is not None for result in results),
        truncated=notice.truncated_alerts,
        results=list(results),
    )


def _operation(name: str, path: str, summary: str, body: type[Any], run: Run) -> Operation:
    grant = f"hook:{path.split('/')[2]}"
    return Operation(
        name=name,
        method="POST",
        path=path,
        tag=_TAG,
        summary=summary,
        description=_ABOUT.format(grant),
        scope=Scope.OPERATOR,
        grant=grant,
        body=body,
        answer=HookResult,
        run=run,
    )


OPERATIONS: Final = (
    _operation(
        "receiveAlertmanager",
        "/hooks/alertmanager",
        "Alerts of an Alertmanager, as its webhook receiver sends them",
        AlertmanagerBody,
        _alertmanager,
    ),
    _operation(
        "receiveAlerts",
        "/hooks/alertmanager/api/v2/alerts",
        "Alerts as they are posted to an Alertmanager, for a Prometheus without one",
        AlertmanagerBody,
        _alertmanager,
    ),
    _operation(
        "receiveGrafana",
        "/hooks/grafana",
        "Alerts of Grafana, as its webhook contact point sends them",
        Notice,
        _grafana,
    ),
)
"""What other systems may say."""
