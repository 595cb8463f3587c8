"""Colours of lines and bars: Grafana's are those of the preview, and no two lines have the same."""

from datetime import timedelta
from typing import Any, Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.colours import BAD, GOOD
from dashboards.column import Column
from dashboards.errors import BoardError
from dashboards.expand import expand
from dashboards.face import Face
from dashboards.frames import Field, Kind, make_frame
from dashboards.limits import rising
from dashboards.lines import CLASSIC
from dashboards.panels import bar_gauge, time_series
from dashboards.preview import charts
from dashboards.preview.asking import ask
from dashboards.preview.look import look_of
from dashboards.states import (
    LINK_STATES,
    NOTICE_STATES,
    POWER_STATES,
    PRESENCE_STATES,
    SEVERITIES,
    VILLAGE_STATES,
)
from dashboards.text import Language, localise, same
from tests.dashboards.asking import Asked, panel_queries, screen_of

QUERIES: Final = {
    asked.name: asked
    for board in all_boards()
    for language in Language
    for asked in panel_queries(board, language)
}
CHARTS: Final = {
    name: asked for name, asked in QUERIES.items() if asked.panel["type"] == "timeseries"
}
STATES: Final = (
    LINK_STATES,
    NOTICE_STATES,
    POWER_STATES,
    PRESENCE_STATES,
    SEVERITIES,
    VILLAGE_STATES,
)
MOST: Final = 6
"""Lines of one chart that must differ; nobody tells more apart."""


async def numbers_of(connection: AsyncConnection, asked: Asked) -> list[Field]:
    screen = await screen_of(connection, asked.board, timedelta(hours=6))
    frame = make_frame(await ask(connection, expand(asked.sql, screen)), asked.shape)
    return [field for field in frame if field.kind is Kind.NUMBER]


@pytest.mark.parametrize("name", CHARTS)
def test_no_line_is_coloured_by_its_newest_value(name: str) -> None:
    config = CHARTS[name].panel["fieldConfig"]
    modes = [config["defaults"]["color"]["mode"]]
    for override in config["overrides"]:
        modes += [one["value"]["mode"] for one in override["properties"] if one["id"] == "color"]
    assert set(modes) <= {CLASSIC, "fixed"}


@pytest.mark.servers
@pytest.mark.parametrize("name", CHARTS)
async def test_lines_of_a_chart_differ(name: str, as_grafana: AsyncConnection) -> None:
    panel = CHARTS[name].panel
    looks = [
        (charts.line_colour(look, field, number), tuple(look.dash), field.name)
        for number, field in enumerate((await numbers_of(as_grafana, CHARTS[name]))[:MOST])
        if (look := look_of(panel, field))
    ]
    assert len({(colour, dash) for colour, dash, _ in looks}) == len(looks), looks


@pytest.mark.parametrize("name", QUERIES)
def test_what_is_named_like_a_state_has_its_colour(name: str) -> None:
    colours: dict[str, set[str]] = {}
    for state in (one for states in STATES for one in states):
        for word in (state.text.en, state.text.vi):
            colours.setdefault(word, set()).add(state.colour)
    for override in QUERIES[name].panel["fieldConfig"]["overrides"]:
        own = {one["id"]: one["value"] for one in override["properties"]}
        colour = own.get("color", {}).get("fixedColor")
        for called in {own.get("displayName"), override["matcher"]["options"]} & colours.keys():
            assert colour is None or colour in colours[called], called


def chart(name: str) -> dict[str, Any]:
    return dict(CHARTS[name].panel)


def field(name: str, *values: float | None) -> Field:
    return Field(name, Kind.NUMBER, values)


def test_an_operator_has_its_colour_on_every_board_and_a_technology_its_dash() -> None:
    of_commune = look_of(chart("commune: Round trip"), field("viettel"))
    fibre = look_of(chart("village: Round trip"), field("viettel FTTH"))
    mobile = look_of(chart("village: Round trip"), field("viettel 4G 22015-v01-p2"))
    assert of_commune.fixed == fibre.fixed == mobile.fixed
    assert of_commune.fixed != look_of(chart("commune: Round trip"), field("vnpt")).fixed
    assert not fibre.dash
    assert mobile.dash


def test_a_line_that_nobody_named_has_the_next_colour_of_grafanas_palette() -> None:
    panel = chart("pipeline: Messages, each worker")
    looks = [look_of(panel, field(name)) for name in ("1", "2")]
    colours = [charts.line_colour(look, field("x"), place) for place, look in enumerate(looks)]
    assert colours == ["#73BF69", "#F2CC0C"]


def test_the_preview_shows_a_line_that_its_limits_colour_as_grafana_does() -> None:
    panel = chart("commune: Round trip")
    panel["fieldConfig"] = panel["fieldConfig"] | {
        "defaults": panel["fieldConfig"]["defaults"] | {"color": {"mode": "thresholds"}}
    }
    well, bad = field("x", 400.0, 20.0, None), field("y", 20.0, 400.0)
    assert charts.line_colour(look_of(panel, well), well, 0) == GOOD
    assert charts.line_colour(look_of(panel, bad), bad, 1) == BAD


@pytest.mark.servers
@pytest.mark.parametrize("language", Language)
async def test_bars_of_severities_have_their_colours_and_words(
    language: Language, as_grafana: AsyncConnection
) -> None:
    (asked,) = [
        one
        for board in all_boards()
        for one in panel_queries(board, language)
        if board.name == "load" and "SELECT severity, count(*)" in one.sql
    ]
    screen = await screen_of(as_grafana, asked.board, timedelta(days=2))
    frame = make_frame(await ask(as_grafana, expand(asked.sql, screen)), asked.shape)
    drawn = charts.bars(asked.panel, frame)
    found = [state for state in SEVERITIES if f">{localise(state.text, language)}</text>" in drawn]
    assert len(found) > 2
    assert all(f'fill="{state.colour}"' in drawn for state in found)
    assert drawn.count("<rect") == len(found)


def test_bars_without_a_colour_of_their_own_are_coloured_by_their_limits() -> None:
    face = Face(
        title=same("x"),
        shows=same("x"),
        when_red=same("x"),
        unit="none",
        limits=rising(warning=1, bad=5),
    )
    panel = localise(dict(bar_gauge("x", face, "SELECT 1").body), Language.ENGLISH)
    names = Field("name", Kind.TEXT, ["one", "two"])
    drawn = charts.bars(panel, [names, field("value", 0.0, 6.0)])
    assert f'fill="{GOOD}"' in drawn
    assert f'fill="{BAD}"' in drawn


def test_an_empty_cell_does_not_say_what_an_empty_table_says() -> None:
    for asked in QUERIES.values():
        if asked.panel["type"] == "table":
            for override in asked.panel["fieldConfig"]["overrides"]:
                name = override["matcher"]["options"]
                assert look_of(asked.panel, Field(name, Kind.TEXT, [None])).text(None) == "-"


def test_more_lines_than_colours_are_refused() -> None:
    face = Face(title=same("x"), shows=same("x"), when_red=same("x"), unit="none")
    columns = [Column(name=f"line{number}") for number in range(7)]
    with pytest.raises(BoardError, match="panel many: no colour is left for the line line6"):
        time_series("many", face, "SELECT 1", columns=columns)
