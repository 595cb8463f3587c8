"""The timeline: truth against incidents as a picture, one lane for each fault, as SVG."""

from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from simulators.milliseconds import instant
from simulators.score.axis import LOCAL, marks
from simulators.score.lanes import BLIND, LEGEND, Lane, lanes
from simulators.score.matching import Matching
from simulators.score.spans import Span
from simulators.score.truth import Truth

_WIDTH: Final = 1200
_LEFT: Final = 300
_RIGHT: Final = 30
_TOP: Final = 76
_LANE: Final = 22
_BAR: Final = 14
_LONGEST_LABEL: Final = 44


def draw_timeline(truth: Truth, matching: Matching, title: str) -> str:
    """Return an SVG: each fault with its incidents below it, then incidents about nothing."""
    run = truth.run
    rows = list(lanes(truth, matching))
    height = _TOP + _LANE * len(rows) + 30
    whole = Span(run.start, run.end)
    return "\n".join(
        [
            _opening(height),
            f"<title>{escape(title)}</title>",
            f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
            f'<text x="12" y="22" font-size="16" font-weight="bold">{escape(title)}</text>',
            *_legend(),
            *_blind(truth, whole, height),
            *_axis(whole, height),
            *_restart(truth, whole, height),
            *(line for at, lane in enumerate(rows) for line in _lane(at, lane, whole)),
            "</svg>\n",
        ]
    )


def _opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" font-family="sans-serif" font-size="12">'
    )


def _legend() -> Iterator[str]:
    place = 12
    for colour, label in LEGEND:
        yield f'<rect x="{place}" y="34" width="14" height="12" fill="{colour}"/>'
        yield f'<text x="{place + 19}" y="44">{label}</text>'
        place += 40 + 7 * len(label)


def _blind(truth: Truth, whole: Span, height: int) -> Iterator[str]:
    for blind in truth.blinds:
        left, right = _x(blind.start, whole), _x(blind.end, whole)
        yield (
            f'<rect x="{left:.1f}" y="{_TOP}" width="{max(right - left, 1):.1f}"'
            f' height="{height - _TOP - 24}" fill="{BLIND}"/>'
        )


def _axis(whole: Span, height: int) -> Iterator[str]:
    bottom = height - 24
    for at, label in marks(whole):
        x = _x(at, whole)
        yield (
            f'<line x1="{x:.1f}" y1="{_TOP - 4}" x2="{x:.1f}" y2="{bottom}" stroke="#BBBBBB"'
            ' stroke-dasharray="2 3"/>'
        )
        yield f'<text x="{x:.1f}" y="{_TOP - 8}" text-anchor="middle">{label}</text>'
    day = instant(whole.start + LOCAL).date()
    yield f'<text x="12" y="{_TOP - 8}">{day}, local time (UTC+7)</text>'


def _restart(truth: Truth, whole: Span, height: int) -> Iterator[str]:
    if truth.run.restart is not None:
        x = _x(truth.run.restart, whole)
        yield f'<line x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{height - 24}" stroke="black"/>'
        yield f'<text x="{x:.1f}" y="{height - 10}" text-anchor="middle">restart</text>'


def _lane(at: int, lane: Lane, whole: Span) -> Iterator[str]:
    y = _TOP + _LANE * at
    weight = ' font-weight="bold"' if lane.strong else ""
    indent = 12 if lane.strong else 28
    if lane.strong:
        yield f'<line x1="0" y1="{y}" x2="{_WIDTH}" y2="{y}" stroke="#EEEEEE"/>'
    yield f'<text x="{indent}" y="{y + 15}"{weight}>{escape(_short(lane.label))}</text>'
    for bar in lane.bars:
        left, right = _x(bar.span.start, whole), _x(bar.span.end, whole)
        # A moment is still a bar: nothing that happened may be invisible.
        yield (
            f'<rect x="{left:.1f}" y="{y + 4}" width="{max(right - left, 2):.1f}" height="{_BAR}"'
            f' fill="{bar.colour}"><title>{escape(bar.tip)}</title></rect>'
        )


def _x(at: int, whole: Span) -> float:
    share = (at - whole.start) / max(whole.end - whole.start, 1)
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(max(share, 0.0), 1.0)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"
