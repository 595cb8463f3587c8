"""What could fail, and whom that would silence."""

import pytest

from rules.engine.network import Network
from tests.simulators.world.make import make_network


@pytest.fixture
def network() -> Network:
    return Network(make_network())


def test_a_candidate_silences_what_does_not_stand_without_it(network: Network) -> None:
    of = {root: each for each in network.candidates.values() for root in each.root}
    assert of["card"].devices == {"v1-p1", "v1-p2", "v2-p1"}
    assert of["site"].devices == {"v2-p2", "site-bs"}
    assert of["agg"].devices == {"v1-p1", "v1-p2", "v2-p1", "v2-p2", "site-bs"}
    assert of["feeder"].devices == of["agg"].devices
    # Two ways up: one core alone silences nobody.
    assert "core1" not in of


def test_what_silences_the_same_devices_is_one_candidate(network: Network) -> None:
    roots = [set(each.root) for each in network.candidates.values()]
    assert {"olt", "card"} in roots
    assert {"splitter1", "v1-ftth", "v1"} in roots
    # Power is told from the network by gasps and batteries.
    assert {"feeder", "substation"} in roots


def test_the_impact_of_a_cause_is_links_and_villages(network: Network) -> None:
    of = {root: each for each in network.candidates.values() for root in each.root}
    assert network.impact(of["card"]) == ({"v1-ftth", "v2-ftth"}, {"v1", "v2"})
    assert network.impact(of["feeder"]) == (set(), {"v1", "v2"})
    assert network.impact(of["site"]) == ({"v2-4g"}, {"v2"})


@pytest.mark.parametrize(
    ("code", "scope", "within"),
    [
        ("card", "olt", True),
        ("olt", "card", False),
        ("v1-ftth", "agg", True),
        ("v1", "olt", True),
        ("v2", "olt", False),
        ("v2", "v2", True),
        ("v2-4g", "v2", True),
        ("agg", "core1", False),
    ],
)
def test_a_window_on_a_node_holds_for_all_below_it(
    network: Network, code: str, scope: str, *, within: bool
) -> None:
    assert network.within([code], scope) is within
