"""Outcomes: times to detection and to clearing, notices and roots of each fault."""

import pytest

from simulators.milliseconds import MINUTE, SECOND
from simulators.score.matching import match
from simulators.score.outcomes import Outcome, outcomes
from tests.simulators.score.make import (
    Object,
    blind_line,
    clearing,
    fault_line,
    make_log,
    make_truth,
    opening,
    update,
)


def outcome(truth_lines: list[Object], *said: Object) -> Outcome:
    truth = make_truth(*truth_lines)
    (only,) = outcomes(truth, match(truth, make_log(*said)))
    return only


def test_the_delay_runs_from_onset_to_first_notice() -> None:
    told = outcome([fault_line("cut", 30, 60)], opening(30.2, notified=False), update(30.75))
    assert told.delay == 45 * SECOND
    assert told.detected
    assert told.fault == "made/1/cut"


def test_a_notice_before_the_onset_is_no_delay() -> None:
    assert outcome([fault_line("cut", 30, 60)], opening(29.6)).delay == 0


def test_a_slow_degradation_counts_from_when_it_crossed_the_limit() -> None:
    fault = fault_line("slow", 30, 200, category="degradation", crossed="2026-03-02T02:30:00Z")
    told = outcome([fault], opening(100, as_class="degradation"))
    assert (told.delay, told.cohort) == (10 * MINUTE, "degradation, ramp")


def test_a_fault_in_a_blind_time_counts_from_when_devices_can_be_back() -> None:
    truth_lines = [fault_line("cut", 30, 60), blind_line(29, 31)]
    assert outcome(truth_lines, opening(34)).delay == 1 * MINUTE


def test_what_was_missed_has_no_delay() -> None:
    missed = outcome([fault_line("cut", 30, 60)])
    assert (missed.detected, missed.delay, missed.noticed) == (False, None, False)


def test_what_was_told_in_part_was_noticed() -> None:
    fault = fault_line("ring", 30, 60, villages=["v1", "v2", "v3"])
    told = outcome([fault], opening(31))
    assert (told.detected, told.noticed, told.notices) == (False, True, 1)


@pytest.mark.parametrize(
    ("category", "devices", "cohort", "seconds"),
    [
        ("area", 120, "area", 15),
        ("village", 5, "village, 4+ devices", 36),
        ("village", 4, "village, 4+ devices", 36),
        ("village", 3, "village, 3 devices", 45),
        ("village", 2, "village, 2 devices", 75),
        ("village", 1, "village, 1 device", 105),
        ("card", 4, "card or link", 87),
        ("link", 1, "card or link", 87),
        ("degradation", 0, "degradation, step", 600),
        ("flapping", 2, "flapping", 300),
        ("pipeline", 0, "pipeline", 30),
        ("device", 1, "other", 87),
    ],
)
def test_each_kind_has_its_target(category: str, devices: int, cohort: str, seconds: int) -> None:
    one = outcome([fault_line("cut", 30, 60, category=category, device_count=devices)])
    assert (one.cohort, one.target) == (cohort, seconds * SECOND)


def test_faults_shorter_than_three_intervals_are_not_asked_for() -> None:
    truth = make_truth(fault_line("blink", 30, 31.4), fault_line("cut", 40, 41.5))
    found = outcomes(truth, match(truth, make_log()))
    assert [each.fault for each in found] == ["made/1/cut"]


def test_faults_of_the_pipeline_are_asked_for_however_short() -> None:
    fault = fault_line("broker", 30, 30.5, category="pipeline", villages=[])
    assert not outcome([{**fault, "class": "pipeline"}]).detected


def test_the_clearing_counts_from_the_true_end() -> None:
    told = outcome([fault_line("cut", 30, 60)], opening(31), clearing(61.5))
    assert (told.clear, told.false_clears, told.clear_judged) == (90 * SECOND, 0, True)
    assert told.clear_target == 2 * MINUTE


def test_a_clearing_before_the_true_end_is_false() -> None:
    said = [opening(31), clearing(40), opening(45, "i2"), clearing(50, "i2"), opening(52, "i3")]
    told = outcome([fault_line("cut", 30, 60)], *said, clearing(61, "i3"))
    assert (told.clear, told.false_clears) == (None, 2)


def test_an_end_too_near_that_of_the_run_is_not_judged() -> None:
    assert outcome([fault_line("cut", 30, 234)]).clear_judged
    assert not outcome([fault_line("cut", 30, 235)]).clear_judged


def test_notices_are_those_of_all_that_is_about_it() -> None:
    said = [opening(31), opening(32, "i2"), clearing(33, "i2"), opening(34, "i2")]
    assert outcome([fault_line("cut", 30, 60)], *said).notices == 3


def test_outages_that_a_pipeline_fault_caused_are_its_notices() -> None:
    fault = {
        **fault_line("broker", 30, 32, category="pipeline", root="pipeline", villages=[]),
        "class": "pipeline",
    }
    said = [opening(31, "p", "pipeline", villages=[]), opening(32), opening(33, "i2")]
    assert outcome([fault], *said).notices == 3


@pytest.mark.parametrize(
    ("root", "right"),
    [
        (["card"], True),
        (["olt", "card"], True),
        (["only-child"], True),
        (["olt"], False),
        ([], False),
        (["card", *(f"n{number}" for number in range(7))], True),
        (["card", *(f"n{number}" for number in range(8))], False),
    ],
)
def test_the_root_or_what_nobody_can_tell_from_it_must_be_named(
    root: list[str], *, right: bool
) -> None:
    fault = fault_line("cut", 30, 60, category="card", root="card", equivalent=["only-child"])
    assert outcome([fault], opening(31, root=root)).right_root is right


def test_the_last_root_counts() -> None:
    said = [opening(31, root=["v2"]), update(32, root=["v1"]), update(33)]
    assert outcome([fault_line("cut", 30, 60)], *said).right_root
