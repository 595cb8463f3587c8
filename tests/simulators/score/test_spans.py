"""Spans and steps: arithmetic of time."""

from simulators.score.quantiles import quantile
from simulators.score.spans import Span, Steps, holds, merged, shared, total, without


def test_spans_that_touch_are_one() -> None:
    spans = [Span(5, 7), Span(1, 3), Span(3, 4), Span(6, 9), Span(9, 9)]
    assert merged(spans) == [Span(1, 4), Span(5, 9)]


def test_holes_cut_spans() -> None:
    spans = [Span(0, 10), Span(20, 30)]
    holes = [Span(2, 3), Span(8, 22), Span(25, 26), Span(29, 40)]
    left = without(spans, holes)
    assert left == [Span(0, 2), Span(3, 8), Span(22, 25), Span(26, 29)]
    assert total(left) == 13
    assert shared(spans, holes) == 7


def test_the_end_of_a_span_is_held_by_it() -> None:
    assert [holds([Span(2, 4)], at) for at in (1, 2, 4, 5)] == [False, True, True, False]


def test_what_is_said_of_earlier_replaces_what_was_said_of_later() -> None:
    steps = Steps("served")
    steps.set_from(10, "dark")
    steps.set_from(20, "served")
    steps.set_from(15, "degraded")
    assert list(steps.over(Span(5, 30))) == [
        (Span(5, 10), "served"),
        (Span(10, 15), "dark"),
        (Span(15, 30), "degraded"),
    ]
    assert list(steps.over(Span(12, 14))) == [(Span(12, 14), "dark")]


def test_quantiles_go_in_a_straight_line_between_values() -> None:
    assert quantile([], 0.5) is None
    assert quantile([7], 0.95) == 7
    assert quantile([2, 1], 0.5) == 1.5
    assert quantile(range(101), 0.95) == 95
