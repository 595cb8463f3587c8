"""What stands when something fails."""

import pytest

from simulators.world.condition import Condition, Conditions
from simulators.world.topology import Failed, Topology
from tests.simulators.world.make import make_network


@pytest.fixture
def topology() -> Topology:
    return Topology(make_network())


@pytest.mark.parametrize(
    ("failed", "links"),
    [
        (Failed(), {"v1-ftth", "v2-ftth", "v2-4g"}),
        (Failed(nodes={"core1"}), {"v1-ftth", "v2-ftth", "v2-4g"}),
        (Failed(nodes={"core1", "core2"}), set()),
        (Failed(nodes={"card"}), {"v2-4g"}),
        (Failed(nodes={"splitter1"}), {"v2-ftth", "v2-4g"}),
        (Failed(links={"v2-4g"}), {"v1-ftth", "v2-ftth"}),
        (Failed(villages={"v2"}), {"v1-ftth"}),
        # Batteries carry olt and site.
        (Failed(mains={"feeder"}), {"v1-ftth", "v2-ftth", "v2-4g"}),
        (Failed(mains={"substation"}, batteries={"olt"}), {"v2-4g"}),
        # An empty battery is no matter while there are mains.
        (Failed(batteries={"olt", "site"}), {"v1-ftth", "v2-ftth", "v2-4g"}),
    ],
)
def test_links_stand_while_some_way_up_does(
    topology: Topology, failed: Failed, links: set[str]
) -> None:
    assert topology.standing(failed).links == links


@pytest.mark.parametrize(
    ("failed", "conditions"),
    [
        (Failed(), {}),
        (
            Failed(nodes={"card"}),
            {"v1": Condition("dark", "network"), "v2": Condition("degraded", "network")},
        ),
        (
            Failed(mains={"feeder"}),
            {"v1": Condition("degraded", "power"), "v2": Condition("degraded", "power")},
        ),
        (
            Failed(mains={"feeder"}, batteries={"olt"}),
            {"v1": Condition("dark", "power"), "v2": Condition("degraded", "power")},
        ),
        (
            Failed(nodes={"card"}, mains={"feeder"}, batteries={"olt", "site"}),
            {"v1": Condition("dark", "network"), "v2": Condition("dark", "network")},
        ),
    ],
)
def test_a_village_is_dark_without_links_and_degraded_without_mains(
    topology: Topology, failed: Failed, conditions: dict[str, Condition]
) -> None:
    found = Conditions(topology).all(topology.standing(failed), failed)
    assert found == conditions


def test_a_device_is_reached_by_its_link_or_its_node(topology: Topology) -> None:
    standing = topology.standing(Failed(nodes={"card"}))
    reached = {
        code for code, device in topology.devices.items() if topology.reaches(device, standing)
    }
    assert reached == {"v2-p2", "site-bs"}


def test_below_is_all_that_hangs_on_a_node_by_any_way(topology: Topology) -> None:
    assert topology.below("core1") == {
        *("core1", "agg", "olt", "card", "splitter1", "splitter2", "site", "cell"),
    }
