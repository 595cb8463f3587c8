"""Windows, rates and ratios: what a window comes to, whatever order its values come in."""

from random import Random

import pytest

from rules.rulebook.changes import Sample
from tests.rules.rulebook.make import START, Run, make_book, make_subjects, sample

RAIN = "rule: rain\nkind: threshold\nmetric: rain_mm\nabove: 50\nclear: 20\nover: 1h\ntake: sum\n"
RISE = "rule: rise\nkind: rate\nmetric: water_level_m\nabove: 0.5\nover: 1h\n"


def rain(minute: float, value: float) -> Sample:
    return sample(minute, value, metric="rain_mm")


def test_a_sum_counts_what_the_window_holds_and_lets_it_go() -> None:
    run = Run(make_book(RAIN), make_subjects("d"))
    for minute in range(240):
        run.step([rain(minute, 1.0 if minute < 60 else 0.0)], minute)
    opened, cleared = run.changes
    assert (opened.at - START) / 60 == pytest.approx(50, abs=2)
    assert (cleared.at - START) / 60 == pytest.approx(100, abs=3)


def test_a_sum_is_the_same_for_late_and_repeated_values() -> None:
    values = [rain(minute, 0.83) for minute in range(59)]
    Random(4).shuffle(values)
    run = Run(make_book(RAIN), make_subjects("d"))
    run.step([*values, *values], 59)
    run.step(values, 59.2)
    run.step([rain(59.5, 1)], 59.5)
    assert run.changes == []
    run.step([rain(59.8, 1)], 59.8)
    assert run.changes[0].value == pytest.approx(59 * 0.83 + 2)


def test_rain_that_was_kept_by_the_gauge_while_its_link_was_down_counts() -> None:
    run = Run(make_book(RAIN.replace("1h", "24h")), make_subjects("d"))
    for minute in range(0, 600, 10):
        run.step([rain(minute, 0.5)], minute)
    assert run.changes == []
    kept = [rain(minute, 2.5) for minute in range(605, 700, 10)]
    run.step([rain(705, 0.5)], 705)
    run.step(kept, 706)
    run.step([rain(740, 0)], 740)
    assert run.changes[0].value == pytest.approx(60 * 0.5 + 0.5 + 10 * 2.5)


def test_a_mean_says_nothing_before_half_its_window_was_seen() -> None:
    air = "rule: pm\nkind: threshold\nmetric: pm2_5_ugm3\nabove: 50\nover: 24h\n"
    run = Run(make_book(air), make_subjects("d", interval=600))
    for minute in range(0, 1440, 10):
        run.step([sample(minute, 60, metric="pm2_5_ugm3")], minute)
    assert 690 <= (run.changes[0].at - START) / 60 <= 740


def test_a_mean_of_less_than_nothing_stays_apart_from_its_limit() -> None:
    cold = "rule: c\nkind: threshold\nmetric: air_temperature_c\nbelow: -1\nover: 1h\ntake: most\n"
    run = Run(make_book(cold), make_subjects("d"))
    for minute in range(120):
        run.step([sample(minute, -2, metric="air_temperature_c")], minute)
    assert len(run.changes) == 1


def test_a_rate_is_of_change_in_the_unit_of_time_asked_for() -> None:
    run = Run(make_book(RISE), make_subjects("d"))
    for minute in range(120):
        run.step([sample(minute, 100 + 0.4 * minute / 60)], minute)
    assert run.changes == []
    for minute in range(120, 240):
        run.step([sample(minute, 100.8 + 0.7 * (minute - 120) / 60)], minute)
    assert run.changes[0].value == pytest.approx(0.5, abs=0.02)
    fast = Run(make_book(RISE + "per: 1m\n"), make_subjects("d"))
    for minute in range(60):
        fast.step([sample(minute, 0.6 * minute)], minute)
    assert fast.changes[0].value == pytest.approx(0.6)


def test_a_rate_downwards_is_below() -> None:
    run = Run(make_book(RISE.replace("above: 0.5", "below: -0.5")), make_subjects("d"))
    for minute in range(60):
        run.step([sample(minute, 100 - minute / 60)], minute)
    assert run.changes[0].value == pytest.approx(-1, rel=1e-4)


def test_a_ratio_is_of_two_values_of_the_same_report() -> None:
    rule = (
        "rule: probes\nkind: ratio\nnumerator: probes_ok\ndenominator: probes_sent\n"
        "below: 0.5\nclear: 0.8\n"
    )
    run = Run(make_book(rule), make_subjects("d", kind="link_probe"))

    def report(minute: int, good: float, sent: float) -> None:
        names = {"probes_ok": good, "probes_sent": sent}
        run.step([sample(minute, value, metric=name) for name, value in names.items()], minute)

    report(0, 9, 10)
    report(1, 1, 0)
    report(2, 0, 1)
    report(3, 6, 10)
    report(4, 90, 100)
    assert run.told == [("open", 2, "held"), ("clear", 4, "cleared")]


def share_run(at_least: int = 3) -> Run:
    rule = (
        "rule: dark\nkind: ratio\nshare: {metric: street_light_on, below: 0.5}\nby: commune\n"
        f"at_least: {at_least}\nabove: 50%\nclear: 30%\nfor: 1m\n"
    )
    subjects = make_subjects("a", "b", "c", "d") | make_subjects("e", commune="24154")
    return Run(make_book(rule), subjects)


def lamps(run: Run, minute: float, lit: dict[str, float]) -> None:
    values = [sample(minute, on, code, "street_light_on") for code, on in lit.items()]
    run.step(values, minute)


def test_a_share_counts_the_devices_of_a_group_that_show_it() -> None:
    run = share_run()
    for minute in range(5):
        lamps(run, minute, {"a": 0, "b": 0, "c": 1, "d": 1, "e": 0})
    assert run.changes == []
    for minute in range(5, 9):
        lamps(run, minute, {"a": 0, "b": 0, "c": 0, "d": 1, "e": 0})
    (change,) = run.changes
    assert (change.device, change.labels, change.value) == ("", {"commune": "24133"}, 0.75)


def test_a_share_is_of_devices_that_are_heard_and_of_enough_of_them() -> None:
    run = share_run()
    for minute in range(5):
        lamps(run, minute, {"a": 0, "b": 0})
    assert run.changes == []
    run = share_run(at_least=2)
    lamps(run, 0, {"c": 1, "d": 1})
    for minute in range(10):
        lamps(run, minute, {"a": 0, "b": 0})
    # c and d are stale after three minutes: only then are a and b more than half.
    assert (run.changes[0].at - START) / 60 == pytest.approx(4, abs=1)


def test_a_group_that_falls_silent_is_unknown() -> None:
    run = share_run()
    for minute in range(4):
        lamps(run, minute, {"a": 0, "b": 0, "c": 0})
    run.step([], 60)
    assert [one.reason for one in run.changes] == ["held", "no fresh value"]
