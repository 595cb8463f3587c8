"""Lints: each finds what it is there for, on a dashboard that was in order."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboards.boards import all_boards
from dashboards.build import dashboard_files
from dashboards.errors import BoardError, QueryError
from dashboards.lints import problems
from dashboards.panel import Panel
from dashboards.query import queries_of
from dashboards.text import Language, Text, localise

Dashboard = dict[str, Any]


@pytest.fixture
def files() -> dict[Path, Dashboard]:
    """All dashboards by their paths, each free to be spoilt."""
    return copy.deepcopy(dashboard_files(all_boards()))


@pytest.fixture
def wall(files: dict[Path, Dashboard]) -> Dashboard:
    """One of them."""
    return files[Path("dashboards/srepok-province/srepok-wall.json")]


def first_panel(dashboard: Dashboard) -> Dashboard:
    panel: Dashboard = next(one for one in dashboard["panels"] if one["type"] != "row")
    return panel


def cut_description(dashboard: Dashboard, length: int) -> None:
    """Leave so many letters of the description behind its heading."""
    panel = first_panel(dashboard)
    shows, heading, _ = panel["description"].partition("**When it is red:**")
    panel["description"] = shows + heading + "x" * length


def no_unit(dashboard: Dashboard) -> None:
    del first_panel(dashboard)["fieldConfig"]["defaults"]["unit"]


def no_description(dashboard: Dashboard) -> None:
    first_panel(dashboard)["description"] = "A figure."


def no_text_for_no_data(dashboard: Dashboard) -> None:
    first_panel(dashboard)["fieldConfig"]["defaults"]["noValue"] = ""


def another_source(dashboard: Dashboard) -> None:
    first_panel(dashboard)["targets"][0]["datasource"]["uid"] = "other"


def a_blank_for_no_data(dashboard: Dashboard) -> None:
    first_panel(dashboard)["fieldConfig"]["defaults"]["noValue"] = " "


def nothing_when_red(dashboard: Dashboard) -> None:
    cut_description(dashboard, 0)


def next_to_nothing_when_red(dashboard: Dashboard) -> None:
    cut_description(dashboard, 3)


def nothing_shown(dashboard: Dashboard) -> None:
    panel = first_panel(dashboard)
    _, heading, todo = panel["description"].partition("**When it is red:**")
    panel["description"] = f"Shows.\n\n{heading}{todo}"


def a_misspelt_unit(dashboard: Dashboard) -> None:
    first_panel(dashboard)["fieldConfig"]["defaults"]["unit"] = "precent"


def a_misspelt_unit_of_a_column(dashboard: Dashboard) -> None:
    column = {"matcher": {}, "properties": [{"id": "unit", "value": "milliseconds"}]}
    first_panel(dashboard)["fieldConfig"]["overrides"].append(column)


def another_type_of_source(dashboard: Dashboard) -> None:
    source = {"type": "prometheus", "uid": "srepok"}
    first_panel(dashboard)["targets"][0]["datasource"] = source


def an_unknown_variable_of_old(dashboard: Dashboard) -> None:
    first_panel(dashboard)["targets"][0]["rawSql"] += " -- [[nothing]]"


def an_unknown_variable_in_a_title(dashboard: Dashboard) -> None:
    first_panel(dashboard)["title"] += " of ${nothing}"


def no_annotations(dashboard: Dashboard) -> None:
    del dashboard["annotations"]["list"][1:]


def annotations_switched_off(dashboard: Dashboard) -> None:
    for mark in dashboard["annotations"]["list"]:
        mark["enable"] = False


def left_of_the_grid(dashboard: Dashboard) -> None:
    first_panel(dashboard)["gridPos"]["x"] = -1


def above_the_grid(dashboard: Dashboard) -> None:
    first_panel(dashboard)["gridPos"]["y"] = -1


def of_no_height(dashboard: Dashboard) -> None:
    first_panel(dashboard)["gridPos"]["h"] = 0


def a_link_with_an_unknown_choice(dashboard: Dashboard) -> None:
    dashboard["links"].append({"url": "/d/srepok-village?${__url_time_range}&var-vilage=1"})


def a_link_with_an_unknown_variable(dashboard: Dashboard) -> None:
    dashboard["links"].append({"url": "/d/srepok-village?var-village=${nothing}"})


def a_link_with_an_unknown_field(dashboard: Dashboard) -> None:
    url = "/d/srepok-village?var-village=${__data.fields.vilage_code}"
    first_panel(dashboard)["links"] = [{"url": url}]


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
        (no_description, "no description that says what it shows"),
        (no_text_for_no_data, "no text for no data"),
        (a_blank_for_no_data, "no text for no data"),
        (nothing_when_red, "and what to do when it is red"),
        (next_to_nothing_when_red, "and what to do when it is red"),
        (nothing_shown, "no description that says what it shows"),
        (a_misspelt_unit, "unit 'precent' is none of Grafana's"),
        (a_misspelt_unit_of_a_column, "unit 'milliseconds' is none of Grafana's"),
        (another_type_of_source, "asks the data source srepok as one of the type 'prometheus'"),
        (an_unknown_variable_of_old, "uses $nothing, which the board does not have"),
        (an_unknown_variable_in_a_title, "its text uses $nothing"),
        (no_annotations, "nothing is marked on its time series"),
        (annotations_switched_off, "nothing is marked on its time series"),
        (left_of_the_grid, "lies outside of the grid"),
        (above_the_grid, "lies outside of the grid"),
        (of_no_height, "lies outside of the grid"),
        (a_link_with_an_unknown_choice, "chooses vilage, which srepok-village does not have"),
        (a_link_with_an_unknown_variable, "has ${nothing}, which nothing fills in"),
        (a_link_with_an_unknown_field, "has ${__data.fields.vilage_code}, which nothing fills in"),
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
    spoil: Callable[[Dashboard], None], message: str, files: dict[Path, Dashboard], wall: Dashboard
) -> None:
    assert problems(files) == []
    spoil(wall)
    found = problems(files)
    assert any(message in problem for problem in found), found


def test_two_dashboards_of_one_uid_are_found(files: dict[Path, Dashboard], wall: Dashboard) -> None:
    files[Path("dashboards/other/wall.json")] = wall
    assert "uid 'srepok-wall' is there 2 times" in problems(files)


def test_two_dashboards_of_one_title_in_a_folder_are_found(
    files: dict[Path, Dashboard], wall: Dashboard
) -> None:
    title = files[Path("dashboards/srepok-system/srepok-load.json")]["title"]
    wall["title"] = title
    assert problems(files) == []
    wall["title"] = files[Path("dashboards/srepok-province/srepok-site.json")]["title"]
    (found,) = problems(files)
    assert found == "of one folder, the title ('srepok-province', 'Site') is there 2 times"


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
        # Alert rules ask these.
        assert unused <= {"rejected_recently", "dropped_recently"}, board.name


def test_a_board_without_queries_is_told() -> None:
    with pytest.raises((QueryError, FileNotFoundError)):
        queries_of("nothing")
