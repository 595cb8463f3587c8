"""The axis of a timeline: where its marks stand, in local time."""

from collections.abc import Sequence
from typing import Final

from simulators.milliseconds import DAY, HOUR, MINUTE, instant
from simulators.score.spans import Span

LOCAL: Final = 7 * HOUR
"""What is added to UTC in Vietnam, in milliseconds."""
_MOST_MARKS: Final = 12
_STEPS: Final = (
    *(minutes * MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * DAY for days in (1, 2, 7)),
)


def marks(whole: Span) -> Sequence[tuple[int, str]]:
    """Return the moments to mark, in milliseconds, each with its label in local time.

    They stand on full minutes, hours or days of local time, and are twelve at most; a run of more
    than twelve weeks gets a mark each week all the same.
    """
    length = whole.end - whole.start
    step = next((step for step in _STEPS if length / step <= _MOST_MARKS), _STEPS[-1])
    first = -(-(whole.start + LOCAL) // step) * step - LOCAL
    form = "%d %b" if step >= DAY else "%H:%M" if length <= DAY else "%d %b %H:%M"
    return [(at, instant(at + LOCAL).strftime(form)) for at in range(first, whole.end + 1, step)]
