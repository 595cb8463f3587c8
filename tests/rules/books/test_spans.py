"""Spans, on random ones: what is in a set, counted second by second, does not change."""

from hypothesis import given
from hypothesis import strategies as st

from rules.books.spans import Span, intersect, merge, split, total

SPANS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair)))
)


def seconds(spans: list[Span]) -> set[int]:
    return {second for start, end in spans for second in range(start, end)}


@given(SPANS)
def test_a_set_holds_the_same_seconds_sorted_and_apart(spans: list[Span]) -> None:
    merged = merge(spans)

    assert seconds(merged) == seconds(spans)
    assert total(merged) == len(seconds(spans))
    edges = [edge for span in merged for edge in span]
    assert edges == sorted(set(edges))


@given(SPANS.flatmap(lambda spans: st.tuples(st.just(spans), st.permutations(spans))))
def test_the_order_of_spans_means_nothing(orders: tuple[list[Span], list[Span]]) -> None:
    assert merge(orders[0]) == merge(orders[1])


@given(SPANS, SPANS)
def test_what_two_sets_share_is_in_both(left: list[Span], right: list[Span]) -> None:
    shared = intersect(merge(left), merge(right))

    assert seconds(shared) == seconds(left) & seconds(right)


@given(st.tuples(st.integers(0, 30), st.integers(31, 60)), SPANS)
def test_a_split_leaves_nothing_out_and_tells_what_is_within(span: Span, spans: list[Span]) -> None:
    parts = list(split(span, merge(spans)))

    assert [edge for part, _ in parts for edge in part] == sorted(
        edge for part, _ in parts for edge in part
    )
    assert seconds([part for part, _ in parts]) == seconds([span])
    assert seconds([part for part, within in parts if within]) == (seconds([span]) & seconds(spans))
