"""A board as one SVG picture, for documents: the same as the page, without a browser."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, Final

from dashboards.frames import Field, Frame
from dashboards.preview import charts
from dashboards.preview.look import look_of
from dashboards.time_range import TimeRange

_COLUMN, _ROW, _GAP, _HEAD = 52, 34, 6, 44
"""Pixels: a column and a row of the grid, between panels, and above them all."""

_LETTER, _BOLD_LETTER = 6.2, 7.3
"""Pixels of a letter of a table and of a title, about."""

_LINE: Final = 16
_STYLE: Final = (
    "text { font: 11px sans-serif; fill: #24292e } .title { font-weight: bold; font-size: 12px } "
    ".figure { font-size: 22px; text-anchor: middle } .board { font-size: 20px } "
    ".name { font-size: 10px; text-anchor: middle } .none { fill: #777 }"
)

Panel = Mapping[str, Any]


def picture(
    dashboard: Mapping[str, Any], frames: Mapping[int, Sequence[Frame]], time: TimeRange
) -> str:
    """Return the picture; the arguments are those of `sheet.page`."""
    placed = [panel["gridPos"] for panel in dashboard["panels"]]
    width = 24 * _COLUMN + _GAP
    height = _HEAD + max(place["y"] + place["h"] for place in placed) * _ROW + _GAP
    parts = "".join(
        _heading(panel) if panel["type"] == "row" else _panel(panel, frames[panel["id"]][0], time)
        for panel in dashboard["panels"]
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}"><style>{_STYLE}</style>'
        f'<rect width="{width}" height="{height}" fill="#f4f5f5"/>'
        f'<text class="board" x="{_GAP}" y="28">{escape(dashboard["title"])}</text>'
        f"{parts}</svg>\n"
    )


def _heading(panel: Panel) -> str:
    y = _HEAD + panel["gridPos"]["y"] * _ROW + _ROW - 10
    return f'<text class="title" x="{_GAP}" y="{y}">{escape(panel["title"])}</text>'


def _panel(panel: Panel, frame: Frame, time: TimeRange) -> str:
    place = panel["gridPos"]
    width, height = place["w"] * _COLUMN - _GAP, place["h"] * _ROW - _GAP
    title = escape(_cut(panel["title"], (width - 12) * _LETTER / _BOLD_LETTER))
    return (
        f'<svg x="{place["x"] * _COLUMN + _GAP}" y="{_HEAD + place["y"] * _ROW}" '
        f'width="{width}" height="{height}">'
        f'<rect width="{width}" height="{height}" fill="#fff" stroke="#ddd"/>'
        f'<text class="title" x="6" y="16">{title}</text>'
        f"{''.join(_content(panel, frame, time, (width - 12, height - 30)))}</svg>"
    )


def _content(
    panel: Panel, frame: Frame, time: TimeRange, size: tuple[float, float]
) -> Iterator[str]:
    if not frame or not frame[0].values:
        nothing = escape(panel["fieldConfig"]["defaults"]["noValue"])
        yield f'<text class="none" x="6" y="40">{nothing}</text>'
    elif panel["type"] == "stat":
        yield from _figures(panel, frame, size)
    elif panel["type"] == "table":
        yield from _table(panel, frame, size)
    else:
        legend = charts.legend(panel, frame) if panel["type"] == "timeseries" else []
        tall = size[1] - (_LINE if legend else 0)
        place = f'x="6" y="24" width="{size[0]}" height="{tall}" '
        yield charts.draw(panel, frame, time).replace("<svg ", f"<svg {place}", 1)
        yield from _legend(legend, size[1] + 20)


def _legend(legend: Sequence[tuple[str, str]], y: float) -> Iterator[str]:
    x = 6.0
    for name, colour in legend:
        yield f'<rect x="{x:.0f}" y="{y - 8}" width="8" height="8" fill="{colour}"/>'
        yield f'<text x="{x + 11:.0f}" y="{y}">{escape(name[:24])}</text>'
        x += 22 + len(name[:24]) * _LETTER


def _figures(panel: Panel, frame: Frame, size: tuple[float, float]) -> Iterator[str]:
    share = size[0] / len(frame)
    for number, field in enumerate(frame):
        look = look_of(panel, field)
        value = field.values[-1]
        text = look.text(value) or str(panel["fieldConfig"]["defaults"]["noValue"])
        left, middle = 6 + number * share, 6 + (number + 0.5) * share
        yield (
            f'<rect x="{left:.1f}" y="24" width="{share - 2:.1f}" height="{size[1]}" '
            f'fill="{look.colour(value) or "none"}"/>'
            f'<text class="figure" x="{middle:.1f}" y="{28 + size[1] / 2:.1f}">'
            f"{escape(_cut(text, share * 1.8))}</text>"
        )
        if len(frame) > 1:
            yield (
                f'<text class="name" x="{middle:.1f}" y="{size[1] + 18:.1f}">'
                f"{escape(look.title)}</text>"
            )


def _table(panel: Panel, frame: Frame, size: tuple[float, float]) -> Iterator[str]:
    shown = [field for field in frame if not look_of(panel, field).hidden]
    count = min(len(frame[0].values), int(size[1] // _LINE) - 1)
    texts = [_column(panel, field, count) for field in shown]
    needed = [max(len(text) for text in column) for column in texts]
    left = 6.0
    for field, column, letters in zip(shown, texts, needed, strict=True):
        width = size[0] * letters / sum(needed)
        look = look_of(panel, field)
        for row, text in enumerate(column):
            y = 24 + row * _LINE
            if row and look.filled and (colour := look.colour(field.values[row - 1])):
                yield (
                    f'<rect x="{left:.1f}" y="{y}" width="{width - 3:.1f}" '
                    f'height="{_LINE - 2}" fill="{colour}"/>'
                )
            style = "" if row else ' font-weight="bold"'
            cut = escape(_cut(text, width - 4))
            yield f'<text x="{left + 2:.1f}" y="{y + 11}"{style}>{cut}</text>'
        left += width


def _column(panel: Panel, field: Field, count: int) -> list[str]:
    look = look_of(panel, field)
    return [look.title, *(look.text(value)[:48] for value in field.values[:count])]


def _cut(text: str, width: float) -> str:
    letters = max(int(width / _LETTER), 1)
    return text if len(text) <= letters else f"{text[: max(letters - 1, 1)]}…"
