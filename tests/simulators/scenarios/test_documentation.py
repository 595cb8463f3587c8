"""docs/scenarios.md: its tables and its examples are those of the code."""

import re
from pathlib import Path

import pytest

from simulators.scenarios.errors import ScenarioError
from simulators.scenarios.reader import parse_scenario
from simulators.scenarios.reference import TABLES, fill_tables

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "scenarios.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def examples(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


def test_its_tables_are_those_of_the_models_and_the_library(page: str) -> None:
    assert fill_tables(page) == page, "python -m simulators list --tables docs/scenarios.md"
    assert sorted(re.findall(r"<!-- table: (\S+) -->", page)) == sorted(TABLES)


def test_its_worked_example_is_the_scenario(examples: list[str]) -> None:
    library = ROOT / "simulators" / "scenarios" / "library"
    assert examples[0] == (library / "feeder-cut.yaml").read_text(encoding="utf-8")


def test_its_own_scenario_can_be_read(examples: list[str]) -> None:
    assert len(parse_scenario(examples[1].encode(), "mine", "mine.yaml").faults) == 2


def test_its_messages_are_what_the_reader_says(page: str, examples: list[str]) -> None:
    broken = examples[1].replace("lasts: 30m", "lsats: 30m", 1)
    broken = broken.replace("at: 20m", "at: 2m").replace("overlaps: mains", "overlaps: main")
    with pytest.raises(ScenarioError) as raised:
        parse_scenario(broken.encode(), "mine", "mine.yaml")
    shown = [line.strip() for line in page.splitlines() if line.startswith("    mine.yaml:")]
    assert shown == list(raised.value.problems)
