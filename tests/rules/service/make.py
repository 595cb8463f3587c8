"""What tests of the service are made of."""

from datetime import UTC, datetime, timedelta

from rules.incidents.entries import entry_of
from rules.incidents.record import IncidentRecord, Status
from rules.model import IncidentClass, Severity
from rules.store.changes import IncidentChange

NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = NOON

    def now(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def make_change(incident: str, revision: int = 1) -> IncidentChange:
    record = IncidentRecord(
        incident=incident,
        incident_class=IncidentClass.OUTAGE,
        severity=Severity.MAJOR,
        status=Status.OPEN,
        root=("olt-1",),
        root_kind="olt",
        onset=1.0,
        opened_at=2.0,
        changed_at=2.0 + revision,
        reason="fell silent",
        revision=revision,
    )
    return IncidentChange(record, entry_of(record))
