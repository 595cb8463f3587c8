"""The ledger in storms: digests for people, bundles for programs."""

import pytest

from tests.rules.notify.make import NOON, clear, make_record, make_routes
from tests.rules.notify.told import MINUTE, ROUTES, Told


@pytest.fixture
def told() -> Told:
    return Told(make_routes(ROUTES))


def test_a_storm_becomes_one_digest_an_interval_ranked_by_household_minutes(told: Told) -> None:
    for number in range(2500):
        told.open(make_record(f"cut-{number:04}", households=number + 1))
    (digest,) = told.at(10)
    assert digest.action == "digest"
    assert len(digest.notices) == 2500
    assert digest.summary is not None
    assert digest.summary.open_count == 2500
    assert digest.summary.ranking[0].incident == "cut-2499"
    # All of them impair the same two villages.
    assert (digest.summary.villages, digest.summary.households) == (2, 5000)
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
