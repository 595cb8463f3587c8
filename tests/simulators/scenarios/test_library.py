"""The library: complete, right, and fit for every province."""

from collections import Counter
from datetime import timedelta

import pytest

from province.devices import DeviceKind
from simulators.scenarios.model import (
    WARM_UP_INTERVALS,
    ClockSkew,
    Delivery,
    Noise,
    Scenario,
    target_of,
)
from simulators.scenarios.reach import Reach
from simulators.scenarios.reader import load_scenario, scenario_names
from simulators.scenarios.targets import resolve_targets
from simulators.world.topology import Topology
from tests.simulators.scenarios.conftest import Provinces

NAMES = scenario_names()
LONG = {"quiet-week", "kalmaegi-2025"}
FROM_THE_START = (ClockSkew, Delivery, Noise)


def starts(scenario: Scenario) -> dict[str, timedelta]:
    return {fault.name: fault.begins(scenario.start) - scenario.start for fault in scenario.faults}


def count_reports(scenario: Scenario, topology: Topology) -> float:
    pace = {DeviceKind.SENSOR: 0.5, DeviceKind.CANARY: 3.0}
    kinds = Counter(device.kind for device in topology.devices.values())
    each = scenario.lasts / scenario.conditions.interval
    return sum(number * pace.get(kind, 1.0) * each for kind, number in kinds.items())


def test_it_has_the_whole_suite_and_what_stands_beside_it() -> None:
    numbers = [load_scenario(name).number for name in NAMES]
    assert [number for number in numbers if number] == list(range(1, 26))
    assert NAMES[0] == "feeder-cut"
    assert {"calm", "quiet-week", "kalmaegi-2025"} <= set(NAMES[25:])


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_says_what_happens_what_is_true_and_what_is_expected(name: str) -> None:
    scenario = load_scenario(name)
    texts = (scenario.title, scenario.story, scenario.truth, scenario.expected)
    assert all(texts)
    assert not any("|" in text or "\n" in text for text in texts), "it goes into a table"
    assert "\n" not in "".join(fault.text for fault in scenario.faults)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("scale", "seed"), [(s, n) for s in (0.1, 1) for n in (1, 2, 3)])
def test_every_target_fits_every_province(
    name: str, scale: float, seed: int, provinces: Provinces
) -> None:
    scenario, topology = load_scenario(name), provinces(scale, seed)
    hit = resolve_targets(scenario, topology, seed)
    assert set(hit) == {fault.name for fault in scenario.faults if target_of(fault) is not None}
    if name != "kalmaegi-2025":
        reach = Reach(topology)
        assert all(codes and reach.devices(*codes) for codes in hit.values())


@pytest.mark.parametrize("name", sorted(set(NAMES) - LONG))
def test_a_tenth_of_the_province_plays_it_in_few_messages(name: str, tenth: Topology) -> None:
    assert count_reports(load_scenario(name), tenth) < 330_000


def test_the_storm_of_three_weeks_stays_below_three_million_messages(tenth: Topology) -> None:
    assert count_reports(load_scenario("kalmaegi-2025"), tenth) < 2_500_000


@pytest.mark.parametrize("name", sorted(set(NAMES) - LONG))
def test_it_can_be_played_with_an_interval_of_a_minute(name: str) -> None:
    scenario = load_scenario(name)
    warm_up = WARM_UP_INTERVALS * timedelta(seconds=60)
    for fault in scenario.faults:
        begins = fault.begins(scenario.start) - scenario.start
        assert begins >= warm_up or isinstance(fault, FROM_THE_START), fault.name


def test_the_second_of_two_faults_comes_twelve_seconds_later_and_overlaps(
    tenth: Topology,
) -> None:
    scenario = load_scenario("two-faults")
    at = starts(scenario)
    assert at["mains"] - at["ring"] == timedelta(seconds=12)
    hit, reach = resolve_targets(scenario, tenth, 5), Reach(tenth)
    assert reach.villages(*hit["mains"]) & reach.villages(*hit["ring"])


def test_maintenance_is_overrun_on_the_same_object_without_a_gap(tenth: Topology) -> None:
    scenario = load_scenario("maintenance-overrun")
    faults = {fault.name: fault for fault in scenario.faults}
    hit = resolve_targets(scenario, tenth, 5)
    assert hit["window"] == hit["work"] == hit["overrun"]
    assert faults["work"].ends(scenario.start) == faults["overrun"].begins(scenario.start)
    assert faults["work"].ends(scenario.start) == faults["window"].ends(scenario.start)
    assert faults["overrun"].span == timedelta(minutes=40)
    assert [fault.expectation for fault in scenario.faults] == ["none", "record", "incident"]


def test_the_storm_has_nine_roots_apart_from_each_other(provinces: Provinces) -> None:
    scenario = load_scenario("storm")
    for seed in (1, 2, 3):
        topology = provinces(0.1, seed)
        reach = Reach(topology)
        hit = resolve_targets(scenario, topology, seed)
        silenced = [reach.devices(*codes) for codes in hit.values()]
        assert len(silenced) == 9
        assert len(frozenset().union(*silenced)) == sum(map(len, silenced))


def test_the_core_that_is_lost_is_one_on_which_villages_depend(provinces: Provinces) -> None:
    for scale in (0.1, 1):
        for seed in range(1, 4):
            topology = provinces(scale, seed)
            hit = resolve_targets(load_scenario("operator-partial"), topology, seed)
            assert len(Reach(topology).villages(*hit["core"])) >= 12


def test_the_evening_lasts_from_18_to_22_h() -> None:
    scenario = load_scenario("congestion")
    (fault,) = scenario.faults
    begins, ends = fault.begins(scenario.start), fault.ends(scenario.start)
    assert (begins.hour + 7, ends.hour + 7) == (18, 22)
