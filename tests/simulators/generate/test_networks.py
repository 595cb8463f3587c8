"""The networks and the mains: who hangs on what, and how many on one."""

from collections import Counter, defaultdict

import pytest

from province.inventory import Inventory
from province.topology import Node, NodeKind, Technology


@pytest.fixture
def nodes(inventory: Inventory) -> dict[str, Node]:
    return {node.code: node for node in inventory.nodes}


def of_kind(inventory: Inventory, *kinds: NodeKind) -> list[Node]:
    return [node for node in inventory.nodes if node.kind in kinds]


def operators_by_village(inventory: Inventory) -> dict[str, set[str]]:
    operators: dict[str, set[str]] = defaultdict(set)
    for link in inventory.links:
        operators[link.village].add(link.operator)
    return operators


def test_a_link_ends_at_a_node_of_its_operator(
    inventory: Inventory, nodes: dict[str, Node]
) -> None:
    for link in inventory.links:
        node = nodes[link.node]
        assert node.operator == link.operator
        assert node.kind is (NodeKind.CELL if link.technology.mobile else NodeKind.SPLITTER)


def test_every_way_up_ends_at_a_core_and_the_mains_at_a_substation(
    inventory: Inventory, nodes: dict[str, Node]
) -> None:
    for node in inventory.nodes:
        tops = {node}
        while any(top.parents for top in tops):
            tops = {
                above for top in tops for above in ([nodes[code] for code in top.parents] or [top])
            }
        expected = NodeKind.POWER_SUBSTATION if node.kind.supplies_power else NodeKind.OPERATOR_CORE
        assert {top.kind for top in tops} == {expected}, node.code
        assert len({top.operator for top in tops}) == 1


def test_what_has_electronics_has_a_feeder_but_for_cores(
    inventory: Inventory, nodes: dict[str, Node]
) -> None:
    for node in of_kind(inventory, NodeKind.AGGREGATION, NodeKind.OLT, NodeKind.SITE):
        assert nodes[node.power_node or ""].kind is NodeKind.POWER_FEEDER
    assert all(node.power_node is None for node in of_kind(inventory, NodeKind.OPERATOR_CORE))


def test_cards_splitters_terminals_and_sites_have_their_sizes(
    inventory: Inventory, nodes: dict[str, Node]
) -> None:
    links = Counter(link.node for link in inventory.links)
    of_card: Counter[str] = Counter()
    villages_of_site: dict[str, set[str]] = defaultdict(set)
    for link in inventory.links:
        (above,) = nodes[link.node].parents
        if link.technology is Technology.FTTH:
            of_card[above] += 1
        else:
            villages_of_site[above].add(link.village)
    of_olt: Counter[str] = Counter()
    for card, count in of_card.items():
        of_olt[nodes[card].parents[0]] += count
    assert {links[node.code] for node in of_kind(inventory, NodeKind.SPLITTER)} == {1, 2, 3}
    assert all(links[node.code] for node in of_kind(inventory, NodeKind.CELL))
    assert set(of_card.values()) == {1, 2, 3, 4}
    assert Counter(of_card.values()).most_common(1)[0][0] == 4
    assert max(of_olt.values()) <= 32
    assert max(map(len, villages_of_site.values())) == 5


def test_a_site_has_a_cell_for_each_technology_and_two_for_4g_where_it_is_busy(
    inventory: Inventory,
) -> None:
    technologies = {link.node: link.technology for link in inventory.links}
    cells: dict[str, Counter[Technology]] = defaultdict(Counter)
    for cell in of_kind(inventory, NodeKind.CELL):
        cells[cell.parents[0]][technologies[cell.code]] += 1
    assert cells.keys() == {site.code for site in of_kind(inventory, NodeKind.SITE)}
    assert {each[Technology.MOBILE_4G] for each in cells.values()} == {1, 2}
    assert {each[Technology.MOBILE_5G] for each in cells.values()} == {0, 1}


def test_every_operator_has_protected_single_and_second_order_aggregation(
    inventory: Inventory, nodes: dict[str, Node]
) -> None:
    for operator in inventory.operators:
        aggregations = [
            node
            for node in of_kind(inventory, NodeKind.AGGREGATION)
            if node.operator == operator.code
        ]
        assert len(aggregations) >= 3
        above = [[nodes[code].kind for code in node.parents] for node in aggregations]
        assert [NodeKind.OPERATOR_CORE] * 2 in above
        assert [NodeKind.OPERATOR_CORE] in above
        assert any(NodeKind.AGGREGATION in kinds for kinds in above)


def test_most_feeders_have_fifteen_to_forty_villages(inventory: Inventory) -> None:
    feeders = {device.village: device.power_node for device in inventory.devices if device.village}
    sizes = list(Counter(feeders.values()).values())
    assert len(sizes) == len(of_kind(inventory, NodeKind.POWER_FEEDER))
    assert max(sizes) <= 40
    assert sum(size >= 15 for size in sizes) / len(sizes) > 0.9


def test_one_village_in_seven_hangs_on_one_operator_alone(inventory: Inventory) -> None:
    operators = operators_by_village(inventory)
    alone = sum(len(serving) == 1 for serving in operators.values())
    assert alone / len(inventory.villages) == pytest.approx(0.15, abs=0.06)


def test_a_share_of_villages_has_two_optical_networks_and_a_few_have_none(
    inventory: Inventory,
) -> None:
    optical: dict[str, set[str]] = defaultdict(set)
    for link in inventory.links:
        if link.technology is Technology.FTTH:
            optical[link.village].add(link.operator)
    total = len(inventory.villages)
    assert sum(len(serving) == 2 for serving in optical.values()) / total > 0.15
    assert 0 < total - len(optical) <= 0.02 * total


def test_no_village_has_more_customers_than_households(inventory: Inventory) -> None:
    customers: Counter[str] = Counter()
    for link in inventory.links:
        customers[link.village] += link.households or 0
    for village in inventory.villages:
        assert 0 < customers[village.code] <= village.households
