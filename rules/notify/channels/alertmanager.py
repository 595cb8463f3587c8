"""Prometheus Alertmanager: incidents as alerts, by its API v2.

An alert is known by its labels, so nothing that changes is a label, but for the severity, which
routes are made of: where it changes, the alert of the old one is ended in the same request.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec
from yarl import URL

from rules.incidents.record import IncidentRecord, Status
from rules.model import Severity
from rules.notify.channels.http import Poster
from rules.notify.errors import ChannelError
from rules.notify.message import Writer
from rules.notify.model import Dispatch, Notice
from rules.notify.payload import instant
from rules.notify.receivers import AlertmanagerSettings
from runtime.clock import Clock

_LIVES: Final = 4
"""An alert ends by itself after so many refreshes that did not come."""
_PATH: Final = "api/v2/alerts"


class Alertmanager:
    """The replicas of one Alertmanager: each gets everything, and one that has it is enough.

    Args:
        settings: replicas and labels.
        poster: sends.
        writer: gives names and pages.
        clock: tells the time.
    """

    refresh: timedelta | None

    def __init__(
        self, settings: AlertmanagerSettings, poster: Poster, writer: Writer, clock: Clock
    ) -> None:
        self.refresh = settings.refresh
        self._urls = [URL(url.rstrip("/")) / _PATH for url in settings.urls]
        self._labels = settings.labels
        self._life = settings.refresh * _LIVES
        self._poster = poster
        self._writer = writer
        self._clock = clock

    async def send(self, dispatch: Dispatch) -> None:
        """Post the alerts of a message; see `Channel`."""
        now = self._clock.now().timestamp()
        await self._post([alert for each in dispatch.notices for alert in self._alerts(each, now)])

    async def keep(self, records: Sequence[IncidentRecord], now: float) -> None:
        """Post what is open again; see `Channel`."""
        if records:
            await self._post([self._firing(record, now) for record in records])

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()

    async def _post(self, alerts: list[dict[str, Any]]) -> None:
        body = msgspec.json.encode(alerts)
        answers = await asyncio.gather(
            *(self._poster.post(url, body, {}) for url in self._urls), return_exceptions=True
        )
        errors = [answer for answer in answers if isinstance(answer, BaseException)]
        for error in errors:
            if not isinstance(error, ChannelError):
                raise error
        if len(errors) == len(answers):
            raise errors[0]

    def _alerts(self, notice: Notice, now: float) -> list[dict[str, Any]]:
        record = notice.record
        known = Severity(notice.before) if notice.before else record.severity
        if record.status is Status.CLEARED:
            return [self._ended(record, known, record.ended_at or now, now)]
        firing = self._firing(record, now)
        if known is record.severity:
            return [firing]
        return [firing, self._ended(record, known, now, now)]

    def _firing(self, record: IncidentRecord, now: float) -> dict[str, Any]:
        ends_at = now + self._life.total_seconds()
        return self._alert(record, record.severity, min(record.onset, now), ends_at)

    def _ended(
        self, record: IncidentRecord, severity: Severity, ended_at: float, now: float
    ) -> dict[str, Any]:
        # Alertmanager takes an end for one only if it lies in the past, and behind the start.
        ends_at = min(ended_at, now - 1)
        return self._alert(record, severity, min(record.onset, ends_at - 1), ends_at)

    def _alert(
        self, record: IncidentRecord, severity: Severity, starts_at: float, ends_at: float
    ) -> dict[str, Any]:
        own = {
            "alertname": record.rule or f"srepok-{record.incident_class}",
            "incident": record.incident,
            "class": record.incident_class.value,
            "severity": severity.value,
            "rule": record.rule,
        }
        # What an alert of the rulebook is labelled with must not make it another's.
        labels = {**record.labels, **self._labels, **own}
        alert = {
            "labels": {name: value for name, value in labels.items() if value},
            "annotations": self._annotations(record),
            "startsAt": instant(starts_at),
            "endsAt": instant(ends_at),
        }
        page = self._writer.page(record)
        return alert | ({"generatorURL": page} if page else {})

    def _annotations(self, record: IncidentRecord) -> dict[str, str]:
        names = self._writer.names
        said = {
            "summary": record.summary.get("en", ""),
            "summary_vi": record.summary.get("vi", ""),
            "root": ", ".join(names.get(code, code) for code in record.root),
            "communes": ", ".join(names.get(code, code) for code in record.communes),
            "operators": ", ".join(names.get(code, code) for code in record.operators),
            "villages": str(len(record.villages)),
            "households": str(record.households),
            "reason": record.reason,
            "runbook_url": self._writer.runbook,
        }
        return {name: text for name, text in said.items() if text}
