"""The engine on a small network: what it says beside incidents, and when."""

import pytest

from province import reasons
from rules.engine.engine import Engine
from rules.engine.state import State
from rules.model import (
    Action,
    Incident,
    IncidentClass,
    LinkNotice,
    LinkState,
    Own,
    Report,
    Session,
    VillageNotice,
    VillageState,
    Window,
)
from rules.plain import dump_plain, load_plain
from tests.rules.engine.player import (
    INTERVAL,
    START,
    Player,
    incidents,
    links,
    villages,
    withheld,
)


def test_all_is_unknown_until_two_reports_were_heard(player: Player) -> None:
    said = villages(player.said)
    assert said[0] == ("*", VillageState.UNKNOWN)
    assert set(said[1:]) == {(code, VillageState.SERVED) for code in player.network.villages}
    first = next(
        each for each in player.said if isinstance(each, VillageNotice) and each.village != "*"
    )
    assert first.at > START + INTERVAL
    assert links(player.said)[0] == ("*", LinkState.UNKNOWN)
    heard = {link for link, state in links(player.said) if state is LinkState.UP}
    assert heard == set(player.network.devices_of_link)
    assert {player.engine.links()[link] for link in heard} == {LinkState.UP}


def test_a_device_that_counts_its_boots_anew_is_heard_and_repeats_of_old_reports_are_not(
    player: Player,
) -> None:
    code = player.devices[0]
    watched = player.engine.state.watched[code]
    heard_at = watched.last_at
    player.silent = {code}
    player.tell(Report(player.now, code, 2**52, 1))
    for number in range(1, 6):
        player.now += INTERVAL
        player.tell(Report(player.now, code, 0, number, backfill=number < 3))
    assert heard_at is not None
    assert watched.last_at == player.now
    assert (watched.boot_id, watched.seq) == (0, 5)


def test_an_outage_names_its_kind_its_links_and_whom_it_explains(player: Player) -> None:
    player.silent = set(player.olt.devices)
    said = player.run(8 * INTERVAL)
    opened = incidents(said)[0]
    assert (opened.action, opened.flapping) == (Action.OPEN, False)
    (last,) = player.engine.state.incidents.values()
    assert (last.name, last.root, last.root_kind) == (opened.incident, player.olt.root, "olt")
    down = {link for link, state in links(said) if state is LinkState.DOWN}
    assert down == last.links
    explained = {device for each in withheld(said, "explained") for device in each.objects}
    assert explained <= player.silent
    assert explained
    dark = [each for each in said if isinstance(each, VillageNotice)]
    assert {(each.reason, each.incident) for each in dark} == {("network", opened.incident)}


def test_links_that_come_back_are_recovering_and_then_up(player: Player) -> None:
    player.silent = set(player.olt.devices)
    player.run(8 * INTERVAL)
    player.silent = set()
    player.run(INTERVAL)
    assert LinkState.RECOVERING in player.engine.links().values()
    said = player.run(6 * INTERVAL)
    (cleared,) = [each for each in incidents(said) if each.action is Action.CLEAR]
    assert cleared.end is not None
    assert cleared.end < cleared.at
    watched = player.network.devices_of_link
    assert {state for link, state in links(said) if link in watched} == {LinkState.UP}


def test_a_beat_of_our_own_lets_silence_be_seen_when_nobody_speaks(player: Player) -> None:
    player.silent = set(player.devices)
    assert incidents(player.run(4 * INTERVAL, beats=False)) == []
    assert incidents(player.run(4 * INTERVAL))


def test_a_link_whose_only_device_is_silent_is_unknown_and_not_down(player: Player) -> None:
    link, (alone,) = next(
        (link, devices)
        for link, devices in sorted(player.network.devices_of_link.items())
        if len(devices) == 1
    )
    player.silent = {alone}
    said = player.run(10 * INTERVAL)
    assert links(said) == [(link, LinkState.UNKNOWN)]
    assert incidents(said) == []
    player.silent = set()
    assert links(player.run(4 * INTERVAL)) == [(link, LinkState.UP)]


@pytest.mark.parametrize("part", ["broker", "queue"])
def test_while_a_part_that_blinds_is_away_nothing_is_known(player: Player, part: str) -> None:
    said = player.tell(Own(player.now, part, up=False))
    opened = incidents(said)[0]
    assert (opened.root_kind, opened.root) == ("pipeline", ("pipeline",))
    player.silent = set(player.devices)
    said = player.run(6 * INTERVAL)
    assert links(said) == [("*", LinkState.STALE)]
    assert villages(said) == [("*", VillageState.UNKNOWN)]
    assert withheld(said, "blind")
    player.silent = set()
    said = player.tell(Own(player.now, part, up=True))
    assert incidents(said) == []
    said = player.run(3 * INTERVAL)
    assert [each.action for each in incidents(said)] == [Action.CLEAR]
    assert ("*", LinkState.UP) in links(said)


def test_when_nobody_of_any_operator_is_heard_the_way_to_us_is_cut_and_no_village_is_dark(
    player: Player,
) -> None:
    assert len(set(player.network.operator_of.values())) > 1
    player.silent = set(player.devices)
    said = player.run(6 * INTERVAL)
    assert [(each.action, each.root) for each in incidents(said)] == [(Action.OPEN, ("pipeline",))]
    assert villages(said) == [("*", VillageState.UNKNOWN)]
    player.silent = set()
    said = player.run(6 * INTERVAL)
    assert [each.action for each in incidents(said)] == [Action.CLEAR]
    assert VillageState.DARK not in {state for _, state in villages(said)}


