"""Contestants: commands with placeholders."""

from pathlib import Path

import pytest

from simulators.errors import UsageError
from simulators.suite.contestants import line_up, parse_contestant


def test_placeholders_become_paths() -> None:
    engine = parse_contestant("/opt/engine --log={events} '--to={out}' {state} {other}")
    places = {"events": Path("/f/e"), "out": Path("/d/o"), "state": Path("/d/s")}
    assert engine.name == "engine"
    assert engine.arguments(places) == ["/opt/engine", "--log=/f/e", "--to=/d/o", "/d/s", "{other}"]


def test_a_command_may_have_a_name() -> None:
    engine = parse_contestant("our-2=python -m engine --x=1 {events} {out}")
    assert (engine.name, engine.command[:2]) == ("our-2", ("python", "-m"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("engine {events}", "without {out}; there are {events}, {out}, {inventory}, {state}"),
        ("engine", "without {events}, {out}"),
        ("engine '{events} {out}", "No closing quotation"),
    ],
)
def test_a_command_that_cannot_work_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_contestant(text)
    assert message in str(caught.value)


def test_the_reference_watchers_always_take_part() -> None:
    contestants = line_up(["engine {events} {out}"])
    assert [contestant.name for contestant in contestants] == ["naive", "static", "engine"]


def test_two_of_the_same_name_are_refused() -> None:
    with pytest.raises(UsageError, match="watcher 'naive': twice"):
        line_up(["naive=engine {events} {out}"])
