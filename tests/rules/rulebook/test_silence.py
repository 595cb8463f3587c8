"""Absence: nothing was heard of a device for too long; and when it is we who cannot hear."""

import pytest

from rules.rulebook.changes import Sample
from tests.rules.rulebook.make import START, Run, make_book, make_subjects, sample

SILENT = "rule: silent\nkind: absence\nfor: 10m\n"


@pytest.fixture
def run() -> Run:
    return Run(make_book(SILENT), make_subjects("d"))


def test_a_device_that_stops_is_silent_after_the_duration(run: Run) -> None:
    run.values(1, 1, 1)
    run.step([], 11.9)
    assert run.changes == []
    run.step([], 20)
    assert run.told == [("open", 12, "nothing heard")]
    assert (run.changes[0].since, run.changes[0].value) == (START + 120, 600)


def test_a_device_that_was_never_heard_is_silent_too(run: Run) -> None:
    run.step([], 0)
    run.step([], 10)
    assert run.told == [("open", 10, "nothing heard")]


def test_the_first_value_ends_it_unless_it_is_kept_firing(run: Run) -> None:
    run.step([], 0)
    run.step([], 15)
    run.values(1, first=16)
    assert run.last() == ("clear", 16, "heard again")
    kept = Run(make_book(SILENT + "keep_firing: 5m\n"), make_subjects("d"))
    kept.step([], 0)
    kept.step([], 15)
    kept.values(*[1] * 6, first=16)
    assert kept.last() == ("clear", 21, "heard again")


def test_a_report_without_values_shows_that_its_device_is_there(run: Run) -> None:
    run.values(1)
    run.step([Sample(START + 60 * 8, "d", {})], 8)
    run.step([], 17)
    assert run.changes == []


def test_values_that_were_kept_by_the_device_do_not_show_that_it_reports_again(run: Run) -> None:
    run.values(1)
    run.step([], 100)
    run.step([sample(minute, 1) for minute in range(1, 60)], 100.1)
    assert run.told == [("open", 10, "nothing heard")]


def test_the_declared_interval_counts() -> None:
    rule = "rule: silent\nkind: absence\nintervals: 3\n"
    slow, quick = make_subjects("d", interval=900), make_subjects("q", interval=10)
    run = Run(make_book(rule), slow | quick)
    run.step([sample(0, 1, "d"), sample(0, 1, "q")], 0)
    run.step([], 60)
    assert [(one.device, (one.at - START)) for one in run.changes] == [("q", 30), ("d", 2700)]


def test_a_device_that_reports_seldom_is_given_two_intervals() -> None:
    run = Run(make_book(SILENT), make_subjects("d", interval=900))
    run.values(1)
    run.step([], 60)
    assert run.told == [("open", 30, "nothing heard")]


def test_one_metric_may_be_waited_for() -> None:
    run = Run(make_book(SILENT + "metric: water_level_m\n"), make_subjects("d"))
    for minute in range(20):
        run.step([sample(minute, 12, metric="battery_volts")], minute)
    assert run.told == [("open", 10, "nothing heard")]


def test_nobody_is_silent_while_we_are_blind_nor_for_what_we_missed(run: Run) -> None:
    run.values(1)
    run.engine.blind()
    run.step([], 60)
    assert run.changes == []
    run.engine.seeing(START + 60 * 60)
    run.step([], 69)
    assert run.changes == []
    run.step([], 70)
    assert run.told == [("open", 70, "nothing heard")]


def test_silence_says_nothing_to_other_rules_of_the_device() -> None:
    high = "rule: high\nkind: threshold\nmetric: water_level_m\nabove: 5\n"
    run = Run(make_book(high, SILENT), make_subjects("d"))
    run.values(6, 6)
    run.step([], 60)
    run.values(6, first=61)
    assert [(one.rule, one.reason) for one in run.changes] == [
        ("g/high", "held"),
        ("g/high", "no fresh value"),
        ("g/silent", "nothing heard"),
        ("g/high", "fresh value"),
        ("g/silent", "heard again"),
    ]
