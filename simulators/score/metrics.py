"""Metrics: each with its target, and with what a deadman without dependencies is expected to do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from simulators.milliseconds import MINUTE
from simulators.score.composite import judged_by_root
from simulators.score.evidence import Evidence
from simulators.score.limits import COHORTS, Cohort
from simulators.score.outcomes import Outcome
from simulators.score.quantiles import quantile

Bound = Literal["at least", "at most"]

_UNHEARD: Final = frozenset({"degradation, step", "degradation, ramp", "pipeline"})
"""Cohorts that a deadman knows nothing of."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure.

    Attributes:
        name: what it is.
        value: the figure; None where the runs give no evidence of it.
        unit: of the figure and the target; none for shares and counts.
        bound: whether the target is the least or the most.
        target: what a good watcher reaches; None where nothing is asked.
        naive: what is expected of a deadman of 3T for each device, in words.
    """

    name: str
    value: float | None
    unit: str = ""
    bound: Bound = "at least"
    target: float | None = None
    naive: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the figure is as good as its target; None where that cannot be said."""
        if self.value is None or self.target is None:
            return None
        if self.bound == "at least":
            return self.value >= self.target
        return self.value <= self.target


def metrics(evidence: Evidence) -> tuple[Metric, ...]:
    """Return every figure, in an order that is always the same."""
    return tuple(
        metric
        for group in (_recall, _notices, _detection, _clearing, _storm, _root, _books, _rest)
        for metric in group(evidence)
    )


def _recall(evidence: Evidence) -> Iterator[Metric]:
    outcomes = evidence.outcomes
    yield Metric("recall", _share(outcomes, _detected))
    for cohort in COHORTS.values():
        naive = "0" if cohort.name in _UNHEARD else "0.95-1.00"
        found = _share(_of(outcomes, cohort), _detected)
        yield Metric(f"recall, {cohort.name}", found, "", "at least", cohort.recall, naive)
    noticed = _share(outcomes, lambda outcome: outcome.noticed)
    yield Metric("faults of which at least a part was told", noticed)


def _notices(evidence: Evidence) -> Iterator[Metric]:
    notices = evidence.notices
    yield Metric("precision", notices.precision, "", "at least", 0.95, "0.02-0.06")
    yield Metric("incidents opened", notices.opened)
    yield Metric("incidents about nothing", notices.false)
    yield Metric("incidents about nothing, a day", notices.false_a_day)
    yield Metric(
        "incidents about nothing, a day of 1,000 devices",
        notices.false_a_day_of_1000,
        naive="about 290",
    )
    yield Metric(
        "quiet week of 7,900 devices", notices.quiet_week, "", "at most", 1, "about 16,000"
    )


def _detection(evidence: Evidence) -> Iterator[Metric]:
    for cohort in COHORTS.values():
        delays = [
            outcome.delay / (MINUTE if cohort.unit == "min" else outcome.interval)
            for outcome in _of(evidence.outcomes, cohort)
            if outcome.delay is not None
        ]
        naive = ("never", "never") if cohort.name in _UNHEARD else ("2.5", "2.95")
        name = f"detection time, {cohort.name}"
        yield _most(f"{name}, p50", quantile(delays, 0.5), cohort.unit, cohort.median, naive[0])
        yield _most(f"{name}, p95", quantile(delays, 0.95), cohort.unit, cohort.high, naive[1])


def _clearing(evidence: Evidence) -> Iterator[Metric]:
    times = [
        outcome.clear / outcome.interval
        for outcome in evidence.outcomes
        if outcome.clear is not None and outcome.clear_judged
    ]
    naive = "0.5 + reconnect"
    yield _most("time to clear, p50", quantile(times, 0.5), "T", 4.0, naive)
    yield _most("time to clear, p95", quantile(times, 0.95), "T", 6.0)
    false = sum(outcome.false_clears for outcome in evidence.outcomes)
    yield _most("false clears", float(false), "", 0.0, "1 a cycle of flapping")


def _storm(evidence: Evidence) -> Iterator[Metric]:
    notices = [float(outcome.notices) for outcome in evidence.outcomes]
    naive = "60-70 a feeder, thousands an operator"
    mean = sum(notices) / len(notices) if notices else None
    yield _most("notices a fault, mean", mean, "", 1.2, naive)
    yield _most("notices a fault, p95", quantile(notices, 0.95), "", 1.2, naive)


def _root(evidence: Evidence) -> Iterator[Metric]:
    outcomes = judged_by_root(evidence.outcomes)
    right = [outcome for outcome in outcomes if not outcome.wrong_edges]
    for name, target in (("area", 0.95), ("card or link", 0.85)):
        of = [outcome for outcome in right if outcome.cohort == name]
        yield Metric(f"root cause, {name}", _share(of, _right), "", "at least", target, "0")
    villages = [outcome for outcome in right if outcome.category == "village"]
    yield Metric("root cause, village", _share(villages, _right), naive="0")
    wrong = [outcome for outcome in outcomes if outcome.wrong_edges]
    name = "root cause, wrong edges in the inventory"
    yield Metric(name, _share(wrong, _right), "", "at least", 0.80, "0")


def _books(evidence: Evidence) -> Iterator[Metric]:
    honesty, accounts = evidence.honesty, evidence.accounts
    yield Metric("blind time held as unknown", honesty.admitted_share, "", "at least", 0.98, "0")
    yield _most("healthy time held as unknown", honesty.shrugged_share, "", 0.02)
    yield _most("Brier score of dark", evidence.calibration.brier, "", 0.002)
    yield _most("booked begins and ends are off by", accounts.end_error, "T", 0.5, "up to 3")
    yield _most("relative error of B-SAIDI", accounts.saidi_error, "", 0.005)


def _rest(evidence: Evidence) -> Iterator[Metric]:
    duties, cost = evidence.duties, evidence.cost
    works = duties.recorded / duties.works if duties.works else None
    yield Metric("announced work recorded without a notice", works)
    tickets = duties.ticketed / duties.broken if duties.broken else None
    yield Metric("broken devices with a ticket", tickets)
    yield Metric("CPU for 1,000 lines", cost.cpu_milliseconds_of_1000, "ms")
    yield Metric("peak memory", cost.peak_mebibytes or None, "MiB")


def _most(
    name: str, value: float | None, unit: str, target: float | None, naive: str = ""
) -> Metric:
    return Metric(name, value, unit, "at most", target, naive)


def _of(outcomes: Sequence[Outcome], cohort: Cohort) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.cohort == cohort.name]


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> float | None:
    return sum(map(holds, outcomes)) / len(outcomes) if outcomes else None


def _detected(outcome: Outcome) -> bool:
    return outcome.detected


def _right(outcome: Outcome) -> bool:
    return outcome.right_root
