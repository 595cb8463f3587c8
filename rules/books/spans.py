"""Spans of time: half-open [start, end) in whole seconds since 1970, and sets of them.

Whole seconds, because sums of them are exact: what is split at midnight adds up again. The edges
of an outage are known to about half a reporting interval, so nothing is lost.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

Span = tuple[int, int]
"""Start and end; of a set: sorted, apart from each other, none empty."""


def whole_seconds(instant: datetime) -> int:
    """Return an instant as seconds since 1970, to the nearest second."""
    return round(instant.timestamp())


def merge(spans: Iterable[Span]) -> list[Span]:
    """Return the set of these spans, in any order and overlapping as they may."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def intersect(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """Return what is in both sets."""
    others = list(right)
    return [
        (max(start, other_start), min(end, other_end))
        for start, end in left
        for other_start, other_end in others
        if max(start, other_start) < min(end, other_end)
    ]


def split(span: Span, within: Iterable[Span]) -> Iterator[tuple[Span, bool]]:
    """Yield the parts of a span in order, and of each whether it lies within a set."""
    at, last = span
    for start, end in within:
        if end <= at:
            continue
        if start >= last:
            break
        if at < start:
            yield (at, start), False
        at = max(at, start)
        yield (at, min(end, last)), True
        at = min(end, last)
    if at < last:
        yield (at, last), False


def total(spans: Iterable[Span]) -> int:
    """Return the seconds of a set."""
    return sum(end - start for start, end in spans)
