"""Notices and records made for tests, and what the engine says of whole scenarios."""

import io
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rules.engine.engine import Engine
from rules.incidents.geography import Geography
from rules.incidents.record import IncidentRecord, LinkImpact, Status, Step, VillageImpact
from rules.model import (
    Action,
    Event,
    IncidentClass,
    IncidentNotice,
    Severity,
    Transition,
    VillageState,
)
from rules.replay import replay
from simulators.generate import generate_province
from simulators.scenarios.reader import load_scenario
from tests.rules.runs import record as record_scenario

SCALE = 0.03


def notice(at: float, action: Action = Action.OPEN, **said: Any) -> IncidentNotice:  # noqa: ANN401 - the notice's own
    """Return a notice of incident x1 at link l1, unless it says otherwise."""
    values: dict[str, Any] = {
        "incident": "x1",
        "incident_class": IncidentClass.OUTAGE,
        "root": ("l1",),
        "villages": (),
        "links": (),
        "onset": at - 40,
        "reason": "fell silent together",
    }
    return IncidentNotice(at=at, action=action, **(values | said))


def record(revision: int = 1, **said: Any) -> IncidentRecord:  # noqa: ANN401 - the record's own
    """Return a record of incident x1: village v1 dark since 1000, unless it says otherwise."""
    values: dict[str, Any] = {
        "incident": "x1",
        "incident_class": IncidentClass.OUTAGE,
        "severity": Severity.CRITICAL,
        "status": Status.OPEN,
        "root": ("olt-1",),
        "root_kind": "olt",
        "onset": 1000.0,
        "opened_at": 1040.0,
        "changed_at": 1040.0 + revision,
        "reason": "fell silent together",
        "impacts": (VillageImpact("v1", 120, VillageState.DARK, 1000.0),),
        "links": ("v1-ftth",),
        "link_impacts": (LinkImpact("v1-ftth", 1000.0),),
        "communes": ("24133",),
        "operators": ("vnpt",),
        "revision": revision,
        "summary": {"en": "Outage: OLT", "vi": "Mất kết nối: OLT"},
    }
    return IncidentRecord(**(values | said))


def cleared(revision: int = 2, ended: float = 2000.0, **said: Any) -> IncidentRecord:  # noqa: ANN401 - the record's own
    """Return a record of incident x1 when it is over."""
    over: dict[str, Any] = {
        "status": Status.CLEARED,
        "step": Step.CLEARED,
        "ended_at": ended,
        "cleared_at": ended + 60,
        "changed_at": ended + 60,
        "impacts": (VillageImpact("v1", 120, VillageState.DARK, 1000.0, ended),),
        "link_impacts": (LinkImpact("v1-ftth", 1000.0, ended),),
    }
    return record(revision, **(over | said))


@lru_cache(maxsize=4)
def scenario_said(name: str, scale: float = SCALE) -> tuple[Geography, tuple[Transition, ...]]:
    """Return the places of a scenario, and all that the engine says of it."""
    recorded = record_scenario(name, scale)
    said: list[Transition] = []

    class Overheard(Engine):
        def advance(self, events: Iterable[Event], now: float) -> list[Transition]:
            transitions = super().advance(events, now)
            said.extend(transitions)
            return transitions

    replay(recorded.events, name, Overheard(recorded.network), io.StringIO())
    conditions = load_scenario(name).conditions
    province = generate_province(1, scale, wrong_edges=conditions.wrong_edges)
    return Geography(province.published), tuple(said)
