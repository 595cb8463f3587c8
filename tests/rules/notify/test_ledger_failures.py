"""The ledger when receivers fail, after kills, and when routes change."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rules.model import Severity
from rules.notify.model import Outcome
from tests.rules.notify.make import NOON, clear, make_record, make_routes, step
from tests.rules.notify.told import HOUR, MINUTE, ROUTES, STEPS, Told, snapshot


@pytest.fixture
def told() -> Told:
    return Told(make_routes(ROUTES))


def test_a_receiver_that_is_down_is_tried_again_and_holds_up_nobody() -> None:
    told = Told(make_routes(ROUTES.replace("receivers: desk", "receivers: [desk, chief]")))
    told.down = {"desk"}
    record = make_record()
    told.open(record)
    assert told.said(10) == ["chief: raise cut-1"]
    assert told.ledger.failing() == {"desk": "is down"}
    told.down = set()
    assert told.said(30) == ["desk: raise cut-1"]
    assert told.ledger.failing() == {}


def test_a_raise_that_was_never_accepted_has_no_resolve(told: Told) -> None:
    told.down = {"desk"}
    record = make_record()
    told.open(record)
    told.at(10)
    told.clear(clear(record, NOON + 60))
    told.down = set()
    assert told.said(HOUR) == []


def test_a_raise_that_may_have_arrived_has_a_resolve(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.now = NOON + 10
    (dispatch,) = told.ledger.due(told.now)
    told.ledger.begin(dispatch, told.now)
    told.ledger.failed(dispatch, told.now, "no answer", uncertain=True)
    told.clear(clear(record, NOON + 60))
    assert told.said(HOUR) == ["desk: resolve cut-1"]


def test_retry_after_is_obeyed(told: Told) -> None:
    told.open(make_record())
    (dispatch,) = told.ledger.due(NOON + 10)
    told.ledger.begin(dispatch, NOON + 10)
    wait = timedelta(minutes=20)
    told.ledger.failed(dispatch, NOON + 10, "answered HTTP 429", retry_after=wait)
    assert told.said(10 + 20 * MINUTE - 1) == []
    assert told.said(10 + 20 * MINUTE) == ["desk: raise cut-1"]


def down_for(told: Told, hours: int) -> None:
    told.down = {"desk"}
    for minutes in range(1, hours * 60):
        told.at(minutes * MINUTE)
    told.down = set()


def test_what_was_given_up_is_told_once_when_the_receiver_is_back(told: Told) -> None:
    told.open(make_record())
    down_for(told, 24)
    outcomes = [result.outcome for result in told.ledger.drain_results()]
    assert outcomes.count(Outcome.GIVEN_UP) == 1
    assert told.ledger.failing() == {"desk": "is down"}
    assert told.said(24 * HOUR + 5 * MINUTE) == ["desk: raise cut-1"]
    assert told.ledger.failing() == {}
    assert told.said(25 * HOUR) == []


def test_many_that_were_given_up_are_told_in_a_digest_and_what_ended_is_not(told: Told) -> None:
    records = [make_record(f"cut-{number}") for number in range(8)]
    for record in records:
        told.open(record)
    down_for(told, 24)
    told.clear(clear(records[0], told.now))
    (digest,) = told.at(24 * HOUR + 5 * MINUTE)
    assert digest.action == "digest"
    assert {notice.record.incident for notice in digest.notices} == {
        record.incident for record in records[1:]
    }
    assert told.said(25 * HOUR) == []


def test_a_receiver_that_is_back_hears_nothing_again_and_the_end_of_what_it_knows(
    told: Told,
) -> None:
    known, ended = make_record("known"), make_record("ended")
    told.open(known)
    told.open(ended)
    assert len(told.said(10)) == 2
    told.clear(clear(ended, NOON + 20))
    down_for(told, 20)
    assert told.said(20 * HOUR + 5 * MINUTE) == ["desk: repeat known", "desk: resolve ended"]
    assert told.said(23 * HOUR) == []


def test_a_notice_that_alone_is_refused_holds_up_the_others_until_it_is_given_up(
    told: Told,
) -> None:
    told.refused = {"bad"}
    told.open(make_record("bad", severity=Severity.CRITICAL))
    told.open(make_record("good"))
    said = list[str]()
    for minutes in range(1, 8 * 60):
        said += told.said(minutes * MINUTE)
    assert said == ["desk: raise good"]
    told.refused = set()
    assert told.said(9 * HOUR) == ["desk: raise bad"]


def test_nothing_on_the_log_is_told_again_after_a_kill(told: Told) -> None:
    record = make_record()
    told.open(record)
    before = snapshot(told)
    told.at(10)
    after = told.kill(before)
    after.open(record)
    assert after.said(20) == []
    after.clear(clear(record, NOON + 30))
    assert after.said(30) == ["desk: resolve cut-1"]
    again = after.kill(None)
    again.open(record)
    again.clear(clear(record, NOON + 30))
    assert again.said(HOUR) == []


def test_a_call_for_more_attention_is_answered_once_over_a_kill() -> None:
    told = Told(make_routes(STEPS))
    told.open(make_record())
    told.at(10)
    before = snapshot(told)
    told.ledger.set_escalated({"cut-1": 1})
    assert told.said(MINUTE) == ["chief: raise cut-1"]
    after = told.kill(before)
    after.ledger.set_escalated({"cut-1": 1})
    assert after.said(2 * MINUTE) == []
    after.ledger.set_escalated({"cut-1": 2})
    assert after.said(3 * MINUTE) == ["head: raise cut-1"]


def test_a_message_that_was_under_way_at_a_kill_is_sent_with_the_same_key(told: Told) -> None:
    record = make_record()
    told.open(record)
    (dispatch,) = told.ledger.due(NOON + 10)
    told.lines += told.ledger.begin(dispatch, NOON + 10)
    mid_air = snapshot(told)
    for state in (mid_air, None):
        after = told.kill(state)
        after.open(record)
        (again,) = after.at(60)
        assert again.key == dispatch.key
        ended = told.kill(state)
        ended.clear(clear(record, NOON + 30))
        assert ended.said(60) == ["desk: resolve cut-1"]


def test_replayed_steps_that_are_older_than_what_was_told_are_not_news(told: Told) -> None:
    record = make_record()
    worse = step(record, severity=Severity.CRITICAL)
    told.open(record)
    told.at(10)
    told.update(worse)
    told.at(20)
    after = told.kill(None)
    after.open(record)
    assert after.said(HOUR) == []
    after.update(worse)
    assert after.said(2 * HOUR) == []


def test_a_route_that_changed_still_ends_what_it_began(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.at(10)
    other = Told(make_routes(ROUTES.replace("receivers: desk", "receivers: chief")), snapshot(told))
    assert other.said(60) == []
    assert other.said(70) == ["chief: raise cut-1"]
    other.clear(clear(record, NOON + 120))
    assert sorted(other.said(120)) == ["chief: resolve cut-1", "desk: resolve cut-1"]


def test_an_incident_that_begins_again_is_raised_again(told: Told) -> None:
    record = make_record()
    told.open(record)
    (first,) = told.at(10)
    ended = clear(record, NOON + 20)
    told.clear(ended)
    told.at(20)
    told.open(replace(record, revision=3))
    (second,) = told.at(HOUR)
    assert second.action == "raise"
    assert second.key != first.key


def test_what_is_over_for_a_day_is_forgotten(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.at(10)
    told.clear(clear(record, NOON + 20))
    told.at(20)
    told.at(25 * HOUR)
    state = told.ledger.state
    assert (state.incidents, state.threads["desk"]) == ({}, {})
