"""What holds for any values, in any order, cut anywhere."""

from collections.abc import Sequence
from math import nan
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.rulebook.changes import Sample
from rules.rulebook.state import Status
from tests.rules.rulebook.make import START, Run, as_dicts, make_book, make_subjects, sample

BOOK = make_book(
    "rule: high\nkind: threshold\nmetric: water_level_m\nabove: 5\nclear: 4\n"
    "for: 2m\nkeep_firing: 2m\n",
    "rule: mean\nkind: threshold\nmetric: water_level_m\nabove: 5\nover: 10m\n",
    "rule: rise\nkind: rate\nmetric: water_level_m\nabove: 20\nover: 10m\nfor: 1m\n",
    "rule: many\nkind: ratio\nshare: {metric: water_level_m, above: 5}\nby: commune\n"
    "at_least: 2\nabove: 50%\nfor: 1m\n",
    "rule: silent\nkind: absence\nfor: 5m\nkeep_firing: 1m\n",
)
SUBJECTS = make_subjects("a", "b", "c")
MINUTES = 40

Steps = list[list[Sample]]
"""What is delivered in each minute."""

deliveries = st.lists(
    st.tuples(
        st.integers(0, MINUTES - 1),
        st.sampled_from(sorted(SUBJECTS)),
        st.sampled_from([0.0, 4.5, 5.5, 9.0]),
        st.integers(0, 6),
    ),
    max_size=80,
    unique_by=lambda one: one[:2],
)
"""Minute of measuring, device, value, minutes of delay."""


def steps_of(drawn: Sequence[tuple[int, str, float, int]], *, delays: bool = True) -> Steps:
    steps: Steps = [[] for _ in range(MINUTES + 8)]
    for minute, device, value, delay in sorted(drawn):
        steps[minute + delay * delays].append(sample(minute, value, device))
    return steps


def by_subject(run: Run) -> list[tuple[object, ...]]:
    """Return what was said; alerts of one moment are numbered in the order they come."""
    return sorted(
        (one.rule, one.device, one.at, one.action.value, one.reason, one.value or 0)
        for one in run.changes
    )


def run_of(steps: Steps, restarts: Sequence[int] = ()) -> Run:
    run = Run(BOOK, SUBJECTS, restarts)
    for minute, samples in enumerate(steps):
        run.step(samples, minute)
    return run


@settings(max_examples=80, deadline=None)
@given(deliveries, st.lists(st.integers(0, MINUTES + 7), max_size=6))
def test_a_restart_from_the_state_at_any_point_changes_nothing(
    drawn: list[tuple[int, str, float, int]], restarts: list[int]
) -> None:
    steps = steps_of(drawn)
    assert as_dicts(run_of(steps, restarts).changes) == as_dicts(run_of(steps).changes)


@settings(max_examples=80, deadline=None)
@given(deliveries, st.randoms(use_true_random=False))
def test_repeats_change_nothing_whenever_they_come(
    drawn: list[tuple[int, str, float, int]], random: Random
) -> None:
    steps = steps_of(drawn)
    repeated = [list(samples) for samples in steps]
    for minute, samples in enumerate(steps):
        for one in samples:
            repeated[random.randint(minute, len(steps) - 1)].append(one)
    assert as_dicts(run_of(repeated).changes) == as_dicts(run_of(steps).changes)


@settings(max_examples=80, deadline=None)
@given(deliveries, st.randoms(use_true_random=False))
def test_the_order_of_devices_within_a_delivery_changes_nothing_about_any_of_them(
    drawn: list[tuple[int, str, float, int]], random: Random
) -> None:
    steps = steps_of(drawn, delays=False)
    mixed = [random.sample(samples, len(samples)) for samples in steps]

    assert by_subject(run_of(mixed)) == by_subject(run_of(steps))


REPORTED = make_book(
    "rule: down\nkind: ratio\nnumerator: probes_ok\ndenominator: probes_sent\nbelow: 0.5\n",
    "rule: few\nkind: threshold\nmetric: probes_sent\nbelow: 5\nover: 10m\n",
    "rule: lossy\nkind: ratio\nshare: {metric: probes_ok, below: 5}\nby: commune\n"
    "at_least: 2\nabove: 50%\n",
    "rule: silent\nkind: absence\nfor: 5m\n",
)

reports = st.dictionaries(
    st.tuples(st.integers(0, MINUTES - 1), st.sampled_from(sorted(SUBJECTS))),
    st.dictionaries(
        st.sampled_from(["probes_sent", "probes_ok", "rtt_p50_ms"]),
        st.sampled_from([0.0, 4.0, 6.0, 10.0, -1.0, nan]),
        min_size=1,
    ),
    max_size=80,
)
"""Values by minute and device; some of metrics that no rule is about, some that cannot be."""


@settings(max_examples=80, deadline=None)
@given(reports)
def test_values_of_a_report_come_to_the_same_together_and_one_by_one(
    drawn: dict[tuple[int, str], dict[str, float]],
) -> None:
    together, single = Run(REPORTED, SUBJECTS), Run(REPORTED, SUBJECTS)
    for (minute, device), values in sorted(drawn.items()):
        at = START + 60 * minute
        together.step([Sample(at, device, values)], minute)
        single.step([Sample(at, device, {name: one}) for name, one in values.items()], minute)
    together.step([], MINUTES + 10)
    single.step([], MINUTES + 10)
    assert by_subject(together) == by_subject(single)


@settings(max_examples=80, deadline=None)
@given(deliveries)
def test_each_alert_opens_once_and_ends_at_most_once_and_time_never_goes_back(
    drawn: list[tuple[int, str, float, int]],
) -> None:
    run = run_of(steps_of(drawn))
    lives: dict[str, list[str]] = {}
    last: dict[str, float] = {}
    for change in run.changes:
        lives.setdefault(change.alert, []).append(change.action.value)
        assert change.at >= last.get(change.alert, 0.0)
        last[change.alert] = change.at
        assert change.since <= change.at
        assert change.ended is None or change.since <= change.ended <= change.at
    for life in lives.values():
        assert life[0] == "open"
        assert "open" not in life[1:]
        assert "clear" not in life[:-1]


@settings(max_examples=80, deadline=None)
@given(deliveries)
def test_an_alert_that_is_open_when_data_stops_is_open_for_ever(
    drawn: list[tuple[int, str, float, int]],
) -> None:
    run = run_of(steps_of(drawn))
    before = {one.alert for one in run.changes if one.rule != "g/silent"} - {
        one.alert for one in run.changes if one.action == "clear"
    }
    said = run.step([], 100_000)
    assert not [one for one in said if one.action == "clear" and one.reason != "cleared"]
    # What was kept firing when data stopped may still end; nothing else does.
    for change in said:
        assert change.action != "clear" or change.at - START <= (MINUTES + 12) * 60
    ended = {one.alert for one in said if one.action == "clear"}
    unknown = {
        one.told.alert
        for one in run.engine.standing()
        if one.told is not None and one.status is Status.UNKNOWN
    }
    assert before - ended <= unknown
