"""The composite: eight parts, their weights, and the cap of a failed gate."""

import pytest

from simulators.score.composite import Composite, Part, compose, falling, falling_fast
from simulators.score.evidence import gather, pooled
from tests.simulators.score.make import (
    Object,
    blind_line,
    clearing,
    fault_line,
    held,
    make_log,
    make_truth,
    opening,
    run_line,
    state_line,
)


def credit(truth_lines: list[Object], *said: Object) -> dict[str, float | None]:
    composite = compose(gather(make_truth(*truth_lines), make_log(*said)))
    return {part.name: part.credit for part in composite.parts}


CUT = fault_line("cut", 30, 60)


def test_credit_falls_in_a_line_or_by_the_logarithm() -> None:
    assert [falling(value, 1, 3) for value in (0, 1, 2, 3, 9)] == [1, 1, 0.5, 0, 0]
    assert falling_fast(0, 1, 100) == 1
    assert falling_fast(10, 1, 100) == pytest.approx(0.5)
    assert falling_fast(1000, 1, 100) == 0


def test_the_weights_are_a_hundred() -> None:
    assert sum(part.weight for part in compose(gather(make_truth(), make_log())).parts) == 100


def test_recall_is_the_share_of_faults_that_were_told() -> None:
    other = fault_line("other", 30, 60, root="v2", villages=["v2"])
    assert credit([CUT, other], opening(31))["recall"] == 0.5


def test_detection_time_is_whole_at_the_target_and_nothing_at_three_times_it() -> None:
    # Three devices: the target is 1.5 T, 45 seconds.
    speeds = [credit([CUT], opening(30 + delay))["detection time"] for delay in (0.75, 1.5, 2.25)]
    assert speeds == [1, 0.5, 0]


def test_what_was_missed_has_no_credit_in_time_storm_root_and_clearing() -> None:
    parts = credit([CUT])
    names = ("recall", "precision", "detection time", "storm", "root cause", "clearing")
    assert [parts[name] for name in names] == [0] * 6


def test_two_notices_are_no_calm_and_ten_are_a_storm() -> None:
    def calm(notices: int) -> float | None:
        return credit([CUT], *(opening(31, str(name)) for name in range(notices)))["storm"]

    assert calm(1) == 1
    assert calm(2) == pytest.approx(0.759, abs=0.001)
    assert calm(10) == 0


def test_a_false_clearing_costs_the_credit_of_clearing() -> None:
    assert credit([CUT], opening(31), clearing(61))["clearing"] == 1
    # The target is 2 T and 60 s: 2 minutes.
    assert credit([CUT], opening(31), clearing(64))["clearing"] == 0.5
    assert credit([CUT], opening(31), clearing(40))["clearing"] == 0
    assert credit([CUT], opening(31))["clearing"] == 0


def test_the_root_of_the_pipeline_is_not_asked_for() -> None:
    broker = fault_line("b", 30, 35, category="pipeline", villages=[])
    parts = credit([{**broker, "class": "pipeline"}], opening(30, "p", "pipeline"))
    assert (parts["recall"], parts["root cause"]) == (1, None)


def test_accounts_are_half_ends_and_half_minutes() -> None:
    dark = state_line("v1", 30, 50)
    exact = credit([CUT, dark], held(30, "dark"), held(50, "served"))
    assert exact["accounting"] == 1
    # Two minutes off at both ends; 5 % of the minutes are missing: half of the way to 50 %.
    wrong = credit([CUT, dark], held(31, "dark"), held(50, "served"))
    assert wrong["accounting"] == pytest.approx((0.5 + 0.5) / 2)


def test_honesty_needs_unknown_when_blind_and_not_when_all_is_well() -> None:
    blind = blind_line(30, 40)
    honest = [held(30, "unknown", "*"), held(40, "served", "*")]
    assert credit([blind], *honest)["honesty"] == 1
    assert credit([blind])["honesty"] == 0
    assert credit([blind], held(0, "unknown", "*"))["honesty"] == 0
    assert credit([CUT])["honesty"] is None


def test_parts_without_evidence_leave_their_weight_to_the_others() -> None:
    parts = (Part("recall", 25, 1.0), Part("storm", 10, None), Part("precision", 20, 0.1))
    assert Composite(parts, gated=False).score == pytest.approx(100 * 27 / 45)
    assert Composite((Part("storm", 10, None),), gated=False).score is None


def test_a_failed_gate_caps_the_score() -> None:
    part = (Part("recall", 25, 0.9),)
    assert Composite(part, gated=False).score == 90
    assert Composite(part, gated=True).score == 50
    assert Composite(part, gated=True).ungated == 90
    assert Composite((Part("recall", 25, 0.2),), gated=True).score == 20


def test_a_quiet_run_is_all_precision() -> None:
    quiet = make_truth()
    assert compose(gather(quiet, make_log())).score == 100
    assert compose(gather(quiet, make_log(opening(31)))).score == 0


def test_runs_are_pooled_before_they_are_scored() -> None:
    found = gather(make_truth(CUT), make_log(opening(30), clearing(60)))
    noisy = gather(make_truth(), make_log(*(opening(30 + n, str(n)) for n in range(3))))
    missed = gather(make_truth(CUT, run=run_line(scenario="other")), make_log())
    together = pooled([found, noisy, missed])
    parts = {part.name: part.credit for part in compose(together).parts}
    assert (parts["recall"], parts["precision"]) == (0.5, 0.25)
    assert [outcome.fault for outcome in together.outcomes] == ["made/1/cut", "other/1/cut"]
