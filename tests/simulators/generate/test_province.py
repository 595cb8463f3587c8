"""The generated province as a whole: valid, repeatable, and as large as it should be."""

import subprocess
import sys
from collections import Counter

import pytest

from province.dak_lak import load_communes
from province.devices import DeviceKind
from province.inventory import Inventory, format_record, parse_inventory
from province.topology import NodeKind, Technology
from simulators.generate import generate_inventory, generate_province
from simulators.generate.summary import summarise
from simulators.signals import SENSORS

DIGEST = """
import hashlib
from province.inventory import format_record
from simulators.generate import generate_province
published = generate_province(3, 0.02, wrong_edges=0.1).published
lines = "\\n".join(format_record(record) for record in published.records())
print(hashlib.sha256(lines.encode()).hexdigest())
"""


def text(inventory: Inventory) -> bytes:
    return "\n".join(format_record(record) for record in inventory.records()).encode()


def test_it_holds_every_rule_of_the_format(inventory: Inventory) -> None:
    assert parse_inventory(text(inventory), "generated") == inventory


def test_its_size_is_that_of_the_province(whole: Inventory) -> None:
    assert len(whole.communes) == 102
    assert len(whole.operators) == 3
    assert len(whole.villages) == 2500
    assert 7_700 <= len(whole.devices) <= 8_100


def test_a_tenth_of_it_has_a_tenth_of_all(whole: Inventory, tenth: Inventory) -> None:
    assert len(tenth.villages) == 250
    assert len(tenth.devices) == pytest.approx(len(whole.devices) / 10, rel=0.05)
    assert len(tenth.links) == pytest.approx(len(whole.links) / 10, rel=0.05)
    kinds, tenths = (Counter(node.kind for node in made.nodes) for made in (whole, tenth))
    for kind in (NodeKind.OLT, NodeKind.CARD, NodeKind.SPLITTER, NodeKind.SITE, NodeKind.CELL):
        assert tenths[kind] == pytest.approx(kinds[kind] / 10, rel=0.15), kind
    for technology in (Technology.FTTH, Technology.MOBILE_4G, Technology.MOBILE_5G):
        counts = [
            sum(link.technology is technology for link in made.links) for made in (whole, tenth)
        ]
        assert counts[1] == pytest.approx(counts[0] / 10, rel=0.15), technology


def test_every_village_is_marked_as_synthetic(inventory: Inventory) -> None:
    assert all(village.synthetic for village in inventory.villages)


def test_households_follow_population(inventory: Inventory) -> None:
    households: Counter[str] = Counter()
    for village in inventory.villages:
        households[village.commune] += village.households
    population = {commune.code: commune.population for commune in inventory.communes}
    for commune, count in households.items():
        assert count == round(population[commune] / 3.8)


def test_villages_have_two_three_or_four_devices_each_in_numbers(inventory: Inventory) -> None:
    devices = Counter(device.village for device in inventory.devices if device.village)
    assert devices.keys() == {village.code for village in inventory.villages}
    sizes = Counter(devices.values())
    assert sizes.keys() == {2, 3, 4}
    assert all(count > 0.13 * len(inventory.villages) for count in sizes.values())


def test_every_village_has_probes_on_two_links_or_more(inventory: Inventory) -> None:
    nodes = {link.code: link.node for link in inventory.links}
    probed: dict[str, set[str]] = {}
    for device in inventory.devices:
        if device.kind is DeviceKind.LINK_PROBE:
            assert device.village is not None
            assert device.link is not None
            assert device.node == nodes[device.link]
            probed.setdefault(device.village, set()).add(device.link)
    assert probed.keys() == {village.code for village in inventory.villages}
    assert min(len(links) for links in probed.values()) == 2
    assert sum(map(len, probed.values())) < len(inventory.links)


def test_two_probes_in_five_have_a_battery_and_half_of_the_villages_a_sensor(
    inventory: Inventory,
) -> None:
    probes = [device for device in inventory.devices if device.kind is DeviceKind.LINK_PROBE]
    assert sum(probe.ups for probe in probes) / len(probes) == pytest.approx(0.4, abs=0.06)
    sensors = [
        device
        for device in inventory.devices
        if device.kind is DeviceKind.SENSOR and device.village
    ]
    assert len(sensors) / len(inventory.villages) == pytest.approx(0.5, abs=0.02)


def test_there_are_sensors_of_every_variety(inventory: Inventory) -> None:
    codes = [device.code for device in inventory.devices if device.kind is DeviceKind.SENSOR]
    assert {code.rpartition("-")[2] for code in codes} == SENSORS.keys()


def test_every_site_has_a_base_station(inventory: Inventory) -> None:
    sites = {node.code for node in inventory.nodes if node.kind is NodeKind.SITE}
    stations = [d.node for d in inventory.devices if d.kind is DeviceKind.BASE_STATION]
    assert sorted(sites) == sorted(code for code in stations if code)


def test_canaries_stand_inside_and_at_every_operator(inventory: Inventory) -> None:
    canaries = [device for device in inventory.devices if device.kind is DeviceKind.CANARY]
    assert len(canaries) == 4
    assert sum(device.node is None for device in canaries) == 1


def test_the_seed_decides_everything() -> None:
    assert text(generate_inventory(3, 0.05)) == text(generate_inventory(3, 0.05))
    assert text(generate_inventory(3, 0.05)) != text(generate_inventory(4, 0.05))


def test_it_is_the_same_in_every_process() -> None:
    # Text hashes differently in each, and with it the order of sets.
    said = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]


def test_a_commune_has_the_same_villages_with_and_without_its_neighbours() -> None:
    first, second = load_communes()[:2]
    alone = generate_inventory(3, 0.5, [first]).villages
    together = generate_inventory(3, 0.5, [first, second]).villages
    assert alone == tuple(village for village in together if village.commune == first.code)


def test_given_communes_are_all_there_and_scale_thins_them() -> None:
    five = load_communes()[:5]
    inventory = generate_inventory(3, 0.1, five)
    assert inventory.communes == five
    people = sum(commune.population for commune in five)
    assert len(inventory.villages) == round(0.1 * people / 3_346_853 * 2500)
    parse_inventory(text(inventory), "generated")


@pytest.mark.parametrize("scale", [0.0004, 0.01, 0.3, 0.99, 1.2])
def test_any_scale_gives_a_valid_inventory_of_about_that_size(scale: float) -> None:
    inventory = generate_inventory(1, scale)
    assert abs(len(inventory.villages) - 2500 * scale) <= 4
    parse_inventory(text(inventory), "generated")


def test_a_summary_has_the_figures() -> None:
    province = generate_province(7, 0.1, wrong_edges=0.05)
    rows = {line[:30].strip(): line[30:].split() for line in summarise(province).splitlines()}
    assert rows["villages"][0] == "250"
    assert rows["devices"] == [str(len(province.true.devices))]
    assert rows["5g"][0] != rows["households covered by"][0]
    assert int(rows["wrong edges"][0]) > 0
