"""Charts as inline SVG: lines, bars of states, bars, tiles."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any, Final

from dashboards.frames import Field, Frame, Kind
from dashboards.preview.look import Look, look_of
from dashboards.time_range import TimeRange

WIDTH, HEIGHT = 600, 200
_LEFT, _BOTTOM, _TOP = 60, 20, 8
_NAMES: Final = 130
_CLASSIC: Final = (
    "#73BF69",
    "#F2CC0C",
    "#8AB8FF",
    "#FF780A",
    "#F2495C",
    "#5794F2",
    "#B877D9",
    "#705DA0",
)
"""The first colours of Grafana's classic palette."""

Panel = Mapping[str, Any]


def lines(panel: Panel, frame: Frame, time: TimeRange) -> str:
    """Return lines over time, with limits dashed."""
    moments = next(field for field in frame if field.kind is Kind.TIME).values
    numbers = [field for field in frame if field.kind is Kind.NUMBER]
    if panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal":
        numbers = list(_stacked(numbers))
    known: list[float] = [v for field in numbers for v in field.values if v is not None]
    if "axisSoftMin" in panel["fieldConfig"]["defaults"]["custom"]:
        known = [*known, 0.0]
    low, high = min(known, default=0.0), max(known, default=0.0)
    span = (high - low) or 1.0

    def height(value: float) -> float:
        return HEIGHT - _BOTTOM - (value - low) / span * (HEIGHT - _BOTTOM - _TOP)

    parts = list(_axes(panel, numbers, (low, high), time))
    for number, field in enumerate(numbers):
        look = look_of(panel, field)
        style = f'stroke="{line_colour(look, field, number)}"'
        if look.dash:
            style += f' stroke-dasharray="{" ".join(map(str, look.dash))}"'
        for run in _runs(moments, field.values):
            points = " ".join(f"{_x(at, time):.1f},{height(value):.1f}" for at, value in run)
            parts.append(f'<polyline points="{points}" fill="none" {style}/>')
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]:
        if low <= step["value"] <= high:
            y = height(step["value"])
            parts.append(
                f'<line x1="{_LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}" '
                f'stroke="{step["color"]}" stroke-dasharray="4 4"/>'
            )
    return _svg(parts, HEIGHT)


def legend(panel: Panel, frame: Frame) -> list[tuple[str, str]]:
    """Return title and colour of the lines that `lines` draws."""
    numbers = [field for field in frame if field.kind is Kind.NUMBER][:8]
    looks = [look_of(panel, field) for field in numbers]
    return [
        (look.title, line_colour(look, field, number))
        for number, (look, field) in enumerate(zip(looks, numbers, strict=True))
    ]


def line_colour(look: Look, field: Field, number: int) -> str:
    """Return the one colour that Grafana gives a line.

    Args:
        look: of the line.
        field: its values.
        number: its place among the lines.
    """
    if look.fixed is not None:
        return look.fixed
    if look.by_limits:
        known = [value for value in field.values if value is not None]
        return look.colour(known[-1] if known else None) or "none"
    return _CLASSIC[number % len(_CLASSIC)]


def draw(panel: Panel, frame: Frame, time: TimeRange) -> str:
    """Return the picture of a panel that has one."""
    kinds = {
        "timeseries": lambda: lines(panel, frame, time),
        "state-timeline": lambda: states(panel, frame, time),
        "bargauge": lambda: bars(panel, frame),
        "canvas": lambda: tiles(panel, frame),
    }
    return kinds[panel["type"]]()


def states(panel: Panel, frame: Frame, time: TimeRange) -> str:
    """Return a line of coloured bars for each series."""
    moments = next(field for field in frame if field.kind is Kind.TIME).values
    numbers = [field for field in frame if field.kind is Kind.NUMBER][:20]
    tall = 22
    parts = []
    for row, field in enumerate(numbers):
        look = look_of(panel, field)
        parts.append(f'<text x="0" y="{row * tall + 15}">{escape(look.title[:22])}</text>')
        changes = [
            (at, value)
            for at, value in zip(moments, field.values, strict=True)
            if value is not None
        ]
        ends = [at for at, _ in changes[1:]] + [time.end_at]
        for (at, value), end in zip(changes, ends, strict=True):
            left, right = _x(at, time, _NAMES), _x(end, time, _NAMES)
            parts.append(
                f'<rect x="{left:.1f}" y="{row * tall + 2}" width="{max(right - left, 0.5):.1f}" '
                f'height="{tall - 4}" fill="{look.colour(value)}">'
                f"<title>{escape(look.text(value))}</title></rect>"
            )
    return _svg(parts, max(len(numbers) * tall, tall))