def test_when_one_operator_alone_is_not_heard_it_is_the_operators_fault(player: Player) -> None:
    operator = max(player.network.operator_of.values())
    player.silent = {code for code, its in player.network.operator_of.items() if its == operator}
    opened = incidents(player.run(6 * INTERVAL))
    assert opened
    assert all(each.root_kind != "pipeline" for each in opened)


def test_a_part_that_does_not_blind_ends_when_it_is_back(player: Player) -> None:
    player.tell(Own(player.now, "archive", up=False, blinding=False))
    said = player.run(2 * INTERVAL)
    assert villages(said) == []
    player.tell(Own(player.now, "archive", up=True, blinding=False))
    said = player.run(INTERVAL)
    assert [each.action for each in incidents(said)] == [Action.CLEAR]


def test_announced_work_is_withheld_and_its_links_are_in_maintenance(player: Player) -> None:
    player.tell(Window(player.now, "work", player.olt.root[0], player.now, player.now + 3600))
    player.silent = set(player.olt.devices)
    said = player.run(8 * INTERVAL)
    opened = incidents(said)[0]
    assert (opened.planned, opened.notified) == (True, False)
    assert opened.root in [each.objects for each in withheld(said, "planned")]
    assert {state for _, state in links(said)} == {LinkState.MAINTENANCE}


def test_who_said_goodbye_is_excused(player: Player) -> None:
    device = player.devices[0]
    player.silent = {device}
    player.tell(Session(player.now, device, connected=False, reason="orderly"))
    said = player.run(4 * INTERVAL)
    assert [each.objects for each in withheld(said, "excused")] == [(device,)]


def test_what_flaps_stays_one_incident_and_is_told_seldom(player: Player) -> None:
    devices = set(player.olt.devices)
    for _ in range(8):
        player.silent = devices
        player.run(4 * INTERVAL)
        player.silent = set()
        player.run(3 * INTERVAL)
    notices = incidents(player.said)
    assert len({notice.incident for notice in notices}) == 1
    told = [notice for notice in notices if notice.notified]
    assert any(notice.flapping for notice in told)
    assert [notice.action for notice in told].count(Action.OPEN) <= 3
    said = player.run(3600)
    (cleared,) = [each for each in incidents(said) if each.action is Action.CLEAR]
    assert cleared.at - player.now < 0


def test_work_that_is_cancelled_hides_an_outage_no_longer(player: Player) -> None:
    root, began = player.olt.root[0], player.now
    player.tell(Window(began, "work", root, began, began + 6 * 3600))
    player.silent = set(player.olt.devices)
    (opened,) = incidents(player.run(8 * INTERVAL))
    assert (opened.planned, opened.notified) == (True, False)

    cancelled = player.now
    player.tell(Window(cancelled, "work", root, began, cancelled))
    over, told = incidents(player.run(12 * INTERVAL))
    assert (over.action, over.end, over.notified) == (Action.CLEAR, cancelled, False)
    assert (told.action, told.onset, told.planned) == (Action.OPEN, cancelled, False)
    assert told.notified
    assert told.links == opened.links


def test_work_that_is_extended_goes_on_being_planned(player: Player) -> None:
    root, began = player.olt.root[0], player.now
    player.tell(Window(began, "work", root, began, began + 600))
    player.silent = set(player.olt.devices)
    player.run(8 * INTERVAL)
    player.tell(Window(player.now, "work", root, began, began + 7200))
    assert incidents(player.run(60 * INTERVAL)) == []


def test_a_second_cause_of_the_same_darkness_is_to_blame_from_the_end_of_the_first(
    player: Player,
) -> None:
    village = min(player.network.links_of_village)

    def put(name: str, kind: str) -> Incident:
        """Have the village be dark by a cause of its own."""
        incident = Incident(name, IncidentClass.OUTAGE, name, (name,), player.now, player.now)
        incident.villages, incident.root_kind = {village}, kind
        incident.links = set(player.network.links_of_village[village])
        incident.founders = {"one", "other"}
        player.engine.state.incidents[name] = incident
        player.engine._incidents.changed = True
        return incident

    began = player.now
    mains = put("mains", "power_feeder")
    (first,) = [each for each in player.run(90 * 60) if isinstance(each, VillageNotice)]
    put("fibre", "olt")
    assert villages(player.run(30 * 60)) == []
    ended = player.now
    player.engine._incidents.clear(mains, ended, reasons.RECOVERED.say())
    said = player.run(INTERVAL)

    (second,) = [each for each in said if isinstance(each, VillageNotice)]
    assert (first.since, first.incident, first.reason) == (began, "mains", "power")
    assert (second.since, second.incident, second.reason) == (ended, "fibre", "network")
    assert second.state is VillageState.DARK
    of_links = {(each.since, each.incident) for each in said if isinstance(each, LinkNotice)}
    assert of_links == {(ended, "fibre")}


def test_a_state_that_was_written_and_read_goes_on_where_it_was(player: Player) -> None:
    player.silent = set(player.olt.devices)
    player.run(8 * INTERVAL)
    state = load_plain(State, dump_plain(player.engine.state))
    assert state == player.engine.state
    other = Player()
    other.engine = Engine(other.network, state)
    other.now, other.silent, other.seqs = player.now, player.silent, dict(player.seqs)
    assert other.run(8 * INTERVAL) == player.run(8 * INTERVAL)
