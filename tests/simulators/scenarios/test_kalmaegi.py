"""kalmaegi-2025 against the facts that were reported."""

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from province.instants import parse_instant
from province.topology import Node, NodeKind
from simulators.scenarios.model import Cut, MainsOff, Scenario
from simulators.scenarios.reader import load_scenario
from simulators.scenarios.targets import resolve_targets
from simulators.world.topology import Failed, Standing, Topology
from tests.simulators.scenarios.conftest import Provinces

Facts = list[dict[str, str]]

MEASURED = parse_instant("2025-11-22T18:00:00+07:00")
WORST = parse_instant("2025-11-20T12:00:00+07:00")
OVER = parse_instant("2025-11-26T18:00:00+07:00")
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("kalmaegi-2025")


@pytest.fixture
def facts(dak_lak_data: Path) -> Facts:
    with (dak_lak_data / "real_events.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def standing(scenario: Scenario, topology: Topology, seed: int, at: datetime) -> Standing:
    """Return what stands at a moment; batteries of sites outlast the run."""
    hit = resolve_targets(scenario, topology, seed)

    def codes(kind: type[Cut | MainsOff]) -> Iterator[str]:
        for fault in scenario.faults:
            if isinstance(fault, kind) and (
                fault.begins(scenario.start) <= at < fault.ends(scenario.start)
            ):
                yield from hit[fault.name]

    nodes = {code for code in codes(Cut) if code in topology.nodes}
    return topology.standing(Failed(nodes=nodes, mains=set(codes(MainsOff))))


def sites_in_the_east(topology: Topology) -> Mapping[str, list[Node]]:
    """Return the mobile sites of the former Phu Yen by operator."""
    sites: dict[str, list[Node]] = {}
    for node in topology.nodes.values():
        if node.kind is NodeKind.SITE and (node.commune or "") < "23000":
            sites.setdefault(node.operator or "", []).append(node)
    return sites


def silent_share(sites: list[Node], stands: Standing) -> float:
    return sum(site.code not in stands.nodes for site in sites) / len(sites)


def reported(facts: Facts, subject: str, day: str) -> str:
    (value,) = [
        fact["value"]
        for fact in facts
        if fact["subject"] == subject and fact["time_local"].startswith(day)
    ]
    return value


@pytest.mark.parametrize("scale", [0.3, 1])
@pytest.mark.parametrize("seed", SEEDS)
def test_stations_work_per_operator_as_reported_for_22_november(
    scale: float, seed: int, scenario: Scenario, provinces: Provinces, facts: Facts
) -> None:
    topology = provinces(scale, seed)
    stands = standing(scenario, topology, seed, MEASURED)
    for operator in topology.inventory.operators:
        subject = f"{operator.name} base stations working"
        working, of_all = re.findall(r"\d+", reported(facts, subject, "2025-11-22T18:00"))
        sites = sites_in_the_east(topology)[operator.code]
        expected = 1 - int(working) / int(of_all)
        assert silent_share(sites, stands) == pytest.approx(expected, abs=0.03), operator.name


@pytest.mark.parametrize("seed", SEEDS)
def test_nearly_as_much_as_reported_was_lost_at_the_worst(
    seed: int, scenario: Scenario, provinces: Provinces, facts: Facts
) -> None:
    topology = provinces(1, seed)
    sites = [site for sites in sites_in_the_east(topology).values() for site in sites]
    share = reported(facts, "share of communications lost at the worst", "2025-12-20")
    lost = silent_share(sites, standing(scenario, topology, seed, WORST))
    assert lost == pytest.approx(int(share) / 100, abs=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_customers_without_power_are_as_many_as_reported_for_22_november(
    seed: int, scenario: Scenario, provinces: Provinces, facts: Facts
) -> None:
    topology = provinces(1, seed)
    stands = standing(scenario, topology, seed, parse_instant("2025-11-22T07:00:00+07:00"))
    unfed = {
        device.village for device in topology.devices.values() if not stands.fed(device.power_node)
    }
    villages = topology.villages.values()
    without = sum(village.households for village in villages if village.code in unfed)
    share = without / sum(village.households for village in villages)
    customers = int(reported(facts, "customers without power", "2025-11-22"))
    # 4,861 customers were 0.51 % of all on 13 November.
    assert share == pytest.approx(customers / (4861 / 0.0051), abs=0.03)


@pytest.mark.parametrize("seed", SEEDS)
def test_three_communes_have_no_mobifone_signal(
    seed: int, scenario: Scenario, provinces: Provinces, facts: Facts
) -> None:
    topology = provinces(1, seed)
    stands = standing(scenario, topology, seed, MEASURED)
    communes = {fact["commune_code"] for fact in facts if fact["subject"] == "MobiFone signal"}
    dead = [site for site in sites_in_the_east(topology)["mobifone"] if site.commune in communes]
    assert len(communes) == 3
    assert dead
    assert silent_share(dead, stands) == 1


def test_villages_are_flooded_in_the_communes_that_were_named(
    scenario: Scenario, facts: Facts
) -> None:
    (flood,) = [fault for fault in scenario.faults if fault.name == "flood-villages"]
    assert isinstance(flood, Cut)
    named = {fact["commune_code"] for fact in facts if fact["subject"] == "flooded"}
    assert set(flood.target.communes) == named


def test_everything_is_restored_by_26_november(scenario: Scenario, provinces: Provinces) -> None:
    topology = provinces(1, 1)
    sound = topology.standing(Failed())
    assert standing(scenario, topology, 1, OVER) == sound
    assert max(fault.ends(scenario.start) for fault in scenario.faults) <= OVER


def test_every_fault_names_a_fact_of_its_date_or_says_that_it_is_invented(
    scenario: Scenario, facts: Facts
) -> None:
    dates = {fact["time_local"][:10] for fact in facts}
    # Restored by 26 November is a remark to a fact that bears the day of its report.
    dates |= set(re.findall(r"by (\d{4}-\d\d-\d\d)", " ".join(fact["note"] for fact in facts)))
    for fault in scenario.faults:
        said = re.match(r"(?:(\d{4}-\d\d-\d\d): .+; )?invented: .+", fault.text)
        assert said, fault.name
        assert said[1] is None or said[1] in dates, fault.name


def test_figures_in_texts_are_those_of_the_facts(scenario: Scenario, facts: Facts) -> None:
    known = " ".join(" ".join(fact.values()) for fact in facts)
    plain = set(re.findall(r"\d+", known.replace(",", "")))
    for fault in scenario.faults:
        fact, _, _ = fault.text.rpartition("invented: ")
        for figure in re.findall(r"\d{1,3}(?:,\d{3})+", fact):
            assert figure.replace(",", "") in plain, (fault.name, figure)


def test_announced_work_on_a_feeder_has_the_hours_of_a_real_notice(dak_lak_data: Path) -> None:
    scenario = load_scenario("planned-power")
    with (dak_lak_data / "planned_power_outages.csv").open(encoding="utf-8", newline="") as file:
        notices = {
            tuple(f"{row['date']}T{row[key]}:00+07:00" for key in ("start_local", "end_local"))
            for row in csv.DictReader(file)
        }
    windows = {tuple(map(parse_instant, notice)) for notice in notices}
    for fault in scenario.faults:
        assert (fault.begins(scenario.start), fault.ends(scenario.start)) in windows
