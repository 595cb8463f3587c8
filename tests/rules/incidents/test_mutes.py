"""Mutes: which incidents they hold, and when."""

import pytest
from pydantic import TypeAdapter

from rules.incidents.mutes import (
    Matcher,
    MatcherError,
    Mute,
    MuteKind,
    Operator,
    muting,
    parse_matcher,
    shelf_matcher,
)
from tests.rules.made import record


def mute(*matchers: str, number: int = 1, cancelled_at: float | None = None) -> Mute:
    return Mute(
        number,
        MuteKind.SILENCE,
        tuple(parse_matcher(each) for each in matchers),
        100.0,
        200.0,
        50.0,
        "Hà",
        "drill",
        cancelled_at,
    )


@pytest.mark.parametrize(
    ("text", "matcher"),
    [
        ("commune=24133", ("commune", "=", "24133")),
        ('root =~ "olt-.*"', ("root", "=~", "olt-.*")),
        ("severity!=critical", ("severity", "!=", "critical")),
        ("rule!~water/.*", ("rule", "!~", "water/.*")),
        ("team=", ("team", "=", "")),
        ("note=a=b", ("note", "=", "a=b")),
    ],
)
def test_matchers_are_written_as_alertmanager_has_them(
    text: str, matcher: tuple[str, str, str]
) -> None:
    name, operator, value = matcher

    assert parse_matcher(text) == Matcher(name, Operator(operator), value)


@pytest.mark.parametrize("text", ["commune", "=x", "a b=c", "root=~[", "!~x"])
def test_what_is_no_matcher_is_named(text: str) -> None:
    with pytest.raises(MatcherError, match="matcher"):
        parse_matcher(text)


@pytest.mark.parametrize(
    ("matcher", "held"),
    [
        ("commune=24133", True),
        ("commune=24136", False),
        ("commune!=24136", True),
        ("commune=~2413[0-9]", True),
        ("commune=~24", False),
        ("root!~olt-.*", False),
        ("operator=vnpt", True),
        ("class=outage", True),
        ("severity=critical", True),
        ("village=v1", True),
        ("team=water", False),
        ("team=", True),
        ("team!=water", True),
        ("incident=x1", True),
    ],
)
def test_a_matcher_asks_for_what_an_incident_is(matcher: str, held: bool) -> None:  # noqa: FBT001 - the expectation
    assert mute(matcher).matches(record()) is held


def test_a_silence_of_one_commune_does_not_hold_what_hits_two() -> None:
    wide = record(communes=("24133", "24136"))

    assert not mute("commune=24133").matches(wide)
    assert not mute("commune!=24136").matches(wide)
    assert mute("commune=~24133|24136").matches(wide)


def test_all_matchers_must_hold() -> None:
    assert mute("commune=24133", "operator=vnpt").matches(record())
    assert not mute("commune=24133", "operator=viettel").matches(record())


def test_labels_of_alerts_can_be_asked_for() -> None:
    assert mute("team=water").matches(record(labels={"team": "water"}))


def test_a_mute_is_on_from_its_start_to_before_its_end() -> None:
    on = [at for at in (99.9, 100.0, 199.9, 200.0) if mute("incident=x1").is_on(at)]

    assert on == [100.0, 199.9]
    assert mute("incident=x1").covers(record(), 150)
    assert not mute("incident=x1").covers(record(), 200)
    assert not mute("incident=x1", cancelled_at=150).is_on(150)


def test_a_mute_is_plain_values_that_a_snapshot_keeps() -> None:
    adapter = TypeAdapter(Mute)
    made = mute("commune=~2413[0-9]", "severity!=critical")

    kept = adapter.validate_json(adapter.dump_json(made))

    assert kept == made
    assert kept.name == "silence 1"
    assert kept.matches(record()) is made.matches(record())


def test_of_several_mutes_the_one_that_ends_last_is_named() -> None:
    short = mute("incident=x1", cancelled_at=150)
    long = mute("incident=x1", number=2)

    assert muting([short, long, mute("incident=x2", number=3)], record(), 120) == long
    assert muting([short], record(), 160) is None


def test_a_shelf_is_of_one_incident_or_one_root() -> None:
    assert shelf_matcher("x1", None).holds(("x1",))
    assert str(shelf_matcher(None, "olt-1")) == 'root="olt-1"'
    for wrong in ((None, None), ("x1", "olt-1")):
        with pytest.raises(MatcherError, match="one incident or of one root"):
            shelf_matcher(*wrong)
