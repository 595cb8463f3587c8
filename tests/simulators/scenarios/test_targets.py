"""From patterns to codes."""

from random import Random

import pytest

from province.devices import DeviceKind
from province.topology import NodeKind, Technology
from simulators.scenarios.errors import TargetError
from simulators.scenarios.model import Scenario, Target
from simulators.scenarios.reach import Reach
from simulators.scenarios.targets import Hit, resolve, resolve_targets
from simulators.world.topology import Topology
from tests.simulators.scenarios.conftest import Provinces
from tests.simulators.scenarios.make import make_cut, make_scenario


def make_target(**fields: object) -> Target:
    """Return a target as the reader makes it of a file."""
    text = ", ".join(f"{name}: {value}" for name, value in fields.items())
    fault = make_scenario(
        f"- {{name: t, fault: clock_step, at: 20m, step: 1s, target: {{{text}}}}}"
    )
    target: Target = fault.faults[0].target  # type: ignore[union-attr] # a clock step has one
    return target


def resolved(target: Target, topology: Topology, hit: Hit | None = None) -> tuple[str, ...]:
    return resolve(target, topology, Random(1), hit or {})


def test_a_code_is_taken_as_it_is(tenth: Topology) -> None:
    assert resolved(Target(code="vnpt-core1"), tenth) == ("vnpt-core1",)


def test_a_code_that_is_nobodys_is_refused(tenth: Topology) -> None:
    with pytest.raises(TargetError, match="target code=x1: nothing in the province has this code"):
        resolved(Target(code="x1"), tenth)


def test_same_as_is_what_the_other_fault_hits(tenth: Topology) -> None:
    assert resolved(Target(same_as="a"), tenth, {"a": ("x", "y")}) == ("x", "y")


def test_an_operator_and_a_kind_narrow_the_choice(tenth: Topology) -> None:
    (code,) = resolved(Target(kind=NodeKind.OLT, operator="mobifone"), tenth)
    node = tenth.nodes[code]
    assert (node.kind, node.operator) == (NodeKind.OLT, "mobifone")


def test_an_operator_that_is_not_there_is_refused_wherever_it_is_looked_for(
    tenth: Topology,
) -> None:
    target = Target(kind=NodeKind.OLT, operator="vnpr", area="east")
    with pytest.raises(TargetError, match="no such operator; known: mobifone, viettel, vnpt"):
        resolved(target, tenth)


def test_all_devices_of_an_operator_are_those_on_its_links_and_nodes(tenth: Topology) -> None:
    codes = resolved(make_target(kind="device", operator="vnpt", share="100%"), tenth)
    on_links = {
        device.code
        for device in tenth.devices.values()
        if device.link is not None and tenth.links[device.link].operator == "vnpt"
    }
    stations = {
        code
        for code, device in tenth.devices.items()
        if device.kind is DeviceKind.BASE_STATION and "-vnpt-" in code
    }
    assert set(codes) == on_links | stations


def test_a_canary_is_never_hit(tenth: Topology) -> None:
    codes = resolved(make_target(kind="device", share="100%"), tenth)
    left = set(tenth.devices) - set(codes)
    assert {tenth.devices[code].kind for code in left} == {DeviceKind.CANARY}


def test_technology_chooses_links_and_cells(tenth: Topology) -> None:
    (link,) = resolved(Target(kind="link", technology=Technology.MOBILE_5G), tenth)
    assert tenth.links[link].technology is Technology.MOBILE_5G
    (cell,) = resolved(Target(kind=NodeKind.CELL, technology=Technology.MOBILE_5G), tenth)
    assert tenth.links_of_node[cell][0].technology is Technology.MOBILE_5G


def test_east_and_west_part_all_villages(tenth: Topology) -> None:
    villages = Target(kind="village", area="east", count=2000), Target(kind="village", area="west")
    east = set(resolved(villages[0], tenth))
    assert east == {code for code in tenth.villages if code < "23000"}
    assert not east.intersection(resolved(villages[1], tenth))


def test_a_protected_node_has_two_parents(provinces: Provinces) -> None:
    for seed in (1, 2, 3):
        topology = provinces(0.1, seed)
        (ring,) = resolved(Target(kind=NodeKind.AGGREGATION, protected=True), topology)
        (chain,) = resolved(Target(kind=NodeKind.AGGREGATION, protected=False), topology)
        assert (len(topology.nodes[ring].parents), len(topology.nodes[chain].parents)) == (2, 1)


def test_the_number_of_villages_comes_nearest(tenth: Topology) -> None:
    reach = Reach(tenth)
    counts = [
        len(reach.villages(node.code))
        for node in tenth.nodes.values()
        if node.kind is NodeKind.POWER_FEEDER
    ]
    (code,) = resolved(Target(kind=NodeKind.POWER_FEEDER, villages=20), tenth)
    found = len(reach.villages(code))
    assert abs(found - 20) == min(abs(count - 20) for count in counts)


