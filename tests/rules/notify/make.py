"""Records and routes for tests of notices."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from rules.incidents.mutes import Mute, MuteKind, parse_matcher
from rules.incidents.record import IncidentRecord, Status, VillageImpact
from rules.model import IncidentClass, Severity, VillageState
from rules.notify.message import Writer
from rules.notify.model import Dispatch, Notice, Summary, Telling, key_of
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


@dataclass
class SetClock:
    """A clock that stands until it is set."""

    seconds: float = NOON

    def now(self) -> datetime:
        """Return the instant that it shows."""
        return datetime.fromtimestamp(self.seconds, UTC)


WRITER = Writer(
    {"24133": "Buôn Đôn", "24175": "Ea Súp", "vnpt": "VNPT", "pop-7": "trạm Ea Huar"},
    link="https://srepok.example/incidents/{incident}",
    runbook="https://srepok.example/runbook",
)


def make_dispatch(
    *records: IncidentRecord,
    telling: Telling = Telling.RAISE,
    before: str = "",
    language: str = "en",
    digest: bool = False,
) -> Dispatch:
    """A message about these incidents."""
    notices = tuple(
        Notice(
            key_of("desk", record.incident, telling),
            telling,
            record,
            thread=key_of("desk", record.incident, Telling.RAISE),
            before=before,
        )
        for record in records
    )
    key = notices[0].key if len(notices) == 1 else key_of(*(each.key for each in notices))
    summary = Summary(records, len(records), 2, 240) if digest else None
    return Dispatch(key, "desk", language, notices, NOON, summary)


def make_mute(text: str, starts_at: float = NOON, ends_at: float = NOON + 30 * 86400) -> Mute:
    """A silence with one matcher, such as `commune=24133`."""
    matchers = (parse_matcher(text),)
    return Mute(7, MuteKind.SILENCE, matchers, starts_at, ends_at, starts_at, "lan", "works")
