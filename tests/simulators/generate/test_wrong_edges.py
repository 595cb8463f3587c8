"""Wrong edges: as many as asked for, plausible, and only in what is published."""

from collections.abc import Iterator

import pytest

from province.devices import DeviceKind
from province.inventory import format_record, parse_inventory
from simulators.generate import Province, generate_inventory, generate_province
from simulators.generate.wrong_edges import count_differing, edges_of


@pytest.fixture(scope="module")
def province() -> Province:
    return generate_province(7, 0.1, wrong_edges=0.05)


def compared(province: Province) -> Iterator[tuple[str, str, str]]:
    """Yield what each edge is, where it leads and where it is said to lead."""
    published = edges_of(province.published)
    for sort, edges in edges_of(province.true).items():
        for code, target in edges.items():
            yield sort, target, published[sort][code]


def test_without_any_both_inventories_are_one() -> None:
    province = generate_province(7, 0.02)
    assert province.published is province.true


def test_the_true_inventory_does_not_know_of_them(province: Province) -> None:
    assert province.true == generate_inventory(7, 0.1)


@pytest.mark.parametrize("sort", ["link", "parent", "node power", "device power"])
def test_one_edge_in_twenty_of_every_sort_is_wrong(province: Province, sort: str) -> None:
    edges = [target == said for each, target, said in compared(province) if each == sort]
    assert edges.count(False) == round(0.05 * len(edges))


def test_they_are_counted(province: Province) -> None:
    edges = list(compared(province))
    wrong = sum(target != said for _, target, said in edges)
    assert count_differing(province.true, province.published) == (wrong, len(edges))
    assert wrong / len(edges) == pytest.approx(0.05, abs=0.001)


def test_a_wrong_edge_leads_to_a_node_of_the_same_kind_and_operator(province: Province) -> None:
    nodes = {node.code: node for node in province.true.nodes}
    technologies = {link.node: link.technology for link in province.true.links}
    near = total = 0
    for _, target, said in compared(province):
        if target != said:
            assert nodes[said].kind is nodes[target].kind
            assert nodes[said].operator == nodes[target].operator
            assert technologies.get(said) == technologies.get(target)
            total += 1
            near += nodes[said].commune == nodes[target].commune
    assert near > total / 2


def test_a_probe_reports_for_the_node_that_its_link_is_said_to_have(province: Province) -> None:
    nodes = {link.code: link.node for link in province.published.links}
    for device in province.published.devices:
        if device.kind is DeviceKind.LINK_PROBE:
            assert device.node == nodes[device.link or ""]


def test_what_is_published_holds_every_rule_of_the_format(province: Province) -> None:
    lines = "\n".join(format_record(record) for record in province.published.records())
    assert parse_inventory(lines.encode(), "published") == province.published


def test_the_seed_decides_which(province: Province) -> None:
    assert generate_province(7, 0.1, wrong_edges=0.05) == province


def test_all_of_them_can_be_wrong() -> None:
    province = generate_province(1, 0.02, wrong_edges=1.0)
    wrong, total = count_differing(province.true, province.published)
    assert wrong > 0.9 * total


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="is not a share from 0 to 1"):
        generate_province(1, 0.01, wrong_edges=share)
