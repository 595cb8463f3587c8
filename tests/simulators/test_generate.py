"""The generated inventory."""

from collections import Counter

import pytest

from province.dak_lak import load_communes
from province.devices import DeviceKind
from province.inventory import Inventory, format_record, parse_inventory
from province.topology import NodeKind
from simulators.generate import generate_inventory


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return generate_inventory(seed=7)


def text(inventory: Inventory) -> bytes:
    return "\n".join(format_record(record) for record in inventory.records()).encode()


def test_it_holds_every_rule_of_the_format(inventory: Inventory) -> None:
    assert parse_inventory(text(inventory), "generated") == inventory


def test_its_size_is_that_of_the_province(inventory: Inventory) -> None:
    assert len(inventory.communes) == 102
    assert len(inventory.operators) == 3
    assert len(inventory.villages) == 2500
    assert 7_500 < len(inventory.devices) < 8_300
    assert all(village.synthetic for village in inventory.villages)


def test_every_village_has_two_to_four_devices_on_links_of_two_operators(
    inventory: Inventory,
) -> None:
    devices = Counter(device.village for device in inventory.devices if device.village)
    assert devices.keys() == {village.code for village in inventory.villages}
    assert set(devices.values()) == {2, 3, 4}
    operators: dict[str, set[str]] = {}
    for link in inventory.links:
        operators.setdefault(link.village, set()).add(link.operator)
    assert all(len(serving) >= 2 for serving in operators.values())


def test_households_follow_population(inventory: Inventory) -> None:
    households: Counter[str] = Counter()
    for village in inventory.villages:
        households[village.commune] += village.households
    for commune in inventory.communes:
        assert households[commune.code] == round(commune.population / 3.8)


def test_a_link_ends_at_a_node_of_its_operator(inventory: Inventory) -> None:
    nodes = {node.code: node for node in inventory.nodes}
    for link in inventory.links:
        node = nodes[link.node]
        assert node.operator == link.operator
        assert node.kind is (NodeKind.CELL if link.technology.mobile else NodeKind.CARD)


def test_every_network_node_leads_up_to_a_core(inventory: Inventory) -> None:
    nodes = {node.code: node for node in inventory.nodes}
    for node in inventory.nodes:
        top = node
        while top.parents:
            top = nodes[top.parents[0]]
        expected = NodeKind.POWER_SUBSTATION if node.kind.supplies_power else NodeKind.OPERATOR_CORE
        assert top.kind is expected, node.code


def test_canaries_stand_inside_and_at_every_operator(inventory: Inventory) -> None:
    canaries = [device for device in inventory.devices if device.kind is DeviceKind.CANARY]
    assert len(canaries) == 4
    assert sum(device.node is None for device in canaries) == 1


def test_the_seed_decides_everything() -> None:
    assert text(generate_inventory(3, 0.05)) == text(generate_inventory(3, 0.05))
    assert text(generate_inventory(3, 0.05)) != text(generate_inventory(4, 0.05))


def test_a_commune_has_the_same_villages_with_and_without_its_neighbours() -> None:
    first, second = load_communes()[:2]
    alone = generate_inventory(3, 0.5, [first]).villages
    together = generate_inventory(3, 0.5, [first, second]).villages
    assert alone == tuple(village for village in together if village.commune == first.code)


@pytest.mark.parametrize("scale", [0.0004, 0.01, 0.3])
def test_any_scale_gives_a_valid_inventory(scale: float) -> None:
    inventory = generate_inventory(1, scale)
    assert len(inventory.villages) == round(2500 * scale)
    parse_inventory(text(inventory), "generated")
