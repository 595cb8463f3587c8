"""Books: accounts, honesty and calibration of what a watcher held of villages."""

import pytest

from simulators.milliseconds import MINUTE
from simulators.score.accounts import Accounts
from simulators.score.calibration import Calibration
from simulators.score.evidence import Evidence, gather
from simulators.score.honesty import Honesty
from tests.simulators.score.make import (
    Object,
    blind_line,
    fault_line,
    held,
    make_log,
    make_truth,
    run_line,
    state_line,
)


def evidence(
    truth_lines: list[Object], *said: Object, villages: dict[str, int] | None = None
) -> Evidence:
    run = run_line(villages or {"v1": 100}, lasts=105)
    return gather(make_truth(*truth_lines, run=run), make_log(*said))


def accounts(truth_lines: list[Object], *said: Object) -> Accounts:
    return evidence(truth_lines, *said).accounts


DARK = state_line("v1", 30, 50)


def test_exact_books_have_no_error() -> None:
    kept = accounts([DARK], held(31, "dark", since=30), held(52, "served", since=50))
    assert (kept.true_minutes, kept.booked_minutes) == (2000, 2000)
    assert (kept.saidi_error, kept.end_error, kept.end_credit) == (0, 0, 1)


def test_begin_and_end_are_judged_in_intervals() -> None:
    kept = accounts([DARK], held(30.5, "dark"), held(50.25, "served"))
    assert kept.end_error == pytest.approx(0.75)
    assert kept.end_credit == pytest.approx((0.5 + 1) / 2)
    assert kept.saidi_error == pytest.approx(25 / 2000)


def test_what_is_said_later_of_earlier_replaces_it() -> None:
    kept = accounts([DARK], held(32, "degraded"), held(33, "dark", since=30), held(50, "served"))
    assert kept.saidi_error == 0


def test_what_was_never_booked_is_worth_nothing() -> None:
    kept = accounts([DARK])
    assert (kept.saidi_error, kept.end_credit, kept.end_error) == (1, 0, None)


def test_darkness_that_was_none_is_an_error() -> None:
    kept = accounts([DARK], held(30, "dark"), held(70, "served"))
    assert kept.saidi_error == 1


def test_villages_count_by_their_households() -> None:
    truth_lines = [DARK, state_line("v2", 30, 50)]
    said = [held(30, "dark", "v1"), held(50, "served", "v1")]
    kept = evidence(truth_lines, *said, villages={"v1": 300, "v2": 100}).accounts
    assert kept.saidi_error == pytest.approx(0.25)
    assert kept.end_credit == pytest.approx(0.75)


def test_a_line_for_every_village_is_one_for_each() -> None:
    truth_lines = [DARK, state_line("v2", 30, 50)]
    said = [held(30, "dark", "*"), held(50, "served", "*"), held(60, "dark", "nowhere")]
    kept = evidence(truth_lines, *said, villages={"v1": 100, "v2": 100}).accounts
    assert kept.saidi_error == 0


def test_errors_of_runs_do_not_cancel() -> None:
    missed = accounts([DARK])
    invented = accounts([], held(30, "dark"), held(50, "served"))
    assert (missed + invented).saidi_error == 2


def test_announced_work_is_in_no_account() -> None:
    work = fault_line("work", 30, 40, expect="record", planned=True)
    overrun = fault_line("overrun", 40, 50)
    truth_lines = [work, overrun, state_line("v1", 30, 50, faults=["work", "overrun"])]
    kept = accounts(truth_lines, held(30, "maintenance"), held(40, "dark"), held(50, "served"))
    assert (kept.true_minutes, kept.saidi_error) == (1000, 0)
    assert kept.weight == 100


def test_blind_times_are_in_no_account() -> None:
    kept = accounts([DARK, blind_line(40, 60)], held(30, "dark"), held(40, "unknown", "*"))
    assert (kept.true_minutes, kept.saidi_error, kept.weight) == (1000, 0, 100)


def test_no_darkness_gives_no_evidence_of_accounts() -> None:
    assert accounts([]).saidi_error is None


def honesty(*said: Object) -> Honesty:
    return evidence([blind_line(30, 32.5)], *said).honesty


def test_blind_time_counts_from_an_interval_after_its_begin() -> None:
    assert honesty().blind == 2 * MINUTE
    assert honesty().admitted_share == 0
    assert honesty(held(30.5, "unknown"), held(32.5, "served")).admitted_share == 1
    assert honesty(held(31.5, "unknown"), held(32.5, "served")).admitted_share == 0.5


def test_what_was_unknown_at_the_time_or_in_the_end_is_admitted() -> None:
    at_the_time = honesty(held(30.5, "unknown"), held(33, "served", since=30.5))
    in_the_end = honesty(held(33, "unknown", since=30.5), held(33, "served"))
    assert (at_the_time.admitted_share, in_the_end.admitted_share) == (1, 1)


def test_unknown_while_all_is_well_is_a_shrug() -> None:
    # 100 minutes are judged; 2.5 are blind and 2 more are for devices to come back.
    shrugged = honesty(held(30.5, "unknown"), held(34.5 + 9.55, "served"))
    assert shrugged.healthy == 95.5 * MINUTE
    assert shrugged.shrugged_share == pytest.approx(0.1)


def test_a_village_that_is_not_served_is_not_healthy() -> None:
    truth_lines = [state_line("v1", 30, 50, "degraded")]
    kept = evidence(truth_lines, held(30, "unknown"), held(50, "served")).honesty
    assert (kept.shrugged_share, kept.admitted_share) == (0, None)


def calibration(*said: Object, lines: list[Object] | None = None) -> Calibration:
    return evidence(lines or [DARK], *said).calibration


def test_a_state_is_as_good_as_a_probability() -> None:
    assert calibration().brier == pytest.approx(20 / 100)
    assert calibration(held(30, "dark"), held(50, "served")).brier == 0
    assert calibration(held(30, "unknown"), held(50, "served")).brier == pytest.approx(0.05)


def test_probabilities_are_squared_distances_from_the_truth() -> None:
    said = [held(5, "served", p_down=0.1), held(30, "dark", p_down=0.9), held(50, "served")]
    expected = (25 * 0.1**2 + 20 * 0.1**2) / 100
    assert calibration(*said).brier == pytest.approx(expected)


def test_what_was_held_at_the_time_is_what_is_calibrated() -> None:
    said = [held(35, "dark", since=30), held(50, "served")]
    assert calibration(*said).brier == pytest.approx(5 / 100)


def test_blind_times_and_maintenance_say_nothing_of_calibration() -> None:
    lines = [DARK, blind_line(30, 40)]
    kept = calibration(held(40, "maintenance"), held(50, "served"), lines=lines)
    assert (kept.minutes, kept.brier) == (80, 0)


def test_no_minutes_give_no_score() -> None:
    assert Calibration().brier is None
    assert Honesty().shrugged_share is None
