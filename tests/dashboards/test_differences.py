"""What differs between a dashboard in a Grafana and ours, as a person reads it."""

import copy
from typing import Any, Final

import pytest

from dashboards.boards import all_boards
from dashboards.differences import differences
from dashboards.text import Language

BOARDS: Final = {board.name: board for board in all_boards()}


@pytest.fixture
def ours() -> dict[str, Any]:
    """A large board."""
    return BOARDS["pipeline"].dashboard(Language.ENGLISH)


@pytest.fixture
def there(ours: dict[str, Any]) -> dict[str, Any]:
    """The same, free to be edited; with what a Grafana fills in."""
    return {**copy.deepcopy(ours), "id": 7, "version": 3}


def panels_of(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def test_what_a_grafana_fills_in_is_no_difference(
    there: dict[str, Any], ours: dict[str, Any]
) -> None:
    assert differences(there, ours) == []


def test_a_panel_taken_out_and_a_title_changed_are_two_differences_and_the_title_comes_first(
    there: dict[str, Any], ours: dict[str, Any]
) -> None:
    there["title"] = "My pipeline"
    gone = panels_of(there)[0]
    there["panels"].remove(gone)
    assert differences(there, ours) == [
        '- title: "My pipeline"',
        f'+ title: "{ours["title"]}"',
        f'+ panel "{gone["title"]}": is not there',
    ]


def test_a_panel_of_somebodys_own_is_named(there: dict[str, Any], ours: dict[str, Any]) -> None:
    there["panels"].insert(0, {**panels_of(there)[0], "id": 1_000_000_007, "title": "Mine"})
    assert differences(there, ours) == ['- panel "Mine": is none of ours']


def test_what_differs_within_a_panel_is_told_with_its_title_and_the_querys_letter(
    there: dict[str, Any], ours: dict[str, Any]
) -> None:
    panel = panels_of(there)[-1]
    title = panel["title"]
    panel["gridPos"]["h"] += 1
    panel["targets"][0]["rawSql"] = "SELECT 1"
    height = panel["gridPos"]["h"]
    found = differences(there, ours)
    assert f'- panel "{title}": gridPos.h: {height}' in found
    assert f'+ panel "{title}": gridPos.h: {height - 1}' in found
    assert f'- panel "{title}": targets[A].rawSql: "SELECT 1"' in found
    assert len(found) == 4


def test_a_closed_row_keeps_its_panels(there: dict[str, Any], ours: dict[str, Any]) -> None:
    rows = [place for place, panel in enumerate(there["panels"]) if panel["type"] == "row"]
    row = there["panels"][rows[-1]]
    row["panels"] = there["panels"][rows[-1] + 1 :]
    row["collapsed"] = True
    del there["panels"][rows[-1] + 1 :]
    assert differences(there, ours) == [
        f'- panel "{row["title"]}": collapsed: true',
        f'+ panel "{row["title"]}": collapsed: false',
    ]


def test_variables_and_marks_are_found_by_name() -> None:
    ours = BOARDS["commune"].dashboard(Language.ENGLISH)
    there = copy.deepcopy(ours)
    gone = there["templating"]["list"].pop(0)["name"]
    there["annotations"]["list"][1]["enable"] = False
    mark = there["annotations"]["list"][1]["name"]
    assert differences(there, ours) == [
        f'+ variable "{gone}": is not there',
        f'- annotation "{mark}": enable: false',
        f'+ annotation "{mark}": enable: true',
    ]


def test_another_order_is_told(there: dict[str, Any], ours: dict[str, Any]) -> None:
    there["links"].reverse()
    assert differences(there, ours) == ["- links: in another order"]


def test_a_setting_that_is_missing_is_one_line(there: dict[str, Any], ours: dict[str, Any]) -> None:
    del there["refresh"]
    there["liveNow"] = {"deep": [1, 2]}
    assert differences(there, ours) == [
        '- liveNow: {"deep": [1, 2]}',
        f'+ refresh: "{ours["refresh"]}"',
    ]
