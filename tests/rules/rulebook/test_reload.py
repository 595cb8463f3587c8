"""Another rulebook or inventory on the same state."""

from rules.rulebook.engine import RuleBookEngine
from tests.rules.rulebook.make import START, Run, copied, make_book, make_subjects, sample

HIGH = "rule: high\nkind: threshold\nmetric: water_level_m\nabove: 5\nfor: 2m\n"
OTHER = "rule: other\nkind: threshold\nmetric: water_level_m\nabove: 50\n"


def opened() -> Run:
    run = Run(make_book(HIGH, OTHER), make_subjects("d"))
    run.values(6, 6, 6)
    assert [one.action for one in run.changes] == ["open"]
    return run


def test_an_alert_of_a_rule_with_another_limit_goes_on_by_its_name() -> None:
    run = opened()
    book = make_book(HIGH.replace("5", "4"), OTHER)
    engine = RuleBookEngine(book, make_subjects("d"), copied(run.engine.state))
    assert engine.advance([sample(3, 4.5)], START + 180) == []
    (change,) = engine.advance([sample(4, 3)], START + 240)
    assert (change.action, change.alert) == ("clear", "r1")


def test_a_hold_that_was_begun_goes_on() -> None:
    run = Run(make_book(HIGH), make_subjects("d"))
    run.values(6, 6)
    engine = RuleBookEngine(make_book(HIGH, OTHER), make_subjects("d"), copied(run.engine.state))
    (change,) = engine.advance([sample(2, 6)], START + 120)
    assert change.since == START


def test_an_alert_of_a_rule_that_is_gone_ends_with_that_reason() -> None:
    run = opened()
    engine = RuleBookEngine(make_book(OTHER), make_subjects("d"), run.engine.state)
    (change,) = engine.advance([], START + 200)
    assert (change.action, change.reason, change.alert) == ("clear", "rule removed", "r1")
    assert change.summary == {"en": "D 6.0", "vi": "D"}
    assert engine.advance([], START + 300) == []


def test_a_rule_that_reads_something_else_is_another_rule() -> None:
    run = opened()
    book = make_book(HIGH.replace("water_level_m", "water_depth_m"), OTHER)
    engine = RuleBookEngine(book, make_subjects("d"), run.engine.state)
    assert [one.reason for one in engine.advance([], START + 200)] == ["rule removed"]


def test_an_alert_of_a_device_that_is_gone_ends_with_that_reason() -> None:
    run = opened()
    engine = RuleBookEngine(make_book(HIGH, OTHER), make_subjects("e"), run.engine.state)
    assert [one.reason for one in engine.advance([], START + 200)] == ["device removed"]


def test_another_severity_of_a_rule_is_told_of_its_open_alerts() -> None:
    run = opened()
    book = make_book(HIGH, OTHER, severity="critical")
    engine = RuleBookEngine(book, make_subjects("d"), run.engine.state)
    (change,) = engine.advance([], START + 121)
    assert (change.action, change.reason, change.severity) == ("update", "rule changed", "critical")


def test_names_of_alerts_go_on_after_a_restart() -> None:
    run = opened()
    engine = RuleBookEngine(run.book, run.subjects, copied(run.engine.state))
    changes = engine.advance([sample(3, 60)], START + 180)
    assert [one.alert for one in changes] == ["r2"]
