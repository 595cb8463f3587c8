"""Thresholds: hold duration, hysteresis, keep firing, silence, late values, hours of the day."""

import pytest

from rules.rulebook.state import Status
from tests.rules.rulebook.make import START, Run, make_book, make_subjects, sample

HIGH = """\
rule: high
kind: threshold
metric: water_level_m
above: 5
clear: 4
for: 2m
keep_firing: 3m
"""


@pytest.fixture
def run() -> Run:
    return Run(make_book(HIGH), make_subjects("d"))


def test_it_opens_after_the_hold_duration_with_the_time_since_when(run: Run) -> None:
    run.values(3, 6, 6, 6, 6)

    (change,) = run.changes
    assert run.told == [("open", 3, "held")]
    assert (change.since, change.alert, change.value) == (START + 60, "r1", 6)
    assert change.summary == {"en": "D 6.0", "vi": "D"}
    assert change.labels == {"device": "d", "commune": "24133"}


def test_time_alone_fulfils_the_hold_duration_while_the_value_is_fresh(run: Run) -> None:
    run.values(3, 6)
    run.step([], 2.9)
    assert run.changes == []
    run.step([], 3.5)
    assert run.told == [("open", 3, "held")]


def test_a_value_below_the_threshold_begins_the_hold_anew(run: Run) -> None:
    run.values(6, 6, 4.5, 6, 6)
    assert run.changes == []
    run.values(6, first=5)
    assert run.told == [("open", 5, "held")]


def test_between_the_two_thresholds_an_alert_stays(run: Run) -> None:
    run.values(6, 6, 6, *[4.5] * 20)
    assert run.told == [("open", 2, "held")]


def test_it_ends_after_keep_firing_and_says_when_the_end_began(run: Run) -> None:
    run.values(6, 6, 6, 3, 3, 6, 3, 3, 3, 3, 3)
    assert run.told == [("open", 2, "held"), ("clear", 9, "cleared")]
    assert run.changes[-1].ended == START + 6 * 60
    assert run.changes[-1].alert == run.changes[0].alert


def test_silence_makes_an_alert_unknown_and_never_ends_it(run: Run) -> None:
    run.values(6, 6, 6)
    run.step([], 10_000)

    assert run.told == [("open", 2, "held"), ("update", 5, "no fresh value")]
    assert not run.changes[-1].known
    (standing,) = run.engine.standing()
    assert standing.status is Status.UNKNOWN


def test_silence_while_it_is_about_to_end_is_no_end(run: Run) -> None:
    run.values(6, 6, 6, 6)
    run.values(3, first=4)
    run.step([], 6.9)
    assert run.told == [("open", 2, "held")]
    # Fresh for three minutes, and kept firing for three: it ends only because both end together.
    longer = Run(make_book(HIGH.replace("3m", "4m")), make_subjects("d"))
    longer.values(6, 6, 6, 3)
    longer.step([], 1000)
    assert [one.reason for one in longer.changes] == ["held", "no fresh value"]


def test_a_fresh_value_tells_whether_an_unknown_alert_still_holds(run: Run) -> None:
    run.values(6, 6, 6)
    run.step([], 60)
    run.values(6, first=61)
    assert run.last() == ("update", 61, "fresh value")
    assert run.changes[-1].known
    run.values(3, 3, 3, 3, first=62)
    assert run.last() == ("clear", 65, "cleared")


def test_silence_while_pending_proves_nothing() -> None:
    longer = Run(make_book(HIGH.replace("2m", "10m")), make_subjects("d"))
    longer.values(6, 6)
    longer.step([], 30)
    assert longer.changes == []
    longer.values(*[6] * 11, first=31)
    assert longer.told == [("open", 41, "held")]


def test_late_and_repeated_values_change_nothing(run: Run) -> None:
    run.values(6, 6, 6)
    run.step([sample(1, 2), sample(2, 2), sample(0, 1)], 3)
    run.step([], 4)
    assert run.told == [("open", 2, "held")]


def test_a_value_from_the_future_counts_as_from_now(run: Run) -> None:
    run.step([sample(600, 6)], 0)
    run.values(6, 6, 6, first=1)
    assert run.told == [("open", 2, "held")]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, -1e300])
def test_a_value_that_cannot_be_is_left_out(run: Run, value: float) -> None:
    run.values(6, 6)
    run.values(value, first=1.5)
    run.values(6, first=2)
    assert run.told == [("open", 2, "held")]


def test_each_alert_has_a_name_of_its_own_and_the_same_fingerprint(run: Run) -> None:
    run.engine.state.series = "s1"
    run.values(*([6, 6, 6, 3, 3, 3, 3] * 2))
    opened = [one for one in run.changes if one.action == "open"]
    assert [one.alert for one in opened] == ["s1r1", "s1r2"]
    assert len({one.fingerprint for one in opened}) == 1


def test_below_is_above_the_other_way_round() -> None:
    low = "rule: low\nkind: threshold\nmetric: battery_percent\nbelow: 20\nclear: 30\n"
    run = Run(make_book(low), make_subjects("d"))
    for minute, value in enumerate([25, 19, 25, 31]):
        run.step([sample(minute, value, metric="battery_percent")], minute)
    assert run.told == [("open", 1, "held"), ("clear", 3, "cleared")]


def test_devices_may_have_limits_of_their_own_and_others_none() -> None:
    rule = 'rule: x\nkind: threshold\nmetric: water_level_m\nabove: {"a*": 5, b: 7}\nclear_by: 1\n'
    run = Run(make_book(rule), make_subjects("a1", "b", "c"))
    run.step([sample(0, 6, "a1"), sample(0, 6, "b"), sample(0, 600, "c")], 0)
    assert [one.device for one in run.changes] == ["a1"]
    run.step([sample(1, 8, "b"), sample(1, 4.5, "a1")], 1)
    run.step([sample(2, 6.5, "b"), sample(2, 4, "a1")], 2)
    assert [(one.device, one.action.value) for one in run.changes[1:]] == [
        ("b", "open"),
        ("a1", "clear"),
    ]


def test_outside_its_hours_a_rule_neither_opens_nor_keeps_an_alert() -> None:
    rule = HIGH.replace("keep_firing: 3m", "between: 22:00-00:05")
    run = Run(make_book(rule), make_subjects("d"))
    run.values(*[6] * 10)
    assert run.told == [("open", 2, "held"), ("clear", 5, "outside its hours")]


def test_a_template_that_fails_on_a_value_still_leaves_a_summary() -> None:
    rule = HIGH.replace("for: 2m\n", "description: {en: '{{ 1 / (value - 6) }}', vi: x}\n")
    run = Run(make_book(rule), make_subjects("d"))
    run.values(6)
    assert run.changes[0].description == {"en": "", "vi": "x"}
    assert run.changes[0].summary["en"] == "D 6.0"
