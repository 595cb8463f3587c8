"""Every query of every board, on a database with a past, as Grafana's own login."""

from datetime import timedelta
from typing import Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.frames import make_frame, misfits
from dashboards.preview.asking import ask
from dashboards.text import Language
from tests.dashboards.asking import RANGES, Asked, panel_queries, screen_of

pytestmark = pytest.mark.servers

RIGHTLY_EMPTY: Final = {"pipeline: Accounts that do not add up"}
"""Panels that have nothing to show while all is well."""

BOARDS: Final = {board.name: board for board in all_boards()}
QUERIES: Final = {asked.name: asked for board in BOARDS.values() for asked in panel_queries(board)}

each_board = pytest.mark.parametrize("name", BOARDS)
each_query = pytest.mark.parametrize("name", QUERIES)


async def answered(connection: AsyncConnection, asked: Asked, span: timedelta) -> list[str]:
    """Return what is wrong with the answer."""
    screen = await screen_of(connection, asked.board, span)
    answer = await ask(connection, expand(asked.sql, screen))
    frame = make_frame(answer, asked.shape)
    wrong = misfits(asked.panel, frame) if answer.rows else []
    if not answer.rows and asked.name not in RIGHTLY_EMPTY:
        wrong.append("no rows")
    return wrong


@each_query
async def test_a_query_gives_its_panel_what_it_needs(
    name: str, as_grafana: AsyncConnection
) -> None:
    assert await answered(as_grafana, QUERIES[name], RANGES["6 hours"]) == []


@each_query
@pytest.mark.parametrize("span", ["2 days", "8 days"])
async def test_a_query_does_so_over_a_longer_time(
    name: str, span: str, as_grafana: AsyncConnection
) -> None:
    assert await answered(as_grafana, QUERIES[name], RANGES[span]) == []


@each_query
async def test_a_query_runs_with_single_values_chosen(
    name: str, as_grafana: AsyncConnection
) -> None:
    asked = QUERIES[name]
    screen = await screen_of(as_grafana, asked.board, RANGES["6 hours"], everything=False)
    make_frame(await ask(as_grafana, expand(asked.sql, screen)), asked.shape)


@each_board
@pytest.mark.parametrize("language", Language)
async def test_annotations_of_a_board_mark_something(
    name: str, language: Language, as_grafana: AsyncConnection
) -> None:
    board = BOARDS[name]
    screen = await screen_of(as_grafana, board, RANGES["8 days"])
    annotations = board.dashboard(language)["annotations"]["list"]
    for annotation in annotations[1:]:
        answer = await ask(as_grafana, expand(annotation["target"]["rawSql"], screen))
        assert {"time", "timeend", "text", "tags"} <= set(answer.names), annotation["name"]
        assert answer.rows, annotation["name"]


@each_board
async def test_each_variable_has_something_to_choose(
    name: str, as_grafana: AsyncConnection
) -> None:
    screen = await screen_of(as_grafana, BOARDS[name], RANGES["6 hours"])
    assert all(chosen.values for chosen in screen.chosen.values())
