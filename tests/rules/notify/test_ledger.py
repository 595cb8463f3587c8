"""The ledger's timelines: what is told when."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from rules.incidents.record import IncidentRecord, Severity
from rules.model import Action
from rules.notify.ledger import Ledger
from rules.notify.lines import LogLine
from rules.notify.model import Dispatch, Mute, Outcome
from rules.notify.routes import Routes
from rules.notify.snapshot import dump_state, parse_state
from rules.notify.state import NotifyState
from tests.rules.notify.make import NOON, clear, make_record, make_routes, step

ROUTES = """
receivers:
  desk: {log: {}, digest: {above: 5, window: 5m, every: 5m}}
  chief: {log: {}, digest: {above: 5, window: 5m, every: 5m}}
route:
  receivers: desk
  group_wait: 10s
  group_interval: 5m
  repeat_interval: 4h
"""
ESCALATING = ROUTES + "  escalate: {after: 15m, to: chief}\n"
GROUPED = ROUTES + "  group_by: commune\n"

MINUTE, HOUR = 60.0, 3600.0


class Told:
    """A ledger whose receivers take everything at once, unless they are down."""

    def __init__(self, routes: Routes, state: NotifyState | None = None) -> None:
        self.routes = routes
        self.ledger = Ledger(routes, state or NotifyState(), Random(1))
        self.now = NOON
        self.down: set[str] = set()
        self.lines = list[LogLine]()

    def open(self, record: IncidentRecord) -> None:
        self.ledger.take(record, Action.OPEN, self.now)

    def update(self, record: IncidentRecord) -> None:
        self.ledger.take(record, Action.UPDATE, self.now)

    def clear(self, record: IncidentRecord) -> None:
        self.ledger.take(record, Action.CLEAR, self.now)

    def at(self, seconds: float) -> list[Dispatch]:
        """Go on to so many seconds after noon; return what was accepted then."""
        self.now = NOON + seconds
        accepted = []
        while found := self.ledger.due(self.now):
            for dispatch in found:
                self.lines += self.ledger.begin(dispatch, self.now)
                if dispatch.receiver in self.down:
                    self.lines += self.ledger.failed(dispatch, self.now, "is down")
                else:
                    self.lines += self.ledger.sent(dispatch, self.now)
                    accepted.append(dispatch)
        return accepted

    def said(self, seconds: float) -> list[str]:
        return [
            f"{dispatch.receiver}: {dispatch.action} "
            + " ".join(notice.record.incident for notice in dispatch.notices)
            for dispatch in self.at(seconds)
        ]

    def kill(self, state: NotifyState | None) -> "Told":
        """A new ledger from an older state and the lines on disk."""
        other = Told(self.routes, state)
        other.lines, other.now = list(self.lines), self.now
        other.ledger.recall(self.lines)
        return other


def snapshot(told: Told) -> NotifyState:
    """The state as the service's snapshot file gives it back."""
    return parse_state(dump_state(told.ledger.state), "snapshot")


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
    told.ledger.set_mutes([Mute("works", {"commune": ("24133",)}, NOON, NOON + HOUR)])
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
        (("a",), "muted by works"),
        (("b",), "muted by works"),
        (("a",), "over before it was told"),
    ]


def test_an_end_is_told_although_it_was_muted_meanwhile(told: Told) -> None:
    record = make_record()
    told.open(record)
    told.at(10)
    told.ledger.set_mutes([Mute("shelf", {"incident": ("cut-1",)})])
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


def test_a_notice_is_given_up_in_the_end_and_worse_severity_begins_anew(told: Told) -> None:
    told.down = {"desk"}
    record = make_record()
    told.open(record)
    for minutes in range(1, 24 * 60):
        told.at(minutes * MINUTE)
    outcomes = [result.outcome for result in told.ledger.drain_results()]
    assert outcomes[-1] is Outcome.GIVEN_UP
    assert outcomes.count(Outcome.GIVEN_UP) == 1
    told.down = set()
    assert told.said(25 * HOUR) == []
    told.update(step(record, severity=Severity.CRITICAL))
    assert told.said(25 * HOUR + 1) == ["desk: raise cut-1"]


def test_a_storm_becomes_one_digest_an_interval_ranked_by_household_minutes(told: Told) -> None:
    for number in range(2500):
        told.open(make_record(f"cut-{number:04}", households=number + 1))
    (digest,) = told.at(10)
    assert digest.action == "digest"
    assert len(digest.notices) == 2500
    assert digest.summary is not None
    assert digest.summary.open_count == 2500
    assert digest.summary.ranking[0].incident == "cut-2499"
    told.open(make_record("late"))
    assert told.said(5 * MINUTE) == []
    # The flood is over: what came in its wake is told by itself.
    assert told.said(5 * MINUTE + 10) == ["desk: raise late"]
    told.now += 1
    told.clear(clear(make_record("late"), told.now))
    assert told.said(5 * MINUTE + 11) == ["desk: resolve late"]


def test_the_sixth_message_in_five_minutes_becomes_a_digest(told: Told) -> None:
    for number in range(7):
        told.now = NOON + number * 20
        told.open(make_record(f"cut-{number}"))
        told.at(number * 20 + 10)
    actions = [result.action for result in told.ledger.drain_results()]
    assert actions == ["raise"] * 5 + ["digest"]
    assert told.said(3 * MINUTE) == []


def test_a_storm_that_ends_is_told_as_ended_for_every_incident(told: Told) -> None:
    records = [make_record(f"cut-{number}") for number in range(30)]
    for record in records:
        told.open(record)
    told.at(10)
    for record in records:
        told.clear(clear(record, NOON + 60))
    assert told.said(60) == []
    (digest,) = told.at(10 + 5 * MINUTE)
    assert [notice.telling for notice in digest.notices] == ["resolve"] * 30


def test_programs_get_every_notice_in_bundles_and_no_digest() -> None:
    routes = make_routes("receivers: {bus: {mqtt: {}}}\nroute: {receivers: bus, group_wait: 0s}\n")
    told = Told(routes)
    for number in range(1200):
        told.open(make_record(f"cut-{number}"))
    dispatches = told.at(0)
    assert [dispatch.summary for dispatch in dispatches] == [None] * 3
    assert sum(len(dispatch.notices) for dispatch in dispatches) == 1200


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
