"""The score is honest: knowing all is worth 100, and neither silence nor noise is worth much."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.score.composite import compose
from simulators.score.evidence import Evidence, gather, pooled
from simulators.score.incidents import read_incidents
from simulators.score.truth import Truth
from simulators.watchers.oracle import foretell
from simulators.watchers.reporter import Reporter
from tests.simulators.score.make import (
    Object,
    blind_line,
    fault_line,
    held,
    make_log,
    make_truth,
    opening,
    run_line,
    state_line,
    text,
)

AREA = [f"v{number}" for number in range(1, 13)]
VILLAGES = [f"v{number}" for number in range(1, 31)]
LASTS = 480


def area_fault(name: str, onset: float, end: float) -> Object:
    return fault_line(name, onset, end, category="area", root="agg", villages=AREA, device_count=36)


def eventful() -> Truth:
    """Return a run with a fault of each kind, some of them at the same time."""
    card = fault_line(
        "card", 100, 140, category="card", root="olt-c1", villages=["v13", "v14"], links=["a", "b"]
    )
    slow = fault_line(
        "slow", 150, 240, category="degradation", root="v15", villages=["v15"], crossed=text(170)
    )
    broker = fault_line("broker", 250, 252, category="pipeline", root="pipeline", villages=[])
    work = fault_line("work", 260, 300, expect="record", planned=True, root="v17", villages=["v17"])
    dead = fault_line("dead", 270, 400, expect="ticket", devices=["d1", "d2"], villages=[])
    return make_truth(
        area_fault("ring", 30, 90),
        fault_line("village", 31, 95, root="v20", villages=["v20"]),
        fault_line("same-area", 60, 110, root="v2", villages=["v2"], device_count=4),
        card,
        {**slow, "class": "degradation"},
        {**broker, "class": "pipeline"},
        fault_line("unseen", 251, 280, root="v16", villages=["v16"]),
        work,
        fault_line("overrun", 300, 330, root="v17", villages=["v17"], crossed=text(305)),
        {**dead, "class": "device"},
        fault_line("flap", 340, 370, category="flapping", root="v18", villages=["v18"]),
        fault_line("path", 380, 390, expect="info", root="agg", villages=AREA),
        fault_line("skew", 400, 420, expect="none", category="none", villages=AREA),
        state_line("v20", 31, 95, faults=["village"]),
        state_line("v2", 30, 60, "degraded", ["ring"]),
        state_line("v2", 60, 110, faults=["ring", "same-area"]),
        state_line("v16", 251, 280, faults=["unseen"]),
        state_line("v17", 260, 330, faults=["work", "overrun"]),
        *(state_line("v18", at, at + 2, faults=["flap"]) for at in range(340, 370, 4)),
        blind_line(250, 252),
        run=run_line(VILLAGES, LASTS, restart=text(310)),
    )


def told_by_the_oracle(truth: Truth, path: Path) -> Evidence:
    said = io.StringIO()
    foretell(truth, Reporter(said))
    path.write_text(said.getvalue())
    log = read_incidents(path)
    return gather(truth, log, twin=log)


def test_the_oracle_scores_100_with_every_part_and_every_gate(tmp_path: Path) -> None:
    evidence = told_by_the_oracle(eventful(), tmp_path / "incidents.jsonl")
    composite = compose(evidence)
    assert [part.name for part in composite.parts if part.credit != 1] == []
    assert composite.score == 100
    gates = evidence.gates
    assert {gates.pipeline.verdict, gates.time.verdict, gates.restart.verdict} == {"passed"}
    assert evidence.calibration.brier == 0
    assert (evidence.duties.recorded, evidence.duties.ticketed) == (1, 2)


def score(*said: Object) -> float:
    value = compose(gather(eventful(), make_log(*said))).score
    assert value is not None
    return value


def minutes() -> range:
    return range(1, LASTS)


def every_village_every_minute() -> Iterator[Object]:
    yield held(1, "dark", "*")
    for minute in minutes():
        for village in VILLAGES:
            yield opening(minute, f"{village}/{minute}", root=[village], villages=[village])


def every_fault_every_minute() -> Iterator[Object]:
    """Say exactly what is true of each fault, but all the time: only the moment is not known."""
    for minute in minutes():
        for fault in eventful().expected:
            yield opening(
                minute,
                f"{fault.fault}/{minute}",
                fault.fault_class,
                root=[fault.root],
                villages=sorted(fault.villages),
                links=sorted(fault.links),
            )


def all_in_one_every_minute() -> Iterator[Object]:
    for minute in minutes():
        yield opening(minute, str(minute), root=VILLAGES, villages=VILLAGES)


def everything_once() -> Iterator[Object]:
    for village in VILLAGES:
        yield opening(1, village, root=[village], villages=[village])


def never_sure() -> Iterator[Object]:
    yield held(0, "unknown", "*")


@pytest.mark.parametrize(
    "watcher",
    [
        every_village_every_minute,
        every_fault_every_minute,
        all_in_one_every_minute,
        everything_once,
        never_sure,
        lambda: iter(()),
    ],
)
def test_neither_silence_nor_noise_is_worth_much(watcher: type[Iterator[Object]]) -> None:
    assert score(*watcher()) < 15


def test_a_quiet_week_beside_it_changes_nothing_for_the_silent() -> None:
    quiet = make_truth(run=run_line(VILLAGES, 10_080))
    together = pooled([gather(eventful(), make_log()), gather(quiet, make_log())])
    assert (compose(together).score or 0) < 15
