"""The contact sheet: one HTML page with every panel of a board, at its place in the grid."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from dashboards.frames import Field, Frame
from dashboards.preview import charts
from dashboards.preview.look import look_of
from dashboards.time_range import TimeRange

_ROWS_SHOWN: Final = 12
_STYLE: Final = """
body { font: 13px sans-serif; margin: 12px; background: #f4f5f5; color: #24292e; }
main { display: grid; grid-template-columns: repeat(24, 1fr); grid-auto-rows: 34px; gap: 6px; }
section { background: #fff; border: 1px solid #ddd; padding: 4px 8px; overflow: hidden;
  display: flex; flex-direction: column; }
section h3 { font-size: 12px; margin: 0 0 4px; }
section > div { flex: 1; overflow: hidden; }
h2 { grid-column: 1 / -1; align-self: end; margin: 0; font-size: 15px; }
svg { width: 100%; height: 100%; font: 11px sans-serif; }
table { border-collapse: collapse; width: 100%; font-size: 11px; }
td, th { padding: 1px 4px; text-align: left; border-bottom: 1px solid #eee; white-space: nowrap; }
.figures { display: flex; gap: 4px; height: 100%; }
.figures div { flex: 1; display: flex; flex-direction: column; align-items: center;
  justify-content: center; font-size: 20px; }
.figures small { font-size: 10px; }
.legend span { border-left: 10px solid; padding: 0 8px 0 3px; font-size: 10px; }
.chart { display: flex; flex-direction: column; height: 100%; }
.chart svg { flex: 1; min-height: 0; }
.none { color: #777; }
"""

Panel = Mapping[str, Any]


def page(
    dashboard: Mapping[str, Any], frames: Mapping[int, Sequence[Frame]], time: TimeRange
) -> str:
    """Return the page.

    Args:
        dashboard: the dashboard's JSON, in the language of the page.
        frames: what each panel's queries answered, by the panel's id.
        time: the time on the screen.
    """
    placed = "".join(
        _heading(panel) if panel["type"] == "row" else _section(panel, frames[panel["id"]], time)
        for panel in dashboard["panels"]
    )
    title = escape(dashboard["title"])
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p>{escape(dashboard['description'])}</p><main>{placed}</main></body></html>\n"
    )


def _heading(panel: Panel) -> str:
    return f'<h2 style="grid-row:{panel["gridPos"]["y"] + 1}">{escape(panel["title"])}</h2>'


def _section(panel: Panel, frames: Sequence[Frame], time: TimeRange) -> str:
    place = panel["gridPos"]
    style = (
        f"grid-column:{place['x'] + 1} / span {place['w']};"
        f"grid-row:{place['y'] + 1} / span {place['h']}"
    )
    hint = escape(panel["description"])
    return (
        f'<section style="{style}" title="{hint}"><h3>{escape(panel["title"])}</h3>'
        f"<div>{_content(panel, frames[0], time)}</div></section>"
    )


def _content(panel: Panel, frame: Frame, time: TimeRange) -> str:
    if not frame or not frame[0].values:
        return f'<p class="none">{escape(panel["fieldConfig"]["defaults"]["noValue"])}</p>'
    if panel["type"] == "stat":
        return _figures(panel, frame)
    if panel["type"] == "table":
        return _table(panel, frame)
    names = charts.legend(panel, frame) if panel["type"] == "timeseries" else []
    legend = "".join(
        f'<span style="border-color:{colour}">{escape(name)}</span>' for name, colour in names
    )
    drawn = charts.draw(panel, frame, time)
    return f'<div class="chart">{drawn}<div class="legend">{legend}</div></div>'


def _figures(panel: Panel, frame: Frame) -> str:
    cells = []
    for field in frame:
        look = look_of(panel, field)
        value = field.values[-1]
        text = look.text(value) or str(panel["fieldConfig"]["defaults"]["noValue"])
        name = f"<small>{escape(look.title)}</small>" if len(frame) > 1 else ""
        colour = look.colour(value) or "none"
        cells.append(f'<div style="background:{colour}">{escape(text)}{name}</div>')
    return f'<div class="figures">{"".join(cells)}</div>'


def _table(panel: Panel, frame: Frame) -> str:
    shown = [field for field in frame if not look_of(panel, field).hidden]
    head = "".join(f"<th>{escape(look_of(panel, field).title)}</th>" for field in shown)
    count = min(len(frame[0].values), _ROWS_SHOWN)
    rows = "".join(
        f"<tr>{''.join(_cell(panel, field, number) for field in shown)}</tr>"
        for number in range(count)
    )
    return f"<table><tr>{head}</tr>{rows}</table>"


def _cell(panel: Panel, field: Field, number: int) -> str:
    look = look_of(panel, field)
    value = field.values[number]
    colour = look.colour(value) if look.filled else None
    style = f' style="background:{colour}"' if colour else ""
    return f"<td{style}>{escape(look.text(value)[:60])}</td>"
