"""What hangs on the parts of a province, against what stands when they fail."""

import pytest

from province.topology import NodeKind
from simulators.scenarios.reach import Reach
from simulators.world.topology import Failed, Topology

KINDS = [NodeKind.OPERATOR_CORE, NodeKind.AGGREGATION, NodeKind.OLT, NodeKind.SPLITTER]


@pytest.mark.parametrize("kind", KINDS)
def test_villages_of_a_node_are_those_that_lose_a_link_with_it(
    kind: NodeKind, tenth: Topology
) -> None:
    reach = Reach(tenth)
    for node in tenth.nodes.values():
        if node.kind is kind:
            standing = tenth.standing(Failed(nodes={node.code}))
            lost = {
                link.village for link in tenth.links.values() if link.code not in standing.links
            }
            assert reach.villages(node.code) == lost, node.code


def test_two_cores_take_with_them_what_either_alone_would_carry(tenth: Topology) -> None:
    cores = [f"vnpt-core{number}" for number in (1, 2)]
    together = Reach(tenth).villages(*cores)
    assert together == {link.village for link in tenth.links.values() if link.operator == "vnpt"}
    assert len(together) > sum(len(Reach(tenth).villages(core)) for core in cores)


def test_a_feeder_takes_what_it_feeds_and_what_its_sites_and_terminals_serve(
    tenth: Topology,
) -> None:
    reach = Reach(tenth)
    for feeder in (n for n in tenth.nodes.values() if n.kind is NodeKind.POWER_FEEDER):
        fed = {d.code for d in tenth.devices.values() if d.power_node == feeder.code}
        villages = {tenth.devices[code].village for code in fed} - {None}
        assert reach.villages(feeder.code) == villages
        assert reach.devices(feeder.code) >= fed


def test_places_and_devices_take_themselves(tenth: Topology) -> None:
    reach = Reach(tenth)
    village, devices = next(iter(tenth.devices_of_village.items()))
    device = next(device for device in devices if device.link)
    assert reach.villages(village) == reach.villages(device.code) == {village}
    assert reach.devices(village) == {each.code for each in devices}
    assert reach.devices(device.code) == {device.code}
    assert device.code in reach.devices(device.link or "")
    assert reach.villages(device.link or "") == {village}
