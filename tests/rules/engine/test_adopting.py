"""Another inventory while things are broken: what is gone is let go, what is left goes on."""

from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import replace

import pytest

from province.inventory import Inventory
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.engine.state import State
from rules.model import Action, IncidentClass, LinkState, VillageState
from rules.plain import dump_plain, load_plain
from simulators.generate import generate_province
from tests.rules.engine.player import INTERVAL, Player, incidents, links, villages


def played() -> Inventory:
    """Return the inventory that the player plays."""
    return generate_province(1, 0.03).published


def adopt(player: Player, inventory: Inventory) -> None:
    """Have the engine go on with another inventory."""
    player.network = Network(inventory)
    player.engine = Engine(player.network, player.engine.state)
    player.devices = sorted(player.network.devices)
    player.seqs |= {code: 0 for code in player.devices if code not in player.seqs}


def without(
    *, devices: Collection[str] = frozenset(), places: AbstractSet[str] = frozenset()
) -> Inventory:
    """Return the inventory without devices, and without places and what hangs on them."""
    whole = played()
    kept = [each for each in whole.links if not {each.code, each.village} & places]
    gone = {each.code for each in whole.links} - {each.code for each in kept} | places
    return replace(
        whole,
        villages=tuple(each for each in whole.villages if each.code not in places),
        links=tuple(kept),
        devices=tuple(
            each
            for each in whole.devices
            if each.code not in devices and not {each.link, each.village} & gone
        ),
    )


@pytest.fixture
def player() -> Player:
    """A player whose largest OLT is out."""
    player = Player()
    player.run(20 * INTERVAL)
    player.silent = set(player.olt.devices)
    player.run(8 * INTERVAL)
    assert [each.root for each in player.engine.state.incidents.values()] == [player.olt.root]
    return player


def a_link(player: Player) -> str:
    (incident,) = player.engine.state.incidents.values()
    return min(incident.links)


def test_the_same_inventory_changes_nothing(player: Player) -> None:
    before = load_plain(State, dump_plain(player.engine.state))
    adopt(player, played())
    assert player.engine.advance((), player.now) == []
    assert player.engine.state == before


@pytest.mark.parametrize(
    "change",
    [
        lambda player: without(devices={min(player.olt.devices)}),
        lambda player: without(devices=set(sorted(player.olt.devices)[::2])),
        lambda player: without(places={a_link(player)}),
        lambda player: without(places={player.network.links[a_link(player)].village}),
    ],
    ids=["a device", "half of the devices", "a link", "a village"],
)
def test_an_outage_goes_on_with_what_is_left_and_ends_when_that_is_back(
    player: Player, change: Callable[[Player], Inventory]
) -> None:
    adopt(player, change(player))
    said = player.run(4 * INTERVAL)
    assert {each.action for each in incidents(said)} <= {Action.UPDATE}
    for notice in incidents(said):
        assert player.network.links.keys() >= set(notice.links)
        assert player.network.villages.keys() >= set(notice.villages)
    player.silent = set()
    said = player.run(10 * INTERVAL)
    assert [(each.action, each.reason) for each in incidents(said)] == [(Action.CLEAR, "recovered")]
    assert player.engine.state.villages == {}
    assert player.engine.state.incidents == {}


def test_what_is_gone_is_said_to_be_unknown_and_no_more_held(player: Player) -> None:
    village = player.network.links[a_link(player)].village
    gone, held = set(player.network.links_of_village[village]), set(player.engine.state.links)
    a_link_was = a_link(player)
    adopt(player, without(places={village}))
    said = player.run(INTERVAL)
    assert (village, VillageState.UNKNOWN) in villages(said)
    fallen = {link for link in gone if link in held}
    assert {(link, LinkState.UNKNOWN) for link in fallen} <= set(links(said))
    assert a_link_was in fallen
    assert village not in player.engine.state.villages
    assert not gone & player.engine.state.links.keys()


def test_an_outage_all_of_whose_devices_are_gone_is_over(player: Player) -> None:
    adopt(player, without(devices=set(player.olt.devices)))
    (over,) = incidents(player.run(INTERVAL))
    assert (over.action, over.reason) == (Action.CLEAR, "removed from the inventory")


def test_a_dead_device_that_is_retired_ends_its_ticket_and_hides_no_outage() -> None:
    player = Player()
    player.run(20 * INTERVAL)
    dead = min(player.olt.devices)
    player.silent = {dead}
    player.run(70 * INTERVAL)
    assert [each.root for each in player.engine.state.incidents.values()] == [(dead,)]

    adopt(player, without(devices={dead}))
    (over,) = incidents(player.run(INTERVAL))
    assert (over.incident_class, over.action) == (IncidentClass.DEVICE, Action.CLEAR)
    player.silent = set(player.olt.devices)
    said = player.run(8 * INTERVAL)
    (opened,) = [each for each in incidents(said) if each.action is Action.OPEN]
    assert opened.root == player.olt.root
    assert {code for code, _ in villages(said)} == set(opened.villages)


def test_a_link_that_moves_takes_its_outage_with_it(player: Player) -> None:
    whole, link = played(), a_link(player)
    before = player.network.links[link].village
    (incident,) = player.engine.state.incidents.values()
    after = min(player.network.villages.keys() - incident.villages)
    moved = replace(
        whole,
        links=tuple(
            each.model_copy(update={"village": after}) if each.code == link else each
            for each in whole.links
        ),
        devices=tuple(
            each.model_copy(update={"village": after})
            if each.link == link and each.village
            else each
            for each in whole.devices
        ),
    )
    adopt(player, moved)
    said = player.run(INTERVAL)
    assert dict(villages(said)) == {before: VillageState.SERVED, after: VillageState.DEGRADED}
    assert incident.villages >= {after}
    assert before not in incident.villages
    player.silent = set()
    player.run(10 * INTERVAL)
    assert player.engine.state.villages == {}


def test_a_root_of_another_name_is_found_by_its_devices(player: Player) -> None:
    def renamed(code: str | None) -> str | None:
        return f"{code}-new" if code == root else code

    whole, (root,) = played(), player.olt.root
    inventory = replace(
        whole,
        nodes=tuple(
            each.model_copy(
                update={
                    "code": renamed(each.code),
                    "parents": tuple(renamed(parent) for parent in each.parents),
                }
            )
            for each in whole.nodes
        ),
        links=tuple(each.model_copy(update={"node": renamed(each.node)}) for each in whole.links),
        devices=tuple(
            each.model_copy(update={"node": renamed(each.node)}) for each in whole.devices
        ),
    )
    adopt(player, inventory)
    (told,) = incidents(player.run(INTERVAL))
    assert (told.action, told.root) == (Action.UPDATE, (f"{root}-new",))
    player.silent = set()
    (over,) = incidents(player.run(10 * INTERVAL))
    assert over.action is Action.CLEAR


def test_a_village_that_is_new_is_unknown_until_it_is_heard() -> None:
    player = Player()
    new = min(player.network.links_of_village)
    adopt(player, without(places={new}))
    player.engine = Engine(player.network)
    player.run(20 * INTERVAL)
    adopt(player, played())
    said = player.run(10 * INTERVAL)
    of_new = [state for code, state in villages(said) if code == new]
    assert of_new == [VillageState.UNKNOWN, VillageState.SERVED]
    assert {code for code, _ in villages(said)} == {new}
