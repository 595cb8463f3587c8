"""What exists for whoever looks, and what is news."""

from typing import Any

import pytest

from gateway.page.view import commune_state, news
from rules.books.present import VillageNow


def village(state: str, households: int = 100) -> VillageNow:
    return VillageNow(
        people=4.0 * households,
        state=state,
        any_link=2,
        mobile_4g=2,
        mobile_5g=None,
        commune="24133",
        households=households,
    )


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["served", "served"], "served"),
        (["served", "maintenance"], "maintenance"),
        (["served"] * 10 + ["unknown"], "served"),
        (["served"] * 9 + ["unknown"], "unknown"),
        (["unknown"] * 9 + ["dark"], "dark"),
        (["served", "degraded", "unknown", "unknown", "unknown"], "degraded"),
        (["served"] * 10 + ["dark"], "degraded"),
        (["served"] * 9 + ["dark"], "dark"),
        ([], "unknown"),
    ],
)
def test_a_commune_is_as_bad_as_what_happens_to_its_people(
    states: list[str], expected: str
) -> None:
    assert commune_state(village(state) for state in states) == expected


def view(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of a view are any JSON
    parts = {"watched": True, "villages": {"dark": 0}, "shares": {}, "more": 0}
    return {**parts, "communes": {}, "incidents": {}, **changes}


def test_what_an_incident_has_cost_by_now_is_no_news_and_its_end_is() -> None:
    cost = {"households": 5, "household_minutes": 10.0, "at": "10:00"}
    later = cost | {"household_minutes": 15.0, "at": "10:01"}
    worse = later | {"households": 6}
    before = view(incidents={"x1": cost, "x2": cost})

    assert news(before, view(incidents={"x1": later, "x2": later})) == {}
    assert news(before, view(incidents={"x1": worse})) == {
        "incidents": {"x1": worse},
        "over": ["x2"],
    }
    assert news(before, view(incidents={"x1": cost, "x2": cost}, watched=False)) == {
        "watched": False
    }