def bars(panel: Panel, frame: Frame) -> str:
    """Return a horizontal bar for each row."""
    named = next(field for field in frame if field.kind is Kind.TEXT)
    names = [look_of(panel, named).text(name) for name in named.values]
    field = next(field for field in frame if field.kind is Kind.NUMBER)
    look = look_of(panel, field)
    most = max([value for value in field.values if value is not None], default=0) or 1
    most = panel["fieldConfig"]["defaults"].get("max", most)
    tall = 24
    parts = []
    for row, (name, value) in enumerate(zip(names, field.values, strict=True)):
        width = max((value or 0) / most * (WIDTH - 2 * _NAMES), 1)
        parts.append(
            f'<text x="0" y="{row * tall + 16}">{escape(str(name)[:22])}</text>'
            f'<rect x="{_NAMES}" y="{row * tall + 3}" width="{width:.1f}" height="{tall - 6}" '
            f'fill="{_bar_colour(panel, name) or look.colour(value)}"/>'
            f'<text x="{_NAMES + width + 6:.1f}" y="{row * tall + 16}">'
            f"{escape(look.text(value))}</text>"
        )
    return _svg(parts, max(len(parts) * tall, tall))


def _bar_colour(panel: Panel, name: str) -> str | None:
    """Return the colour that an override gives to a bar by its name."""
    return look_of(panel, Field(name, Kind.NUMBER, [])).fixed


def tiles(panel: Panel, frame: Frame) -> str:
    """Return the elements of a canvas at their places, coloured by their fields."""
    fields = {field.name: field for field in frame}
    parts = []
    for element in panel["options"]["root"]["elements"]:
        place = element["placement"]
        left, top = place["left"] * WIDTH / 100, place["top"] * 4
        width = (100 - place["left"] - place["right"]) * WIDTH / 100
        tall = (100 - place["top"] - place["bottom"]) * 4
        background = element["background"]["color"]
        field = fields.get(background.get("field", ""))
        value = field.values[-1] if field is not None and field.values else None
        colour = look_of(panel, field).colour(value) if field is not None else background["fixed"]
        text = element["config"]["text"]["fixed"]
        parts.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{tall:.1f}" '
            f'fill="{colour or "none"}"><title>{escape(text)}</title></rect>'
            f'<text x="{left + 2:.1f}" y="{top + tall / 2 + 3:.1f}" style="font-size:7px">'
            f"{escape(text[:14])}</text>"
        )
    return _svg(parts, 400)


def _stacked(numbers: Sequence[Field]) -> Iterator[Field]:
    below: list[float] = []
    for field in numbers:
        values = [value or 0.0 for value in field.values]
        below = [a + b for a, b in zip(below, values, strict=True)] if below else values
        yield Field(field.name, field.kind, below)


def _x(moment: datetime, time: TimeRange, left: float = _LEFT) -> float:
    share = (moment - time.start_at) / time.span
    return left + min(max(share, 0.0), 1.0) * (WIDTH - left)


def _runs(
    moments: Sequence[datetime], values: Sequence[float | None]
) -> Iterator[list[tuple[datetime, float]]]:
    run: list[tuple[datetime, float]] = []
    for moment, value in zip(moments, values, strict=True):
        if value is not None:
            run.append((moment, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _axes(
    panel: Panel, numbers: Sequence[Field], ends: tuple[float, float], time: TimeRange
) -> Iterator[str]:
    look = look_of(panel, numbers[0])
    yield f'<text x="0" y="{HEIGHT - _BOTTOM}">{escape(look.text(ends[0]))}</text>'
    yield f'<text x="0" y="{_TOP + 8}">{escape(look.text(ends[1]))}</text>'
    yield f'<text x="{_LEFT}" y="{HEIGHT - 4}">{escape(look.text(time.start_at))}</text>'
    yield (
        f'<text x="{WIDTH}" y="{HEIGHT - 4}" text-anchor="end">'
        f"{escape(look.text(time.end_at))}</text>"
    )


def _svg(parts: Sequence[str], height: float) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="xMidYMid meet">'
        f"{''.join(parts)}</svg>"
    )
