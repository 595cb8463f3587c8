"""States: one colour and one number each, everywhere; and what SQL makes of them."""

import re
from itertools import combinations
from typing import Final

import pytest

from dashboards import colours
from dashboards.boards import all_boards
from dashboards.query import queries_of
from dashboards.states import (
    LINK_STATES,
    NOTICE_STATES,
    POWER_STATES,
    PRESENCE_STATES,
    SEVERITIES,
    VILLAGE_STATES,
    WATER_ALARMS,
    State,
)
from dashboards.text import Language

SETS: Final = {
    "village": VILLAGE_STATES,
    "link": LINK_STATES,
    "severity": SEVERITIES,
    "power": POWER_STATES,
    "presence": PRESENCE_STATES,
    "notice": NOTICE_STATES,
    "water": WATER_ALARMS,
}
each_set = pytest.mark.parametrize("states", SETS.values(), ids=SETS)

# How the three kinds of full colour blindness see linear red, green and blue (Machado 2009).
BLINDNESS: Final = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def seen(colour: str, blindness: str) -> tuple[float, ...]:
    linear = [(int(colour[place : place + 2], 16) / 255) ** 2.2 for place in (1, 3, 5)]
    return tuple(
        max(sum(share * part for share, part in zip(row, linear, strict=True)), 0) ** (1 / 2.2)
        for row in BLINDNESS[blindness]
    )


def distance(one: str, other: str, blindness: str) -> float:
    pairs = zip(seen(one, blindness), seen(other, blindness), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@each_set
def test_numbers_and_names_are_all_different(states: tuple[State, ...]) -> None:
    assert [state.number for state in states] == list(range(len(states)))
    assert len({state.name for state in states}) == len(states)


@each_set
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_colours_differ_for_people_of_any_colour_vision(
    states: tuple[State, ...], blindness: str
) -> None:
    different = {state.colour for state in states}
    for one, other in combinations(sorted(different), 2):
        assert distance(one, other, blindness) > 0.2, (one, other)


def test_red_and_green_that_nobody_should_use_would_not_pass() -> None:
    assert distance("#c00000", "#6a6a00", "deuteranopia") < 0.2


@pytest.mark.parametrize(
    ("fragment", "states"),
    [
        ("village_number", VILLAGE_STATES),
        ("link_number", LINK_STATES),
        ("severity_number", SEVERITIES),
    ],
)
def test_sql_gives_each_state_its_number(fragment: str, states: tuple[State, ...]) -> None:
    sql = queries_of("shared")[fragment]
    numbers = {name: int(number) for name, number in re.findall(r"WHEN '([\w-]+)' THEN (\d)", sql)}
    assert {state.name: state.number for state in states}.items() <= numbers.items()
    assert set(numbers.values()) == {state.number for state in states}


def test_a_state_has_one_colour_on_all_boards() -> None:
    colour_of: dict[str, set[str]] = {}
    for board in all_boards():
        for panel in board.dashboard(Language.ENGLISH)["panels"]:
            config = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
            found = [config["defaults"].get("mappings", [])]
            for override in config["overrides"]:
                found += [p["value"] for p in override["properties"] if p["id"] == "mappings"]
            for mapping in (one for many in found for one in many):
                for name, shown in mapping["options"].items():
                    # Words for codes have no colour.
                    if not name.isdigit() and "color" in shown:
                        colour_of.setdefault(name, set()).add(shown["color"])
    assert colour_of["dark"] == {colours.VERMILION}
    assert {name: found for name, found in colour_of.items() if len(found) > 1} == {}
