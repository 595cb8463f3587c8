"""Records and routes for tests of notices."""

from dataclasses import replace
from typing import Any

from rules.incidents.record import IncidentRecord, Severity, Status, VillageImpact
from rules.model import IncidentClass, VillageState
from rules.notify.routes import Routes
from rules.notify.routes_file import parse_routes

NOON = 1_794_978_000.0
"""2026-11-18 12:00 in Dak Lak, a Wednesday."""


def make_record(
    incident: str = "cut-1",
    *,
    households: int = 120,
    **changes: Any,  # noqa: ANN401 - any field of a record
) -> IncidentRecord:
    """An outage of two villages, just opened."""
    record = IncidentRecord(
        incident=incident,
        incident_class=IncidentClass.OUTAGE,
        severity=Severity.MAJOR,
        status=Status.OPEN,
        root=("pop-7",),
        root_kind="aggregation",
        onset=NOON - 90,
        opened_at=NOON,
        changed_at=NOON,
        reason="cover",
        impacts=tuple(
            VillageImpact(village, households, VillageState.DARK, NOON - 90)
            for village in ("v-1", "v-2")
        ),
        communes=("24133",),
        operators=("vnpt",),
    )
    return replace(record, **changes)


def clear(record: IncidentRecord, at: float, **changes: Any) -> IncidentRecord:  # noqa: ANN401 - any field of a record
    """The record at its end."""
    return replace(
        record,
        status=Status.CLEARED,
        ended_at=at - 30,
        cleared_at=at,
        changed_at=at,
        reason="recovered",
        revision=record.revision + 1,
        **changes,
    )


def step(record: IncidentRecord, **changes: Any) -> IncidentRecord:  # noqa: ANN401 - any field of a record
    """The record one step on."""
    return replace(record, revision=record.revision + 1, **changes)


def make_routes(text: str) -> Routes:
    """The routes that YAML describes."""
    return parse_routes(text.encode(), "routes.yaml")
