"""Gates: what a watcher must never do."""

import pytest

from simulators.score.evidence import gather
from simulators.score.gates import Gate, Gates
from tests.simulators.score.make import (
    Object,
    clearing,
    fault_line,
    held,
    make_log,
    make_truth,
    opening,
    run_line,
    state_line,
    text,
    update,
)

BROKER = {
    **fault_line("broker", 30, 31, category="pipeline", root="pipeline", villages=[]),
    "class": "pipeline",
}


def gates(
    truth_lines: list[Object],
    *said: Object,
    twin: list[Object] | None = None,
    restart: float | None = None,
) -> Gates:
    run = run_line(restart=None if restart is None else text(restart))
    truth = make_truth(*truth_lines, run=run)
    return gather(truth, make_log(*said), None if twin is None else make_log(*twin)).gates


def test_nothing_is_tested_by_a_calm_run() -> None:
    verdicts = {gate.verdict for gate in (Gate(), gates([]).pipeline, gates([]).time)}
    assert verdicts == {"not tested"}
    assert gates([], restart=30).restart.verdict == "not tested"


def test_a_pipeline_fault_that_is_told_as_one_passes() -> None:
    said = [opening(30.5, "p", "pipeline", villages=[]), held(30.5, "unknown", "*")]
    assert gates([BROKER], *said).pipeline.verdict == "passed"


# 31 is its end; devices may take 2 minutes to be back, and 3T is a minute and a half.
@pytest.mark.parametrize(("at", "offences"), [(29, 0), (30, 1), (34.4, 1), (34.6, 0)])
def test_no_outage_may_be_told_because_of_the_pipeline(at: float, offences: int) -> None:
    assert gates([BROKER], opening(at)).pipeline.offences == offences


def test_no_village_may_be_held_dark_because_of_the_pipeline() -> None:
    gate = gates([BROKER], held(31, "dark", "v1"), held(32, "dark", "v1")).pipeline
    assert (gate.offences, gate.verdict) == (1, "failed")
    assert "village 'v1' was held to be dark from 2026-03-02T01:31:00.000Z" in gate.example
    assert gates([BROKER], held(31, "dark", "*")).pipeline.offences == 4
    assert gates([BROKER], held(50, "dark", since=30.5)).pipeline.offences == 1


def test_a_village_that_is_dark_may_be_held_so() -> None:
    truth_lines = [BROKER, fault_line("cut", 30.2, 60), state_line("v1", 30.2, 60)]
    gate = gates(truth_lines, opening(33), held(33, "dark", since=30.2)).pipeline
    assert gate.verdict == "passed"


def test_a_run_and_its_twin_must_say_the_same() -> None:
    here = [opening(31, "a"), held(31, "dark"), held(32, "dark"), clearing(40, "a")]
    there = [held(35, "dark"), opening(36, "b"), clearing(50, "b")]
    assert gates([], *here, twin=there).time.verdict == "passed"


@pytest.mark.parametrize(
    ("there", "example"),
    [
        ([], "only with the faults: open outage of v1 (1 villages)"),
        ([opening(31), clearing(40), opening(50)], "only without the faults: open outage"),
        ([opening(31, as_class="degradation"), clearing(40)], "only with the faults: open"),
        ([opening(31, villages=["v2"]), clearing(40)], "only with the faults"),
        ([opening(31, root=["v2"]), clearing(40)], "only with the faults"),
        ([opening(31), clearing(40), held(41, "dark")], "village 'v1' goes through other states"),
    ],
)
def test_a_difference_between_twins_is_named(there: list[Object], example: str) -> None:
    gate = gates([], opening(31), clearing(40), twin=there).time
    assert gate.verdict == "failed"
    assert example in gate.example


CUT = fault_line("cut", 30, 60)


def test_an_incident_that_outlives_a_restart_passes() -> None:
    assert gates([CUT], opening(31), clearing(61), restart=45).restart.verdict == "passed"


def test_an_incident_that_nobody_speaks_of_any_more_is_lost() -> None:
    gate = gates([CUT], opening(31), restart=45).restart
    assert (gate.offences, gate.verdict) == (1, "failed")
    assert "never spoken of again" in gate.example


def test_a_fault_that_lasts_to_the_end_loses_nothing() -> None:
    lasting = fault_line("cut", 30, 240)
    assert gates([lasting], opening(31), restart=45).restart.verdict == "passed"


def test_opening_the_same_again_after_a_restart_repeats_a_notice() -> None:
    gate = gates([CUT], opening(31), opening(46), clearing(61), restart=45).restart
    assert (gate.offences, gate.example) == (
        1,
        "incident 'i1' was opened again after the restart",
    )


def test_another_name_for_the_same_repeats_a_notice() -> None:
    said = [opening(31), opening(46, "i2"), clearing(61), clearing(61, "i2")]
    gate = gates([CUT], *said, restart=45).restart
    assert gate.example == "incident 'i2' says again what 'i1' said"


def test_an_update_after_a_restart_repeats_nothing() -> None:
    assert gates([CUT], opening(31), update(46), clearing(61), restart=45).restart.offences == 0


def test_a_new_fault_in_the_same_places_is_news() -> None:
    faults = [CUT, fault_line("feeder", 50, 80, root="feeder")]
    said = [opening(31), opening(51, "i2", root=["feeder"]), clearing(61), clearing(81, "i2")]
    assert gates(faults, *said, restart=45).restart.verdict == "passed"


def test_one_failed_run_fails_the_gate_of_all() -> None:
    passed, failed = Gate(0, 1), Gate(2, 1, "this")
    assert (passed + failed + Gate()).verdict == "failed"
    assert (passed + failed).example == "this"
    assert Gates(pipeline=passed).failed is False
    assert Gates(time=failed).failed is True
