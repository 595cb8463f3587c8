"""What is called gained, lost, moved and changed."""

from dataclasses import replace

import pytest

from rules.backtest.comparison import compare
from rules.backtest.verdicts import Verdict
from rules.model import IncidentClass, Severity

FEEDER = Verdict(
    incident="i1",
    incident_class=IncidentClass.OUTAGE,
    severity=Severity.MAJOR,
    root=("feeder1",),
    onset=1000.0,
    opened_at=1010.0,
    ended_at=2000.0,
)
BATTERY = replace(
    FEEDER, incident="r1", incident_class=IncidentClass.RULE, rule="battery/low", root=("probe1",)
)


def test_what_two_ways_find_alike_is_the_same_whatever_they_call_it() -> None:
    other = replace(FEEDER, incident="i7", opened_at=1015.0, root=("feeder1", "splitter1"))
    found = compare([FEEDER], [other], 10.0)
    assert not found.differs
    assert [(pair.before, pair.after) for pair in found.same] == [(FEEDER, other)]


def test_another_cause_is_one_lost_and_one_gained() -> None:
    other = replace(FEEDER, root=("feeder2",))
    found = compare([FEEDER], [other], 10.0)
    assert (found.lost, found.gained) == ((FEEDER,), (other,))
    assert [*found.moved, *found.severity, *found.same] == []


@pytest.mark.parametrize(
    "other",
    [
        replace(BATTERY, rule="battery/empty"),
        replace(BATTERY, root=("probe2",)),
        replace(BATTERY, onset=9000.0, opened_at=9010.0, ended_at=9500.0),
    ],
)
def test_alerts_of_another_rule_device_or_time_are_others(other: Verdict) -> None:
    found = compare([BATTERY], [other], 10.0)
    assert (found.lost, found.gained) == ((BATTERY,), (other,))


@pytest.mark.parametrize(
    "other",
    [
        replace(FEEDER, opened_at=1021.0),
        replace(FEEDER, ended_at=2011.0),
        replace(FEEDER, ended_at=None),
    ],
)
def test_the_same_cause_at_other_times_has_moved(other: Verdict) -> None:
    found = compare([FEEDER], [other], 10.0)
    assert [(pair.before, pair.after) for pair in found.moved] == [(FEEDER, other)]
    assert [*found.gained, *found.lost, *found.severity, *found.same] == []


def test_severity_is_told_beside_the_move() -> None:
    other = replace(FEEDER, severity=Severity.CRITICAL, opened_at=1100.0)
    found = compare([FEEDER], [other], 10.0)
    assert [pair.after for pair in found.severity] == [other]
    assert [pair.after for pair in found.moved] == [other]
    assert [*found.gained, *found.lost, *found.same] == []


def test_of_several_of_one_cause_those_nearest_in_time_are_the_same() -> None:
    """A cause that fails three times is not three moved incidents if the first is not found."""
    times = [1000.0, 2500.0, 4000.0]
    before = [
        replace(FEEDER, incident=f"i{at:.0f}", onset=at, opened_at=at + 10, ended_at=at + 900)
        for at in times
    ]
    found = compare(before, before[1:], 10.0)
    assert found.lost == (before[0],)
    assert [*found.gained, *found.moved] == []
    assert len(found.same) == 2
