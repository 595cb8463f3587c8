"""Outages of which some is back: what is said of that, and what becomes of the rest."""

import json
from collections.abc import Iterable
from dataclasses import replace

import pytest

from rules.engine.engine import Engine
from rules.engine.network import Candidate, Network
from rules.engine.state import State
from rules.incidents.fold import Desk
from rules.incidents.geography import Geography
from rules.incidents.record import Step
from rules.model import (
    Action,
    IncidentClass,
    IncidentNotice,
    LinkNotice,
    LinkState,
    Said,
    Transition,
    VillageNotice,
    VillageState,
    Window,
)
from rules.plain import dump_plain, load_plain
from simulators.generate import generate_province
from tests.rules.engine.player import INTERVAL, Player, incidents

LONG = 30 * INTERVAL


@pytest.fixture
def player() -> Player:
    player = Player()
    player.run(20 * INTERVAL)
    return player


@pytest.fixture
def aggregation(player: Player) -> Candidate:
    return candidate(player, "viettel-agg03")


@pytest.fixture
def olt(player: Player) -> Candidate:
    return candidate(player, "24346-viettel-olt1")


def candidate(player: Player, root: str) -> Candidate:
    (found,) = (each for each in player.network.candidates.values() if each.root == (root,))
    return found


def fail(player: Player, devices: Iterable[str], seconds: float = LONG) -> list[Transition]:
    """Have devices, and no others, be silent."""
    player.silent = set(devices)
    return player.run(seconds)


def of_link(said: Iterable[Transition], *links: str) -> list[LinkNotice]:
    return [each for each in said if isinstance(each, LinkNotice) and each.link in links]


def of_village(said: Iterable[Transition], village: str) -> list[VillageNotice]:
    return [each for each in said if isinstance(each, VillageNotice) and each.village == village]


def outages(said: Iterable[Transition]) -> list[IncidentNotice]:
    return [each for each in incidents(said) if each.incident_class is IncidentClass.OUTAGE]


def whole(player: Player, devices: Iterable[str]) -> set[str]:
    """Return the links all of whose devices are among these."""
    devices = set(devices)
    links = player.network.devices_of_link.items()
    return {link for link, its in links if devices.issuperset(its)}


