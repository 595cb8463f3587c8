"""Lints: each finds what it is there for, on a dashboard that was in order."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from dashboards.boards import all_boards
from dashboards.errors import BoardError, QueryError
from dashboards.lints import problems
from dashboards.panel import Panel
from dashboards.query import queries_of
from dashboards.text import Language, Text, localise

Dashboard = dict[str, Any]


@pytest.fixture
def dashboards() -> list[Dashboard]:
    """All dashboards in English, each free to be spoilt."""
    return [copy.deepcopy(board.dashboard(Language.ENGLISH)) for board in all_boards()]


def first_panel(dashboard: Dashboard) -> Dashboard:
    panel: Dashboard = next(one for one in dashboard["panels"] if one["type"] != "row")
    return panel


def no_unit(dashboard: Dashboard) -> None:
    del first_panel(dashboard)["fieldConfig"]["defaults"]["unit"]


def no_description(dashboard: Dashboard) -> None:
    first_panel(dashboard)["description"] = "A figure."


def no_text_for_no_data(dashboard: Dashboard) -> None:
    first_panel(dashboard)["fieldConfig"]["defaults"]["noValue"] = ""


def another_source(dashboard: Dashboard) -> None:
    first_panel(dashboard)["targets"][0]["datasource"]["uid"] = "other"


def an_unknown_variable(dashboard: Dashboard) -> None:
    first_panel(dashboard)["targets"][0]["rawSql"] += " -- $nothing"


def an_overlap(dashboard: Dashboard) -> None:
    dashboard["panels"][1]["gridPos"] = dict(dashboard["panels"][0]["gridPos"])


def beyond_the_grid(dashboard: Dashboard) -> None:
    dashboard["panels"][-1]["gridPos"]["x"] = 20


def the_same_panel_id(dashboard: Dashboard) -> None:
    dashboard["panels"][1]["id"] = dashboard["panels"][0]["id"]


def a_dead_link(dashboard: Dashboard) -> None:
    dashboard["links"].append({"url": "/d/srepok-nowhere"})


def a_long_uid(dashboard: Dashboard) -> None:
    dashboard["uid"] = "x" * 41


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (no_unit, "no unit"),
        (no_description, "no description that says what to do"),
        (no_text_for_no_data, "no text for no data"),
        (another_source, "asks the unknown data source 'other'"),
        (an_unknown_variable, "uses $nothing, which the board does not have"),
        (an_overlap, "lies over"),
        (beyond_the_grid, "reaches beyond the grid's 24 columns"),
        (the_same_panel_id, "is there 2 times"),
        (a_dead_link, "links to srepok-nowhere"),
        (a_long_uid, "a uid is of 1 to 40 characters"),
    ],
)
def test_a_lint_finds(
    spoil: Callable[[Dashboard], None], message: str, dashboards: list[Dashboard]
) -> None:
    vietnamese = [board.dashboard(Language.VIETNAMESE) for board in all_boards()]
    assert problems([*dashboards, *vietnamese]) == []
    spoil(dashboards[0])
    found = problems([*dashboards, *vietnamese])
    assert any(message in problem for problem in found), found


def test_two_dashboards_of_one_uid_are_found(dashboards: list[Dashboard]) -> None:
    assert "uid 'srepok-wall' is there 2 times" in problems([*dashboards, dashboards[0]])


@pytest.mark.parametrize("name", ["Rtt", "rtt--ms", "", "rtt ms"])
def test_a_panels_name_is_a_slug(name: str) -> None:
    with pytest.raises(BoardError, match="a-z, 0-9 and single hyphens"):
        Panel(name, {}, 4, 4)


def test_a_panel_fits_the_grid() -> None:
    with pytest.raises(BoardError, match="no grid holds 25 x 4"):
        Panel("rtt", {}, 25, 4)


def test_a_panel_keeps_its_id_wherever_it_stands() -> None:
    assert Panel("rtt", {}, 4, 4).panel_id == Panel("rtt", {"title": "x"}, 24, 9).panel_id


def test_a_text_needs_both_languages() -> None:
    with pytest.raises(ValueError, match="needs both languages"):
        Text("Round trip", "")


def test_every_query_is_used_by_some_panel() -> None:
    asked = "\n".join(
        target["rawSql"]
        for board in all_boards()
        for panel in localise([dict(panel.body) for panel in board.panels], Language.ENGLISH)
        for target in panel["targets"]
    )
    for board in all_boards():
        # Some are a part of what is asked.
        ends = {
            name: sql.replace("{language}", "en")[-60:]
            for name, sql in queries_of(board.name).items()
        }
        unused = {name for name, end in ends.items() if end not in asked}
        assert unused <= {"rejected_recently"}, board.name


def test_a_board_without_queries_is_told() -> None:
    with pytest.raises((QueryError, FileNotFoundError)):
        queries_of("nothing")
