"""Matching: which incident is about which fault."""

import pytest

from simulators.score.matching import Matching, match
from tests.simulators.score.make import (
    Object,
    clearing,
    fault_line,
    make_log,
    make_truth,
    opening,
    run_line,
    update,
)

AREA = [f"v{number}" for number in range(1, 9)]


def area(name: str, onset: float, end: float, **changes: object) -> Object:
    """Return a fault of eight villages."""
    return fault_line(
        name, onset, end, **{"category": "area", "root": "agg", "villages": AREA, **changes}
    )


def matching(faults: list[Object], *said: Object) -> Matching:
    run = run_line(villages=[*AREA, "w1", "w2"])
    return match(make_truth(*faults, run=run), make_log(*said))


def matched(faults: list[Object], *said: Object) -> dict[str, str]:
    found = matching(faults, *said).matched
    return {fault: incident.name for fault, incident in found.items()}


@pytest.mark.parametrize(
    ("at", "is_about"),
    [(29.4, False), (29.5, True), (30, True), (60, True), (60.1, False)],
)
def test_an_incident_opens_between_an_interval_before_the_onset_and_the_end(
    at: float, *, is_about: bool
) -> None:
    assert bool(matched([fault_line("cut", 30, 60)], opening(at))) is is_about


def test_what_counts_is_the_moment_at_which_people_are_told() -> None:
    record = opening(10, notified=False, planned=True)
    assert matched([fault_line("overrun", 30, 60)], record, update(35)) == {"overrun": "i1"}


@pytest.mark.parametrize(
    ("villages", "is_about"),
    [(AREA, True), (AREA[:4], True), (AREA[:3], False), ([*AREA[:4], "w1"], False)],
)
def test_half_of_the_villages_of_either_must_be_in_both(
    villages: list[str], *, is_about: bool
) -> None:
    said = opening(31, villages=villages)
    assert bool(matched([area("ring", 30, 60)], said)) is is_about


def test_villages_are_those_of_the_whole_life() -> None:
    said = [opening(31, villages=AREA[:1]), update(32, villages=AREA[1:5]), clearing(60)]
    assert matched([area("ring", 30, 60)], *said) == {"ring": "i1"}


def test_links_that_agree_better_than_villages_decide() -> None:
    fault = area("card", 30, 60, links=["l1", "l2"])
    assert matched([fault], opening(31, villages=AREA[:1], links=["l1"])) == {"card": "i1"}


@pytest.mark.parametrize(
    ("fault_class", "incident_class", "is_about"),
    [
        ("outage", "outage", True),
        ("outage", "degradation", True),
        ("degradation", "outage", True),
        ("outage", "pipeline", False),
        ("pipeline", "outage", False),
        ("pipeline", "pipeline", True),
        ("outage", "device", False),
    ],
)
def test_classes_must_fit(fault_class: str, incident_class: str, *, is_about: bool) -> None:
    fault = {**fault_line("cut", 30, 60), "class": fault_class}
    assert bool(matched([fault], opening(31, as_class=incident_class))) is is_about


def test_the_right_root_goes_before_the_better_overlap_and_the_earlier() -> None:
    early = opening(31, "early", villages=AREA, root=["olt"])
    right = opening(32, "right", villages=AREA[:5], root=["agg"])
    found = matching([area("ring", 30, 60)], early, right)
    assert found.matched["ring"].name == "right"
    assert [incident.name for incident in found.extra["ring"]] == ["early"]
    assert found.false == []


def test_an_incident_is_about_one_fault_only() -> None:
    faults = [area("first", 30, 90), area("second", 31, 90)]
    assert matched(faults, opening(32, villages=AREA)) == {"first": "i1"}


def test_two_faults_in_the_same_places_get_their_own_incidents() -> None:
    faults = [area("ring", 30, 90), area("feeder", 30.2, 90, root="feeder")]
    said = [
        opening(32, "a", villages=AREA, root=["feeder"]),
        opening(33, "b", villages=AREA, root=["agg"]),
    ]
    assert matched(faults, *said) == {"feeder": "a", "ring": "b"}


def test_parts_of_a_fault_that_nobody_told_as_a_whole_are_extra() -> None:
    parts = [opening(31, village, villages=[village], root=[village]) for village in AREA]
    found = matching([area("ring", 30, 60)], *parts)
    assert found.matched == {}
    assert len(found.extra["ring"]) == 8


def test_what_lies_outside_is_about_nothing() -> None:
    found = matching(
        [area("ring", 30, 60)],
        opening(31, "elsewhere", villages=["w1"]),
        opening(32, "too wide", villages=["v1", "w1", "w2"]),
        opening(70, "too late", villages=AREA),
    )
    assert [incident.name for incident in found.false] == ["elsewhere", "too wide", "too late"]


def test_any_incident_of_the_pipeline_is_about_its_fault() -> None:
    fault = {**fault_line("broker", 30, 31, root="pipeline", villages=[]), "class": "pipeline"}
    said = opening(31.9, as_class="pipeline", villages=[], root=["broker"])
    assert matched([fault], said) == {"broker": "i1"}


def test_outages_told_while_the_pipeline_is_down_were_caused_by_it() -> None:
    fault = {**fault_line("broker", 30, 31, root="pipeline", villages=[]), "class": "pipeline"}
    found = matching([fault], opening(32), opening(60, "later"))
    assert [incident.name for incident in found.caused["broker"]] == ["i1"]


def test_a_fault_without_places_is_known_by_its_root() -> None:
    fault = fault_line("core", 30, 60, root="core1", villages=[])
    assert matched([fault], opening(31, villages=[], root=["core1"])) == {"core": "i1"}
    assert matched([fault], opening(31, villages=[], root=["core2"])) == {}


def test_a_remark_about_a_change_of_path_is_allowed_once() -> None:
    fault = area("path", 30, 60, expect="info")
    said = [opening(at, str(at), "degradation", villages=AREA, root=["agg"]) for at in (31, 33)]
    found = matching([fault], *said)
    assert [incident.name for incident in found.remarks] == ["31"]
    assert [incident.name for incident in found.false] == ["33"]
    assert found.matched == {}


def test_an_outage_about_a_change_of_path_is_about_nothing() -> None:
    found = matching([area("path", 30, 60, expect="info")], opening(31, villages=AREA))
    assert len(found.false) == 1


@pytest.mark.parametrize("expect", ["record", "ticket", "none"])
def test_what_people_need_not_hear_is_never_matched(expect: str) -> None:
    found = matching([fault_line("work", 30, 60, expect=expect)], opening(31))
    assert (found.matched, len(found.false)) == ({}, 1)


def test_who_cries_wolf_every_minute_has_not_seen_one() -> None:
    cries = [opening(minute, str(minute)) for minute in range(1, 60)]
    found = matching([fault_line("cut", 30, 45)], *cries)
    assert found.matched == {}
    assert len(found.extra["cut"]) == 16


def test_a_single_false_cry_long_before_costs_nothing() -> None:
    said = [opening(10, "false"), clearing(11, "false"), opening(31)]
    assert matched([fault_line("cut", 30, 45)], *said) == {"cut": "i1"}


def test_what_told_of_an_earlier_fault_is_no_false_cry() -> None:
    faults = [fault_line("first", 30, 35), fault_line("second", 38, 50)]
    said = [opening(31, "a"), opening(32, "b"), clearing(35, "a"), opening(39, "c")]
    assert matched(faults, *said) == {"first": "a", "second": "c"}