def test_links_that_are_back_are_up_since_then_while_the_rest_of_the_outage_goes_on(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    fail(player, aggregation.devices)
    down = whole(player, aggregation.devices)
    back_at = player.now
    said = fail(player, olt.devices)
    back = down - whole(player, olt.devices)
    notices = of_link(said, *down)
    assert back
    assert {(each.link, each.state) for each in notices} == {(link, LinkState.UP) for link in back}
    assert all(abs(each.since - back_at) < INTERVAL for each in notices)
    assert all(each.at - back_at < 6 * INTERVAL for each in notices)
    (step,) = outages(said)
    assert (step.action, step.notified, step.reason) == (Action.UPDATE, False, "some of it is back")
    assert not back & set(step.links)
    assert whole(player, olt.devices) <= set(step.links)


def test_an_unwatched_link_is_back_with_what_its_node_carries(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    unwatched = [
        link
        for link in player.network.impact(aggregation)[0]
        if link not in player.network.devices_of_link
    ]
    fail(player, aggregation.devices)
    said = fail(player, olt.devices)
    assert unwatched
    below = player.network.impact(olt)[0]
    up = {each.link for each in of_link(said, *unwatched) if each.state is not LinkState.DOWN}
    assert up == set(unwatched) - below


def test_villages_are_back_with_their_links_and_people_read_that_it_shrank(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    desk = Desk(Geography(generate_province(1, 0.03).published))
    for notice in outages(fail(player, aggregation.devices)):
        before = desk.take(notice)
    back_at = player.now
    said = fail(player, olt.devices)
    (record,) = [desk.take(notice) for notice in outages(said)]
    assert record.step is Step.SHRANK
    assert len([each for each in record.impacts if each.until is None]) < len(before.impacts)
    notices = [each for each in said if isinstance(each, VillageNotice)]
    rest = player.network.impact(olt)[1]
    assert {each.village for each in notices if each.state is VillageState.SERVED} == (
        player.network.impact(aggregation)[1] - rest
    )
    assert {each.village for each in notices if each.village in rest} == {
        each.village for each in notices if each.state is VillageState.DEGRADED
    }
    assert all(abs(each.since - back_at) < INTERVAL for each in notices)


def test_the_rest_ends_when_it_is_back_and_what_was_back_before_stays_as_it_was(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    fail(player, aggregation.devices)
    fail(player, olt.devices)
    back_at = player.now
    said = fail(player, ())
    (cleared,) = outages(said)
    assert cleared.action is Action.CLEAR
    assert cleared.end == pytest.approx(back_at, abs=INTERVAL)
    last = of_link(said, *whole(player, olt.devices))
    assert {each.state for each in last} == {LinkState.UP}
    assert all(abs(each.since - back_at) < INTERVAL for each in last)
    assert not of_link(said, *(whole(player, aggregation.devices) - whole(player, olt.devices)))
    assert player.engine.state.incidents == {}


def test_a_part_that_fails_again_is_an_outage_of_its_own(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    part = max(
        (
            each
            for each in player.network.candidates.values()
            if each.devices < aggregation.devices - olt.devices and not each.power
        ),
        key=lambda each: (len(each.devices), each.name),
    )
    fail(player, aggregation.devices)
    fail(player, olt.devices)
    again_at = player.now
    said = fail(player, olt.devices | part.devices, 10 * INTERVAL)
    (opened,) = outages(said)
    assert (opened.action, opened.root) == (Action.OPEN, part.root)
    notices = of_link(said, *whole(player, part.devices))
    assert {(each.state, each.incident) for each in notices} == {(LinkState.DOWN, opened.incident)}
    assert all(each.since > again_at - 2 * INTERVAL for each in notices)


def test_all_of_it_that_fails_again_is_the_same_outage_and_was_up_meanwhile(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    fail(player, aggregation.devices)
    fail(player, olt.devices)
    again_at = player.now
    said = fail(player, aggregation.devices, 10 * INTERVAL)
    (incident,) = player.engine.state.incidents.values()
    assert {each.incident for each in outages(said)} == {incident.name}
    back = whole(player, aggregation.devices) - whole(player, olt.devices)
    notices = of_link(said, *back)
    assert {each.link for each in notices} == back
    assert {each.state for each in notices} == {LinkState.DOWN}
    assert all(abs(each.since - again_at) < 2 * INTERVAL for each in notices)
    villages = [each for each in said if isinstance(each, VillageNotice)]
    assert villages
    assert all(each.since > again_at - 2 * INTERVAL for each in villages)


@pytest.mark.parametrize(
    ("cause", "rest"),
    [("viettel-agg03", "24346-v34"), ("viettel-core1", "24346-viettel-olt1")],
)
def test_what_stays_silent_together_goes_on_as_an_outage_without_a_hole(
    player: Player, cause: str, rest: str
) -> None:
    wide = max(
        (each for each in player.network.candidates.values() if each.root[0] == cause),
        key=lambda each: len(each.devices),
    )
    narrow = candidate(player, rest)
    fell_at = player.now
    fail(player, wide.devices)
    back_at = player.now
    said = fail(player, narrow.devices, 4 * LONG)
    cleared, opened = outages(said)
    assert (cleared.action, opened.action, opened.root) == (Action.CLEAR, Action.OPEN, (rest,))
    assert cleared.at == opened.at
    assert cleared.end == pytest.approx(back_at, abs=INTERVAL)
    assert opened.onset == pytest.approx(fell_at, abs=INTERVAL)
    assert opened.notified
    for link in whole(player, narrow.devices):
        assert {each.state for each in of_link(said, link)} <= {LinkState.DOWN}
    assert not [each for each in incidents(said) if each.incident_class is IncidentClass.DEVICE]


def test_a_dark_village_that_stays_silent_stays_dark(
    player: Player, aggregation: Candidate
) -> None:
    fail(player, aggregation.devices)
    assert player.engine.state.villages["24346-v34"].state is VillageState.DARK
    said = fail(player, candidate(player, "24346-v34").devices, 4 * LONG)
    assert {each.state for each in of_village(said, "24346-v34")} <= {VillageState.DARK}
    assert player.engine.state.villages["24346-v34"].state is VillageState.DARK


def test_single_devices_that_stay_silent_are_tickets_and_unknown_only_after_the_outage(
    player: Player, aggregation: Candidate
) -> None:
    alone = [
        (link, devices[0])
        for link, devices in sorted(player.network.devices_of_link.items())
        if len(devices) == 1 and devices[0] in aggregation.devices
    ]
    (link, device), (other, another) = alone[0], alone[-1]
    fail(player, aggregation.devices)
    back_at = player.now
    said = fail(player, {device, another}, 4 * LONG)
    assert [each.action for each in outages(said)] == [Action.CLEAR]
    tickets = [each for each in incidents(said) if each.incident_class is IncidentClass.DEVICE]
    assert {each.root for each in tickets} == {(device,), (another,)}
    for notices in (of_link(said, link), of_link(said, other)):
        assert notices[-1].state is LinkState.UNKNOWN
        assert all(each.since == pytest.approx(back_at, abs=INTERVAL) for each in notices)


def test_of_a_village_of_two_devices_one_that_is_back_ends_the_outage_after_a_while(
    player: Player,
) -> None:
    village = next(
        each
        for each in player.network.candidates.values()
        if each.kind == "village"
        and len(each.devices) == 2
        and len({player.network.devices[code].link for code in each.devices}) == 2
    )
    back, silent = sorted(village.devices)
    fail(player, village.devices)
    back_at = player.now
    said = fail(player, {silent}, 4 * LONG)
    shrank, cleared = outages(said)
    assert (shrank.action, cleared.action) == (Action.UPDATE, Action.CLEAR)
    assert cleared.end == pytest.approx(back_at, abs=INTERVAL + 30)
    (link,) = {player.network.devices[back].link}
    assert link is not None
    assert [each.state for each in of_link(said, link)] == [LinkState.UP]
    states = [each.state for each in of_village(said, village.root[0])]
    assert states == [VillageState.DEGRADED, VillageState.SERVED]


def test_who_comes_back_for_a_moment_only_proves_the_rest(
    player: Player, aggregation: Candidate
) -> None:
    devices = candidate(player, "24346-v34").devices
    brief = sorted(devices)[:2]
    fail(player, aggregation.devices)
    said = fail(player, devices.difference(brief), 8 * INTERVAL)
    assert [each.action for each in outages(said)] == [Action.CLEAR]
    again_at = player.now
    said = fail(player, devices, 4 * LONG)
    assert {each.action for each in outages(said)} == {Action.OPEN, Action.UPDATE}
    assert len({each.incident for each in outages(said)}) == 1
    opened = outages(said)[-1]
    assert opened.root == ("24346-v34",)
    assert opened.onset == pytest.approx(again_at, abs=2 * INTERVAL)
    assert player.engine.state.villages["24346-v34"].state is VillageState.DARK


def test_villages_with_mains_again_are_served_while_others_wait(player: Player) -> None:
    feeder = candidate(player, "24346-feeder1")
    mains = {code for code in feeder.devices if not player.network.devices[code].ups}
    for code in sorted(mains):
        player.tell(Said(player.now, code, "dying_gasp"))
    fail(player, mains)
    villages = sorted({player.network.devices[code].village or "" for code in mains})
    off = set(villages[: len(villages) // 2])
    back_at = player.now
    said = fail(player, {code for code in mains if player.network.devices[code].village in off})
    served = {
        each.village: each.since
        for each in said
        if isinstance(each, VillageNotice) and each.state is VillageState.SERVED
    }
    assert set(served) == set(villages) - off
    assert all(abs(since - back_at) < INTERVAL for since in served.values())
    assert [each.action for each in outages(said)] == [Action.UPDATE]


def test_a_feeder_that_stays_off_when_the_others_are_back_goes_on_with_the_links_it_took(
    player: Player,
) -> None:
    substation = candidate(player, "substation-01")
    feeder = candidate(player, "24580-feeder1")
    mains = {code for code in substation.devices if not player.network.devices[code].ups}
    for code in sorted(mains):
        player.tell(Said(player.now, code, "dying_gasp"))
    fell_at = player.now
    fail(player, mains)
    # Batteries end of what the feeder feeds.
    below = player.network.behind_power(feeder.root)
    fail(player, mains | below)
    (incident,) = player.engine.state.incidents.values()
    down = set(incident.fell_later)
    said = fail(player, (mains & feeder.devices) | below)
    cleared, opened = outages(said)
    assert (cleared.action, opened.action, opened.root) == (Action.CLEAR, Action.OPEN, feeder.root)
    assert opened.onset == pytest.approx(fell_at, abs=INTERVAL)
    assert down
    assert down <= set(opened.links)
    assert {each.state for each in of_link(said, *down)} <= {LinkState.DOWN}


def test_another_inventory_while_some_is_back_changes_nothing_of_that(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    fail(player, aggregation.devices)
    fail(player, olt.devices)
    (incident,) = player.engine.state.incidents.values()
    gone = min(incident.released)
    inventory = generate_province(1, 0.03).published
    devices = tuple(each for each in inventory.devices if each.code != gone)
    player.network = Network(replace(inventory, devices=devices))
    player.devices.remove(gone)
    player.engine = Engine(player.network, player.engine.state)
    assert not outages(fail(player, olt.devices))
    back_at = player.now
    (cleared,) = outages(fail(player, ()))
    assert cleared.end == pytest.approx(back_at, abs=INTERVAL)


def test_work_that_overruns_its_window_takes_nothing_back_down(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    until = player.now + 2 * LONG
    player.tell(Window(player.now, "work", aggregation.root[0], player.now, until))
    fail(player, aggregation.devices)
    fail(player, olt.devices)
    said = fail(player, olt.devices)
    back = whole(player, aggregation.devices) - whole(player, olt.devices)
    assert [each.action for each in outages(said)] == [Action.CLEAR, Action.OPEN]
    assert not of_link(said, *back)
    assert not back & {
        link for each in player.engine.state.incidents.values() for link in each.links
    }


def test_a_state_written_while_some_is_back_goes_on_where_it_was(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    fail(player, aggregation.devices)
    fail(player, olt.devices)
    state = load_plain(State, dump_plain(player.engine.state))
    assert any(incident.released for incident in state.incidents.values())
    assert state == player.engine.state
    other = Player()
    other.engine = Engine(other.network, state)
    other.now, other.seqs = player.now, dict(player.seqs)
    rest = candidate(player, "24346-v34").devices
    assert fail(other, rest, 3 * LONG) == fail(player, rest, 3 * LONG)


def test_a_state_of_a_release_that_knew_nothing_of_parts_is_read(
    player: Player, aggregation: Candidate, olt: Candidate
) -> None:
    fail(player, aggregation.devices)
    old = json.loads(dump_plain(player.engine.state))
    for name in ("covered", "left"):
        del old[name]
    for incident in old["incidents"].values():
        for name in ("over", "released", "rejoined", "fell_at"):
            del incident[name]
    state = load_plain(State, json.dumps(old).encode())
    player.engine = Engine(player.network, state)
    (step,) = outages(fail(player, olt.devices))
    assert step.reason == "some of it is back"
