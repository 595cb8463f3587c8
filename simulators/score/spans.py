"""Spans: stretches of time [start, end) in milliseconds, and values that hold for a while.

A list of spans is sorted and disjoint.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Span(NamedTuple):
    """A stretch of time, its end not included."""

    start: int
    end: int


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the union of any spans."""
    union: list[Span] = []
    for span in sorted(spans):
        if span.end <= span.start:
            continue
        if union and span.start <= union[-1].end:
            union[-1] = Span(union[-1].start, max(union[-1].end, span.end))
        else:
            union.append(span)
    return union


def without(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    """Return what is left of some spans outside of others."""
    left: list[Span] = []
    for span in spans:
        start = span.start
        for hole in holes:
            if hole.end <= start or span.end <= hole.start:
                continue
            if start < hole.start:
                left.append(Span(start, hole.start))
            start = max(start, hole.end)
        if start < span.end:
            left.append(Span(start, span.end))
    return left


def shared(spans: Sequence[Span], others: Sequence[Span]) -> int:
    """Return how many milliseconds lie in both."""
    return total(spans) - total(without(spans, others))


def total(spans: Iterable[Span]) -> int:
    """Return how many milliseconds spans last together."""
    return sum(span.end - span.start for span in spans)


def holds(spans: Iterable[Span], at: int) -> bool:
    """Whether a moment lies in one of the spans; the end of one counts as within."""
    return any(span.start <= at <= span.end for span in spans)


class Steps(Generic[Value]):
    """A value over time, each from its moment on until the next.

    Args:
        first: the value before anything was said.
    """

    def __init__(self, first: Value) -> None:
        self._first = first
        self._steps: list[tuple[int, Value]] = []

    def set_from(self, start: int, value: Value) -> None:
        """Have the value hold from a moment on, in place of all that was said of later."""
        while self._steps and self._steps[-1][0] >= start:
            self._steps.pop()
        self._steps.append((start, value))

    def over(self, window: Span) -> Iterator[tuple[Span, Value]]:
        """Yield the values within a window, with the stretch over which each holds."""
        start, value = window.start, self._first
        for at, following in self._steps:
            if at >= window.end:
                break
            if at > start:
                yield Span(start, at), value
                start = at
            value = following
        if start < window.end:
            yield Span(start, window.end), value
