"""docs/rulebook.md: its examples run, its messages are what is said, its tables are the code's."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from rules.cli import main
from rules.rulebook.book import BookRule
from rules.rulebook.errors import RuleBookError
from rules.rulebook.quantities import LINK_QUANTITIES, OWN_INSTRUMENTS
from rules.rulebook.reader import parse_rulebook, read_rulebook
from rules.rulebook.rule import KINDS, Absence, Match, Ratio, Share
from rules.rulebook.templates import DUMMY
from rules.rulebook.timelines.model import (
    ExpectedAlert,
    ExpectedIncident,
    Moment,
    Outage,
    PlacedDevice,
    Series,
    Timeline,
    TimelineFile,
)
from runtime.arguments import OK

PAGE = Path(__file__).parents[3] / "docs" / "rulebook.md"
MODELS: tuple[type[BaseModel], ...] = (
    *KINDS.values(),
    *(Match, Share, TimelineFile, Timeline, PlacedDevice, Series, Outage, Moment),
    *(ExpectedAlert, ExpectedIncident),
)


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def examples(page: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path, examples: list[str]) -> Path:
    (tmp_path / "wells.yaml").write_text(examples[0], encoding="utf-8")
    (tmp_path / "wells-test.yaml").write_text(examples[1], encoding="utf-8")
    return tmp_path


def test_its_worked_example_can_be_read(examples: list[str]) -> None:
    (entry,) = parse_rulebook([(examples[0].encode(), "wells.yaml")]).rules
    assert entry.name == "wells/dry"


def test_its_commands_run_and_say_what_it_shows(
    page: str, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    commands = re.findall(r"^\$ python -m rules (.*)\n((?:(?!\$|```).*\n)*)", page, re.MULTILINE)
    assert len(commands) >= 3
    for command, shown in commands:
        assert main(shlex.split(command)) == OK
        assert capsys.readouterr().out == shown


def test_its_further_examples_can_be_read(examples: list[str]) -> None:
    assert len(examples) > 2
    for number, example in enumerate(examples[2:]):
        indented = "".join(f"      {line}\n" if line else "\n" for line in example.splitlines())
        content = f"groups:\n  - group: example-{number}\n    rules:\n{indented}"
        assert parse_rulebook([(content.encode(), f"example {number}")]).rules


def test_its_messages_are_what_the_reader_says(page: str, examples: list[str]) -> None:
    broken = (
        examples[0]
        .replace("water_level_m", "water_levl_m")
        .replace("for: 30m", "fro: 30m")
        .replace("clear: 2.5", "clear: 1")
    )
    with pytest.raises(RuleBookError) as raised:
        parse_rulebook([(broken.encode(), "wells.yaml")])
    shown = [line.strip() for line in page.splitlines() if line.startswith("    wells.yaml:")]
    assert shown == list(raised.value.problems)


def test_it_has_every_key_metric_and_word_for_templates(page: str) -> None:
    keys = {field.alias or name for one in MODELS for name, field in one.model_fields.items()}
    named = set(re.findall(r"`([a-z][a-z0-9_]*)`", page))
    assert keys - named == set()
    assert {*LINK_QUANTITIES, *OWN_INSTRUMENTS} - named == set()
    assert set(DUMMY) - named == set()


def test_its_table_of_the_shipped_rules_is_theirs(page: str) -> None:
    table = "\n".join(_rows())
    assert table in page, table


def _rows() -> Iterator[str]:
    yield "| rule | when | severity | where the figure comes from |"
    yield "|---|---|---|---|"
    for entry in read_rulebook().rules:
        source = entry.rule.source or "our own figure"
        yield f"| {entry.name} | {_when(entry)} | {entry.rule.severity} | {source} |"


def _when(entry: BookRule) -> str:
    rule = entry.rule
    if isinstance(rule, Absence):
        return f"nothing for {_words(rule.hold.total_seconds())}"
    side = "above" if rule.above is not None else "below"
    limits = sorted(set(rule.limits.values()))
    if isinstance(rule, Ratio):
        percent = f"{limits[0] * 100:g} %"
        return f"share {side} {percent} by {rule.by}"
    shown = f"{limits[0]:g}" if len(limits) == 1 else "by station"
    over = getattr(rule, "over", None)
    what = f"{rule.kind} of {rule.metric}" if rule.kind == "rate" else rule.metric
    window = f" over {_words(over.total_seconds())}" if over is not None else ""
    hours = f", {rule.between.text}" if rule.between is not None else ""
    return f"{what} {side} {shown}{window}{hours}"


def _words(seconds: float) -> str:
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds / 60:g} min"