def test_a_village_has_as_many_probes_as_asked_if_there_is_one(tenth: Topology) -> None:
    (village,) = resolved(Target(kind="village", devices=3), tenth)
    probes = [
        device
        for device in tenth.devices_of_village[village]
        if device.kind is DeviceKind.LINK_PROBE
    ]
    assert len(probes) == 3


def test_count_and_share_say_how_many(tenth: Topology) -> None:
    assert len(resolved(Target(kind="village", count=8), tenth)) == 8
    assert len(resolved(make_target(kind="device", share="10%"), tenth)) == pytest.approx(78, abs=2)


def test_a_share_hits_something_however_small(tenth: Topology) -> None:
    assert len(resolved(make_target(kind="device", share="0.001%"), tenth)) == 1


def test_more_than_there_are_is_refused(tenth: Topology) -> None:
    target = Target(kind=NodeKind.OPERATOR_CORE, operator="vnpt", count=3)
    with pytest.raises(
        TargetError, match="target kind=operator_core operator=vnpt count=3: 3 wanted, 2 fit"
    ):
        resolved(target, tenth)


def test_places_that_a_smaller_province_lacks_are_passed_over(tenth: Topology) -> None:
    (village, *_) = tenth.villages.values()
    some = Target(kind="village", communes=(village.commune, "99999"), count=500)
    own = {code for code, each in tenth.villages.items() if each.commune == village.commune}
    assert set(resolved(some, tenth)) == own
    assert resolved(Target(kind="village", communes=("99999",)), tenth) == ()


def test_what_overlaps_shares_a_village(tenth: Topology) -> None:
    hit = {"ring": ("viettel-agg01",)}
    target = Target(kind=NodeKind.POWER_FEEDER, overlaps="ring", count=2)
    shared = Reach(tenth).villages("viettel-agg01")
    for feeder in resolved(target, tenth, hit):
        assert Reach(tenth).villages(feeder) & shared


def test_what_is_apart_shares_no_device(tenth: Topology) -> None:
    (feeder,) = resolved(Target(kind=NodeKind.POWER_FEEDER, villages=20), tenth)
    target = Target(kind="village", count=50, apart_from=("mains",))
    taken = Reach(tenth).devices(feeder)
    for village in resolved(target, tenth, {"mains": (feeder,)}):
        assert not Reach(tenth).devices(village) & taken


def test_what_comes_together_makes_up_the_share_and_hits_nothing_twice(tenth: Topology) -> None:
    first = resolved(make_target(kind="device", share="10%"), tenth)
    text = "kind: device, share: 25%, together_with: [a]"
    faults = "- {name: a, fault: clock_step, at: 20m, step: 1s, target: {kind: device}}\n"
    faults += f"- {{name: b, fault: clock_step, at: 20m, step: 1s, target: {{{text}}}}}"
    target: Target = make_scenario(faults).faults[1].target  # type: ignore[union-attr] # the same
    second = resolved(target, tenth, {"a": first})
    assert not set(first) & set(second)
    whole = resolved(make_target(kind="device", share="25%"), tenth)
    assert len(first) + len(second) == len(whole)
    assert resolved(target, tenth, {"a": whole}) == ()


def test_scattered_devices_are_in_villages_of_their_own(tenth: Topology) -> None:
    codes = resolved(Target(kind="device", count=50, scattered=True), tenth)
    villages = [tenth.devices[code].village for code in codes if tenth.devices[code].village]
    assert len(codes) == 50
    assert len(set(villages)) == len(villages)


def test_the_seed_decides_and_nothing_else(tenth: Topology) -> None:
    target = Target(kind="village", count=5)
    assert resolve(target, tenth, Random(1), {}) == resolve(target, tenth, Random(1), {})
    assert resolve(target, tenth, Random(1), {}) != resolve(target, tenth, Random(2), {})


def test_a_fault_more_moves_no_other(tenth: Topology) -> None:
    one = make_scenario(make_cut("a", "kind: olt"))
    two = make_scenario(make_cut("b", "kind: card, apart_from: [a]") + make_cut("a", "kind: olt"))
    hit = resolve_targets(two, tenth, 7)
    assert hit["a"] == resolve_targets(one, tenth, 7)["a"]
    assert set(hit) == {"a", "b"}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("code: x1", "target code=x1: nothing in the province has this code"),
        ("kind: site, operator: x", "target kind=site operator=x: there is no such operator"),
        ("code: '22015-feeder1'", "22015-feeder1 is a power_feeder, not one of aggregation"),
    ],
)
def test_an_error_names_scenario_fault_and_target(
    target: str, message: str, provinces: Provinces
) -> None:
    scenario: Scenario = make_scenario(make_cut("a", target))
    with pytest.raises(TargetError) as raised:
        resolve_targets(scenario, provinces(1, 1), 1)
    assert str(raised.value).startswith("scenario 'trial': fault 'a': target ")
    assert message in str(raised.value)
