"""Builders of truths and of what watchers say; times are minutes from the start of the run."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from simulators.milliseconds import MINUTE, stamp
from simulators.score.incidents import IncidentLog, VillageLine
from simulators.score.lines import Line
from simulators.score.lives import IncidentLine, Lives
from simulators.score.truth import Blind, Fault, Run, Truth, VillageState

START = 1_772_413_200_000
"""2026-03-02 08:00 in Vietnam, in milliseconds."""
INTERVAL_MINUTES = 0.5
"""T of every run that is made here."""

Object = Mapping[str, Any]
"""A line of a file, as it will be written."""

AnyLine = TypeVar("AnyLine", bound=Line)


def moment(minutes: float) -> int:
    """Return a moment of the run in milliseconds."""
    return START + round(minutes * MINUTE)


def text(minutes: float) -> str:
    """Return a moment of the run as files have it."""
    return stamp(moment(minutes))


def run_line(
    villages: Mapping[str, int] | Iterable[str] = ("v1", "v2", "v3", "v4"),
    lasts: float = 240,
    **changes: object,
) -> Object:
    """Return the first line of a truth log; villages have 100 households unless told."""
    households = villages if isinstance(villages, Mapping) else dict.fromkeys(villages, 100)
    return {
        "kind": "run",
        "format": "srepok-truth/1",
        "scenario": "made",
        "seed": 1,
        "interval_s": 60 * INTERVAL_MINUTES,
        "start": text(0),
        "warm": text(5),
        "end": text(lasts),
        "villages": {code: {"households": n, "devices": 3} for code, n in households.items()},
        **changes,
    }


def fault_line(name: str, onset: float, end: float, **changes: object) -> Object:
    """Return a fault's line: unless told otherwise, village v1 is cut and must be told."""
    return {
        "kind": "fault",
        "fault": name,
        "fault_kind": "cut",
        "class": "outage",
        "category": "village",
        "expect": "incident",
        "root": "v1",
        "cause": "fibre",
        "onset": text(onset),
        "end": text(end),
        "villages": ["v1"],
        "device_count": 3,
        **changes,
    }


def state_line(
    village: str, start: float, end: float, state: str = "dark", faults: Iterable[str] = ()
) -> Object:
    """Return the line of a village that was not served."""
    return {
        "kind": "village",
        "village": village,
        "state": state,
        "reason": "network",
        "start": text(start),
        "end": text(end),
        "faults": list(faults),
    }


def blind_line(start: float, end: float) -> Object:
    """Return the line of a time in which nobody could know."""
    return {"kind": "blind", "start": text(start), "end": text(end), "cause": "broker"}


def make_truth(*lines: Object, run: Object | None = None) -> Truth:
    """Return a truth of these lines."""
    return Truth(
        _model(Run, run or run_line()),
        tuple(_model(Fault, line) for line in lines if line["kind"] == "fault"),
        tuple(_model(VillageState, line) for line in lines if line["kind"] == "village"),
        tuple(_model(Blind, line) for line in lines if line["kind"] == "blind"),
    )


def opening(
    at: float, name: str = "i1", as_class: str | None = "outage", **changes: object
) -> Object:
    """Return the opening of an incident: unless told otherwise, an outage of village v1."""
    return {
        "kind": "incident",
        "at": text(at),
        "incident": name,
        "action": "open",
        "class": as_class,
        "root": ["v1"],
        "villages": ["v1"],
        **changes,
    }


def update(at: float, name: str = "i1", **changes: object) -> Object:
    """Return an update of an incident."""
    return {"kind": "incident", "at": text(at), "incident": name, "action": "update", **changes}


def clearing(at: float, name: str = "i1", **changes: object) -> Object:
    """Return the clearing of an incident."""
    return {"kind": "incident", "at": text(at), "incident": name, "action": "clear", **changes}


def held(
    at: float,
    state: str,
    village: str = "v1",
    since: float | None = None,
    p_down: float | None = None,
) -> Object:
    """Return what a watcher's book says of a village from `since`, or from now."""
    return {
        "kind": "village",
        "at": text(at),
        "village": village,
        "state": state,
        "since": text(at if since is None else since),
        "p_down": p_down,
    }


def make_log(*lines: Object) -> IncidentLog:
    """Return the log of a watcher that said this."""
    lives = Lives()
    for line in lines:
        if line["kind"] == "incident":
            problem = lives.take(_model(IncidentLine, line))
            assert problem is None, problem
    books = tuple(_model(VillageLine, line) for line in lines if line["kind"] == "village")
    return IncidentLog(lives.incidents(), books)


def written(*lines: Object) -> str:
    """Return lines as a file has them."""
    return "".join(json.dumps(line) + "\n" for line in lines)


def _model(model: type[AnyLine], line: Object) -> AnyLine:
    return model.model_validate_json(json.dumps(line))
