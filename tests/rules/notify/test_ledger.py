"""The ledger's timelines: what is told when."""

import pytest

from rules.model import Severity
from rules.notify.model import Outcome
from tests.rules.notify.make import NOON, clear, make_mute, make_record, make_routes, step
from tests.rules.notify.told import ESCALATING, GROUPED, HOUR, MINUTE, ROUTES, STEPS, Told, snapshot


@pytest.fixture
def told() -> Told:
    return Told(make_routes(ROUTES))


def test_a_raise_waits_for_its_group_and_is_told_once(told: Told) -> None:
    told.open(make_record())
    assert told.said(9) == []
    assert told.said(10) == ["desk: raise cut-1"]
    assert told.said(11) == []


def test_incidents_of_one_group_go_in_one_message() -> None:
    told = Told(make_routes(GROUPED))
    told.open(make_record("a"))
    told.said(5)
    told.open(make_record("b"))
    told.open(make_record("c", communes=("24175",)))
    assert told.said(10) == ["desk: group a b"]
    assert told.said(15) == ["desk: raise c"]
    told.open(make_record("d"))
    assert told.said(60) == []
    assert told.said(10 + 5 * MINUTE) == ["desk: raise d"]


def test_growth_is_told_at_the_groups_interval_and_worse_severity_at_once(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.at(10)
    grown = step(record, links=("l-1",))
    told.update(grown)
    assert told.said(5 * MINUTE) == []
    assert told.said(5 * MINUTE + 10) == ["desk: update cut-1"]
    told.update(step(grown, severity=Severity.CRITICAL))
    (update,) = told.at(5 * MINUTE + 11)
    assert update.notices[0].before == "major"
    assert update.notices[0].grew


def test_a_step_that_changes_nothing_people_are_told_is_not_told(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.at(10)
    told.update(step(record, reason="other", changed_at=NOON + 20))
    assert told.said(HOUR) == []


def test_another_cause_is_an_update_of_the_same_thread(told: Told) -> None:
    record = make_record()
    told.open(record)
    (begun,) = told.at(10)
    told.update(step(record, root=("feeder-2",)))
    (update,) = told.at(HOUR)
    assert update.action == "update"
    assert update.notices[0].thread == begun.key != update.key


def test_what_nobody_takes_on_is_repeated_and_what_somebody_did_is_not(told: Told) -> None:
    told.open(make_record())
    told.at(10)
    first, second = told.at(4 * HOUR + 10), told.at(8 * HOUR + 10)
    assert [each[0].action for each in (first, second)] == ["repeat", "repeat"]
    assert first[0].key != second[0].key
    told.ledger.set_acknowledged({"cut-1": NOON + 20 * HOUR})
    assert told.said(16 * HOUR) == []
    assert told.said(20 * HOUR) == ["desk: repeat cut-1"]


def test_an_end_is_told_at_once_and_only_once(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.at(10)
    told.clear(clear(record, NOON + 20))
    assert told.said(20) == ["desk: resolve cut-1"]
    told.clear(clear(record, NOON + 20))
    assert told.said(HOUR) == []


def test_what_ends_before_it_was_told_is_told_neither_way(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.at(5)
    told.clear(clear(record, NOON + 6))
    assert told.said(HOUR) == []
    (result,) = told.ledger.drain_results()
    assert (result.outcome, result.error) == (Outcome.WITHHELD, "over before it was told")


def test_planned_and_not_notified_incidents_are_kept_quiet_until_they_are_neither(
    told: Told,
) -> None:
    planned = make_record("a", planned=True)
    told.open(planned)
    told.open(make_record("b", notified=False))
    assert told.said(HOUR) == []
    reasons = {result.error for result in told.ledger.drain_results()}
    assert reasons == {"planned", "not notified"}
    told.update(step(planned, planned=False))
    assert told.said(2 * HOUR) == ["desk: raise a"]


def test_a_mute_withholds_and_its_end_tells_what_is_still_open(told: Told) -> None:
    told.ledger.set_mutes([make_mute("commune=24133", NOON, NOON + HOUR)])
    over = make_record("a")
    told.open(over)
    told.open(make_record("b"))
    told.open(make_record("c", communes=("24133", "24175")))
    assert told.said(10) == ["desk: raise c"]
    told.clear(clear(over, NOON + 60))
    assert told.said(HOUR - 1) == []
    assert told.said(HOUR) == ["desk: raise b"]
    withheld = [each for each in told.ledger.drain_results() if each.outcome is Outcome.WITHHELD]
    assert [(each.incidents, each.error) for each in withheld] == [
        (("a",), "muted by silence 7"),
        (("b",), "muted by silence 7"),
        (("a",), "over before it was told"),
    ]


def test_an_end_is_told_although_it_was_muted_meanwhile(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.at(10)
    told.ledger.set_mutes([make_mute("incident=cut-1")])
    grown = step(record, severity=Severity.CRITICAL)
    told.update(grown)
    assert told.said(HOUR) == []
    told.clear(clear(grown, NOON + HOUR))
    assert told.said(HOUR + 1) == ["desk: resolve cut-1"]


def test_an_unowned_incident_escalates_and_its_end_goes_there_too() -> None:
    told = Told(make_routes(ESCALATING))
    record = make_record()
    told.open(record)
    told.at(10)
    assert told.said(15 * MINUTE - 1) == []
    (raised,) = told.at(15 * MINUTE)
    assert (raised.receiver, raised.action) == ("chief", "raise")
    assert raised.notices[0].escalated
    told.clear(clear(record, NOON + HOUR))
    assert sorted(told.said(HOUR)) == ["chief: resolve cut-1", "desk: resolve cut-1"]


def test_an_acknowledgement_stops_escalation_until_it_runs_out() -> None:
    told = Told(make_routes(ESCALATING))
    told.open(make_record())
    told.at(10)
    told.ledger.set_acknowledged({"cut-1": NOON + HOUR})
    assert told.said(HOUR + 14 * MINUTE) == []
    assert told.said(HOUR + 15 * MINUTE) == ["chief: raise cut-1"]


NIGHTS = """
receivers: {office: {log: {}}, on-call: {log: {}}}
intervals: {nights: {from: "22:00", to: "06:00"}}
route:
  receivers: office
  group_wait: 0s
  routes: [{during: nights, receivers: on-call}]
"""


def test_who_is_in_charge_from_an_hour_on_is_told_of_what_nobody_took_on() -> None:
    told = Told(make_routes(NIGHTS))
    mine, theirs = make_record("mine"), make_record("theirs")
    told.open(mine)
    told.open(theirs)
    told.at(0)
    told.ledger.set_acknowledged({"mine": None})
    assert told.said(10 * HOUR - 1) == ["office: repeat theirs"]
    assert told.said(10 * HOUR) == ["on-call: raise theirs"]
    told.clear(clear(theirs, NOON + 11 * HOUR))
    assert sorted(told.said(11 * HOUR)) == ["office: resolve theirs", "on-call: resolve theirs"]
    told.clear(clear(mine, NOON + 11 * HOUR))
    assert told.said(11 * HOUR) == ["office: resolve mine"]


SHIFTS = """
receivers: {day: {log: {}}, night: {log: {}}, day-chief: {log: {}}, night-chief: {log: {}}}
intervals: {nights: {from: "22:00", to: "06:00"}}
route:
  receivers: day
  group_wait: 0s
  repeat_interval: 24h
  escalate: {after: 15m, to: day-chief}
  routes:
    - match: {}
      during: nights
      receivers: night
      escalate: {after: 15m, to: night-chief}
"""


def test_those_in_charge_at_night_have_their_own_escalation_and_their_own_time_for_it() -> None:
    told = Told(make_routes(SHIFTS))
    told.said(9 * HOUR)
    told.open(make_record())
    assert told.said(9 * HOUR) == ["day: raise cut-1"]
    assert told.said(9 * HOUR + 15 * MINUTE) == ["day-chief: raise cut-1"]
    assert told.said(10 * HOUR) == ["night: raise cut-1"]
    assert told.said(10 * HOUR + 15 * MINUTE - 1) == []
    assert told.said(10 * HOUR + 15 * MINUTE) == ["night-chief: raise cut-1"]
    assert told.said(18 * HOUR) == told.said(19 * HOUR) == []


def test_escalation_counts_from_the_end_of_a_mute() -> None:
    told = Told(make_routes(ESCALATING))
    told.ledger.set_mutes([make_mute("commune=24133", NOON, NOON + 6 * HOUR)])
    told.open(make_record())
    assert told.said(HOUR) == []
    assert told.said(6 * HOUR) == ["desk: raise cut-1"]
    told.ledger.set_mutes([])
    assert told.said(6 * HOUR + 15 * MINUTE - 1) == []
    assert told.said(6 * HOUR + 15 * MINUTE) == ["chief: raise cut-1"]


def test_escalation_counts_from_the_end_of_a_mute_that_began_later() -> None:
    told = Told(make_routes(ESCALATING))
    told.ledger.set_mutes([make_mute("commune=24133", NOON + 5 * MINUTE, NOON + HOUR)])
    told.open(make_record())
    assert told.said(10) == ["desk: raise cut-1"]
    assert told.said(5 * MINUTE) == told.said(HOUR) == []
    assert told.said(HOUR + 15 * MINUTE - 1) == []
    assert told.said(HOUR + 15 * MINUTE) == ["chief: raise cut-1"]


def test_escalation_counts_from_when_what_was_planned_no_longer_is() -> None:
    told = Told(make_routes(ESCALATING))
    planned = make_record(planned=True)
    told.open(planned)
    assert told.said(HOUR) == []
    told.update(step(planned, planned=False))
    assert told.said(HOUR) == ["desk: raise cut-1"]
    assert told.said(HOUR + 15 * MINUTE - 1) == []
    assert told.said(HOUR + 15 * MINUTE) == ["chief: raise cut-1"]


def test_those_in_charge_are_told_when_what_somebody_had_by_day_is_nobodys_again() -> None:
    told = Told(make_routes(SHIFTS))
    told.open(make_record())
    assert told.said(0) == ["day: raise cut-1"]
    told.ledger.set_acknowledged({"cut-1": NOON + 11 * HOUR})
    assert told.said(10 * HOUR) == told.said(11 * HOUR - 1) == []
    assert told.said(11 * HOUR) == ["night: raise cut-1"]
    assert told.said(11 * HOUR + 15 * MINUTE) == ["night-chief: raise cut-1"]


def test_a_restart_at_night_tells_nobody_of_what_somebody_has() -> None:
    told = Told(make_routes(SHIFTS))
    told.open(make_record())
    told.said(0)
    told.ledger.set_acknowledged({"cut-1": NOON + 11 * HOUR})
    after = Told(told.routes, snapshot(told))
    assert after.said(10 * HOUR) == []
    assert after.said(11 * HOUR) == ["night: raise cut-1"]


def test_whoever_is_next_is_called_at_once_when_people_ask_for_it() -> None:
    told = Told(make_routes(STEPS))
    told.open(make_record())
    assert told.said(10) == ["desk: raise cut-1"]
    told.ledger.set_acknowledged({"cut-1": None})
    told.ledger.set_escalated({"cut-1": 1})
    (raised,) = told.at(MINUTE)
    assert (raised.receiver, raised.notices[0].escalated) == ("chief", True)
    told.ledger.set_escalated({"cut-1": 1})
    assert told.said(3 * HOUR) == []
    told.ledger.set_escalated({"cut-1": 2})
    assert told.said(3 * HOUR) == ["head: raise cut-1"]


def test_a_step_that_people_asked_for_is_not_taken_again_in_time() -> None:
    told = Told(make_routes(STEPS))
    told.open(make_record())
    told.said(10)
    told.ledger.set_escalated({"cut-1": 1})
    assert told.said(MINUTE) == ["chief: raise cut-1"]
    assert told.said(HOUR - 1) == []
    assert told.said(HOUR) == ["head: raise cut-1"]


def test_people_who_ask_for_more_pass_over_whoever_is_told_and_hear_when_nobody_is_left() -> None:
    told = Told(make_routes(STEPS.replace("receivers: desk", "receivers: [desk, chief]")))
    told.open(make_record())
    told.said(10)
    told.ledger.set_escalated({"cut-1": 2})
    told.ledger.drain_results()
    assert told.said(MINUTE) == ["head: raise cut-1"]
    withheld = [each for each in told.ledger.drain_results() if each.outcome is Outcome.WITHHELD]
    assert [(each.incidents, each.error) for each in withheld] == [
        (("cut-1",), "nobody is left to call")
    ]


def test_a_mute_holds_what_people_asked_for_until_it_ends() -> None:
    told = Told(make_routes(STEPS))
    told.ledger.set_mutes([make_mute("commune=24133", NOON, NOON + 5 * MINUTE)])
    told.open(make_record())
    told.ledger.set_escalated({"cut-1": 1})
    assert told.said(MINUTE) == []
    assert sorted(told.said(5 * MINUTE)) == ["chief: raise cut-1", "desk: raise cut-1"]
