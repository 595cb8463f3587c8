"""Alarm levels of rivers: the boards and the shipped rulebook have the same ones."""

import re
from typing import Final

from dashboards.query import queries_of
from rules.rulebook.reader import SHIPPED, read_rulebook

RULES: Final = ("flood/alarm-1", "flood/alarm-2", "flood/alarm-3")


def of_the_boards() -> dict[str, list[float | None]]:
    """Return levels I to III by the pattern of a gauge's code."""
    rows = re.findall(r"\('%([\w-]+)', ([^)]*)\)", queries_of("shared")["alarm_levels"])
    return {
        f"*{pattern}": [None if level == "NULL" else float(level) for level in levels.split(", ")]
        for pattern, levels in rows
    }


def of_the_rulebook() -> dict[str, list[float | None]]:
    """Return the same of the rules that alert on them."""
    levels: dict[str, list[float | None]] = {}
    for place, name in enumerate(RULES):
        (rule,) = [one.rule for one in read_rulebook(SHIPPED).rules if one.name == name]
        limits = getattr(rule, "above", None)
        assert isinstance(limits, dict)
        for pattern, limit in limits.items():
            levels.setdefault(pattern, [None, None, None])[place] = limit
    return levels


def test_the_boards_and_the_rulebook_have_the_same_alarm_levels() -> None:
    assert len(of_the_boards()) > 4
    assert of_the_boards() == of_the_rulebook()
