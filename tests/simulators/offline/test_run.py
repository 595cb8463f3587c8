"""Offline runs: what the modelled broker delivers, and what the truth log says of it."""

import statistics
from collections import Counter
from itertools import pairwise

import pytest

from province.devices import DeviceKind
from province.inventory import Inventory
from province.presence import Event, Status
from province.reports import LinkReport, SensorReport
from province.topics import Channel, parse_topic
from simulators.generate import generate_province
from simulators.world.topology import Topology
from tests.simulators.offline.runs import QUIET, Run, make_scenario, minutes, play


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return generate_province(1, 0.02).true


@pytest.fixture(scope="module")
def topology(inventory: Inventory) -> Topology:
    return Topology(inventory)


@pytest.fixture(scope="module")
def noisy(inventory: Inventory) -> Run:
    """Three hours with ten times the ordinary noise."""
    conditions = {"missed": "2%", "stalls": 3.0, "silences": 2.0}
    return play(make_scenario(lasts="3h", conditions=conditions), inventory)


def link_fault(topology: Topology, **more: object) -> tuple[str, dict[str, object]]:
    """Return a link with a probe, and a cut of it from minute 20 to 30."""
    link = min(topology.devices_of_link)
    cut = {"fault": "cut", "name": "cut", "at": "20m", "lasts": "10m", "target": {"code": link}}
    return link, cut | more


def test_every_line_is_in_order_of_delivery(noisy: Run) -> None:
    times = [str(line.get("delivered_at", line["received_at"])) for line in noisy.events]
    assert times == sorted(times)
    assert [noisy.events[0]["kind"], noisy.events[-1]["kind"]] == ["header", "end"]


def test_every_message_is_what_the_wire_contract_takes(noisy: Run, topology: Topology) -> None:
    models: dict[Channel, type[Status | Event | SensorReport | LinkReport]] = {
        Channel.STATUS: Status,
        Channel.EVENT: Event,
    }
    seen = Counter[str]()
    for line in noisy.of("message"):
        topic = parse_topic(line["topic"])
        kind = topology.devices[topic.device].kind
        report = SensorReport if kind is DeviceKind.SENSOR else LinkReport
        # Strict models refuse instants that are not text: JSON again.
        model = models.get(topic.channel, report)
        model.model_validate(line["payload"])
        seen[topic.channel] += 1
    assert set(seen) == {Channel.TELEMETRY, Channel.STATUS, Channel.EVENT}


def test_each_number_of_a_boot_is_used_once(noisy: Run, topology: Topology) -> None:
    for device in topology.devices:
        said = noisy.payloads(device) + noisy.payloads(device, "event")
        numbers = [(body["boot_id"], body["seq"]) for body in said]
        assert len(numbers) == len(set(numbers)), device


def test_a_session_begins_and_ends_in_turn(noisy: Run) -> None:
    turns: dict[str, list[str]] = {}
    for line in noisy.events:
        if line["kind"] in {"connect", "disconnect"}:
            turns.setdefault(line["client"], []).append(line["kind"])
    for client, kinds in turns.items():
        assert kinds[::2] == ["connect"] * len(kinds[::2]), client
        assert kinds[1::2] == ["disconnect"] * len(kinds[1::2]), client
    reasons = Counter(line["reason"] for line in noisy.of("disconnect"))
    # Stalls and lost power are missed; crashes close their socket.
    assert set(reasons) == {"keepalive_timeout", "closed"}


def test_every_broken_connection_leaves_its_will(noisy: Run) -> None:
    wills = [
        line
        for line in noisy.of("message")
        if line["topic"].endswith("/status") and line["payload"]["reason"] == "will"
    ]
    assert len(wills) == len(noisy.of("disconnect"))


def test_noise_comes_at_the_rates_asked_for(inventory: Inventory, topology: Topology) -> None:
    conditions = {"missed": "2%", "stalls": 0.0, "silences": 0.0}
    run = play(make_scenario(lasts="3h", conditions=conditions), inventory)
    missed = sent = 0
    for device in topology.devices.values():
        if device.kind is not DeviceKind.CANARY:
            numbers = [body["seq"] for body in run.payloads(device.code)]
            missed += sum(after - before - 1 for before, after in pairwise(numbers))
            sent += len(numbers)
    assert missed / (missed + sent) == pytest.approx(0.02, abs=0.003)
    assert not run.of("disconnect")


def test_reports_keep_their_pace_at_phases_of_their_own(
    inventory: Inventory, topology: Topology
) -> None:
    run = play(make_scenario(), inventory)
    phases = []
    for device in topology.devices.values():
        if device.kind is DeviceKind.LINK_PROBE:
            times = [60 * minutes(body) for body in run.payloads(device.code)]
            gaps = [after - before for before, after in pairwise(times)]
            assert statistics.mean(gaps) == pytest.approx(30, abs=0.2)
            assert all(24 <= gap <= 36 for gap in gaps)
            phases.append(times[0] % 30)
    assert statistics.pstdev(phases) == pytest.approx(30 / 12**0.5, rel=0.3)


def test_the_same_seed_gives_the_same_bytes(inventory: Inventory) -> None:
    scenario = make_scenario(lasts="20m", conditions={"stalls": 30.0, "silences": 30.0})
    one, same, other = (play(scenario, inventory, seed).data for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_without_faults_everything_else_is_as_it_was(
    inventory: Inventory, topology: Topology
) -> None:
    link, cut = link_fault(topology)
    scenario = make_scenario(cut)
    with_fault, without = play(scenario, inventory), play(scenario, inventory, faults=False)
    assert not without.faults
    hit = {device.code for device in topology.devices_of_link[link]}
    for device in topology.devices.keys() - hit:
        assert with_fault.payloads(device) == without.payloads(device)


def test_a_cut_link_is_silent_missed_and_filled_in_later(
    inventory: Inventory, topology: Topology
) -> None:
    link, cut = link_fault(topology)
    run = play(make_scenario(cut), inventory)
    (probe, *_) = topology.devices_of_link[link]
    reports = run.payloads(probe.code)
    assert not [body for body in reports if 20.01 < minutes(body) < 30]
    filled = [body for body in reports if body.get("backfill")]
    assert {round(minutes(body, "observed_at")) for body in filled} >= set(range(21, 30))
    assert all(30 <= minutes(body) <= 31.1 for body in filled)
    numbers = [body["seq"] for body in reports]
    assert sorted(numbers) == list(range(min(numbers), max(numbers) + 1))
    (gone,) = run.of("disconnect", client=probe.code)
    assert gone["reason"] == "keepalive_timeout"
    # One and a half keepalives after the last packet.
    assert 20.25 <= minutes(gone) <= 20.76


def test_a_short_cut_is_ridden_out_by_tcp(inventory: Inventory, topology: Topology) -> None:
    link, cut = link_fault(topology, lasts="10s")
    run = play(make_scenario(cut), inventory)
    for probe in topology.devices_of_link[link]:
        assert not run.of("disconnect", client=probe.code)
        reports = run.payloads(probe.code)
        assert not any(body.get("backfill") for body in reports)
        numbers = [body["seq"] for body in reports]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))


def test_the_truth_of_a_cut_names_root_villages_and_times(
    inventory: Inventory, topology: Topology
) -> None:
    link, cut = link_fault(topology)
    run = play(make_scenario(cut), inventory)
    (fault,) = run.faults
    village = topology.links[link].village
    assert (fault["class"], fault["root"], fault["expect"]) == ("outage", link, "incident")
    assert (fault["villages"], fault["links"]) == ([village], [link])
    assert (minutes(fault, "onset"), minutes(fault, "end")) == (20, 30)
    (entry,) = (line for line in run.truth if line["kind"] == "village")
    alone = len(topology.links_of_village[village]) == 1
    assert (entry["village"], entry["state"]) == (village, "dark" if alone else "degraded")
    assert (entry["reason"], entry["faults"]) == ("network", ["cut"])
    assert (minutes(entry, "start"), minutes(entry, "end")) == (20, 30)
    assert run.truth[-1]["lines"] == len(run.events)


def test_without_mains_some_gasp_some_go_on_and_all_boot_again(
    inventory: Inventory, topology: Topology
) -> None:
    mains = {
        "fault": "mains_off",
        "name": "mains",
        "at": "20m",
        "lasts": "15m",
        "target": {"kind": "power_feeder"},
    }
    run = play(make_scenario(mains), inventory)
    (fault,) = run.faults
    fed = [
        device
        for device in topology.devices.values()
        if device.power_node == fault["root"] and device.kind is DeviceKind.LINK_PROBE
    ]
    without = [device.code for device in fed if not device.ups]
    backed = [device.code for device in fed if device.ups]
    assert without
    assert backed
    gasps = sum(
        any(event["event"] == "dying_gasp" for event in run.payloads(code, "event"))
        for code in without
    )
    assert gasps / len(without) == pytest.approx(0.7, abs=0.2)
    for code in without:
        reports = run.payloads(code)
        assert not [body for body in reports if 20 < minutes(body) < 35]
        assert reports[-1]["boot_id"] > reports[0]["boot_id"]
        # What a device without power did not measure, nobody fills in.
        assert not [body for body in reports if 20 < minutes(body, "observed_at") < 35]
    for code in backed:
        sources = [
            body["values"]["power"] for body in run.payloads(code) if 21 < minutes(body) < 34
        ]
        assert set(sources) == {"battery"}
        charge = [body["values"]["battery_percent"] for body in run.payloads(code)]
        assert min(charge) < 60
        assert charge[-1] == 100
    assert fault["devices"] == sorted(
        device.code
        for device in topology.devices.values()
        if device.power_node == fault["root"] and not device.ups
    )


def test_a_broker_that_restarts_says_nothing_and_is_found_again(
    inventory: Inventory, topology: Topology
) -> None:
    down = {"fault": "broker_down", "name": "b", "at": "20m", "lasts": "1m", "how": "restart"}
    run = play(make_scenario(down), inventory)
    states = [(line["state"], line["epoch"]) for line in run.of("broker")]
    assert states == [("up", 1), ("down", 1), ("up", 2)]
    assert not [line for line in run.events if 20 < minutes(line) < 21]
    assert not run.of("disconnect")
    again = [line for line in run.of("connect") if minutes(line) > 20]
    assert len(again) == len(topology.devices)
    assert all(21 <= minutes(line) <= 22 for line in again)
    for device in topology.devices:
        numbers = [body["seq"] for body in run.payloads(device)]
        assert sorted(numbers) == list(range(min(numbers), max(numbers) + 1))
    (blind,) = (line for line in run.truth if line["kind"] == "blind")
    assert (minutes(blind, "start"), minutes(blind, "end")) == (20, 21)
    (fault,) = run.faults
    assert (fault["class"], fault["root"], fault["villages"]) == ("pipeline", "pipeline", [])


def test_half_a_broker_sends_half_the_wills_at_once(
    inventory: Inventory, topology: Topology
) -> None:
    down = {"fault": "broker_down", "name": "b", "at": "20m", "lasts": "1m", "how": "half"}
    run = play(make_scenario(down), inventory)
    gone = run.of("disconnect")
    assert {line["reason"] for line in gone} == {"node_down"}
    assert len(gone) / len(topology.devices) == pytest.approx(0.5, abs=0.15)
    assert all(20 <= minutes(line) <= 20.04 for line in gone)


def test_what_ingest_held_up_is_delivered_late_with_its_own_time(inventory: Inventory) -> None:
    down = {
        "fault": "service_down",
        "name": "ingest",
        "at": "20m",
        "lasts": "3m",
        "service": "ingest",
    }
    run = play(make_scenario(down), inventory)
    late = [line for line in run.events if "delivered_at" in line]
    assert late
    assert all(minutes(line, "delivered_at") == 23 for line in late)
    assert all(20 <= minutes(line) < 23 for line in late)
    assert [line["state"] for line in run.of("service")] == ["down", "up"]
    calm = play(make_scenario(), inventory)
    assert len(run.of("message")) == len(calm.of("message"))


def test_messages_come_twice_or_late_in_the_shares_asked_for(inventory: Inventory) -> None:
    disturbed = {
        "fault": "delivery",
        "name": "d",
        "at": "10m",
        "lasts": "50m",
        "duplicates": "20%",
        "delayed": "10%",
        "up_to": "2m",
    }
    run = play(make_scenario(disturbed), inventory)
    inside = [line for line in run.of("message") if 10 < minutes(line) < 57]
    times = Counter((line["topic"], str(line["payload"])) for line in inside)
    assert set(times.values()) == {1, 2}
    twice = sum(count == 2 for count in times.values()) / len(times)
    assert twice == pytest.approx(0.2, abs=0.02)
    delays = [
        minutes(line, "delivered_at") - minutes(line) for line in inside if "delivered_at" in line
    ]
    assert 0 <= min(delays) <= max(delays) <= 2
    assert len(delays) / len(times) == pytest.approx(0.3, abs=0.03)


def test_clocks_are_off_and_nothing_else_is(inventory: Inventory) -> None:
    skewed = {
        "fault": "clock_skew",
        "name": "skew",
        "at": "20m",
        "lasts": "30m",
        "skew": "10m",
        "target": {"kind": "device", "share": "20%"},
    }
    run, calm = play(make_scenario(skewed), inventory), play(make_scenario(), inventory)
    (fault,) = run.faults
    assert (fault["class"], fault["expect"]) == ("none", "none")
    assert [line["received_at"] for line in run.events] == [
        line["received_at"] for line in calm.events
    ]
    off = []
    for code in fault["devices"]:
        bodies = [body for body in run.payloads(code) if 21 < minutes(body) < 49]
        off += [minutes(body, "observed_at") - minutes(body) for body in bodies[:1]]
    assert max(map(abs, off)) <= 10.1
    assert statistics.pstdev(off) == pytest.approx(20 / 12**0.5, rel=0.5)


def test_a_slow_degradation_crosses_its_limit_on_the_way(
    inventory: Inventory, topology: Topology
) -> None:
    link = min(topology.devices_of_link)
    slow = {
        "fault": "degrade",
        "name": "slow",
        "at": "10m",
        "lasts": "45m",
        "loss": "10%",
        "ramp": "40m",
        "target": {"code": link},
    }
    run = play(make_scenario(slow), inventory)
    (fault,) = run.faults
    assert (fault["class"], fault["category"]) == ("degradation", "degradation")
    assert minutes(fault, "crossed") == pytest.approx(10 + 40 * 0.3)
    (entry,) = (line for line in run.truth if line["kind"] == "village")
    assert (entry["state"], entry["reason"]) == ("degraded", "quality")
    assert minutes(entry, "start") == pytest.approx(22, abs=1.01)
    (probe, *_) = topology.devices_of_link[link]
    losses = [body["values"]["loss_percent"] for body in run.payloads(probe.code)]
    assert statistics.mean(losses[-15:-5]) > 5
    assert statistics.mean(losses[:15]) < 1


def test_a_flapping_link_goes_down_again_and_again(
    inventory: Inventory, topology: Topology
) -> None:
    link = min(topology.devices_of_link)
    flap = {
        "fault": "flap",
        "name": "flap",
        "at": "20m",
        "lasts": "30m",
        "down": "100s",
        "up": "50s",
        "target": {"code": link},
    }
    run = play(make_scenario(flap), inventory)
    entries = [line for line in run.truth if line["kind"] == "village"]
    assert len(entries) == 12
    lasted = [minutes(line, "end") - minutes(line, "start") for line in entries]
    assert lasted == pytest.approx([100 / 60] * 12)
    (fault,) = run.faults
    assert (fault["category"], fault["root"]) == ("flapping", link)


def test_work_is_announced_and_an_overrun_has_its_grace(
    inventory: Inventory, topology: Topology
) -> None:
    link = min(topology.devices_of_link)
    faults: list[dict[str, object]] = [
        {
            "fault": "maintenance",
            "name": "window",
            "at": "20m",
            "lasts": "10m",
            "announced": "12m",
            "target": {"code": link},
        },
        {
            "fault": "cut",
            "name": "work",
            "at": "20m",
            "lasts": "10m",
            "planned": True,
            "target": {"same_as": "window"},
        },
        {
            "fault": "cut",
            "name": "overrun",
            "at": "30m",
            "lasts": "20m",
            "target": {"same_as": "window"},
        },
    ]
    run = play(make_scenario(*faults), inventory)
    (told,) = run.of("maintenance")
    assert (minutes(told), told["node"]) == (8, link)
    assert (minutes(told, "starts_at"), minutes(told, "ends_at")) == (20, 30)
    work, overrun = run.faults
    assert (work["expect"], work["planned"], work["crossed"]) == ("record", True, None)
    assert (overrun["expect"], minutes(overrun, "crossed")) == ("incident", 35)
    (entry,) = (line for line in run.truth if line["kind"] == "village")
    # One stretch: the link did not come up between the two.
    assert (minutes(entry, "start"), minutes(entry, "end")) == (20, 50)
    assert entry["faults"] == ["work", "overrun"]


def test_a_restarted_watcher_reads_on_in_another_file(inventory: Inventory) -> None:
    restart = {"fault": "restart_watcher", "name": "restart", "at": "20m"}
    run = play(make_scenario(restart), inventory)
    assert run.second[0]["kind"] == "header"
    assert run.second[-1]["kind"] == "end"
    assert all(minutes(line) <= 20 for line in run.events)
    assert all(minutes(line) >= 20 for line in run.second)
    assert minutes(run.truth[0], "restart") == 20
    whole = play(make_scenario(), inventory)
    assert len(run.events) + len(run.second) == len(whole.events) + 1


def test_unplugged_devices_are_no_outage(inventory: Inventory, topology: Topology) -> None:
    unplug = {
        "fault": "unplug",
        "name": "plug",
        "at": "20m",
        "lasts": "10m",
        "within": "5m",
        "target": {"kind": "device", "count": 3},
    }
    run = play(make_scenario(unplug), inventory)
    (fault,) = run.faults
    assert (fault["class"], fault["expect"], len(fault["devices"])) == ("device", "ticket", 3)
    assert not [line for line in run.truth if line["kind"] == "village"]
    for code in fault["devices"]:
        assert run.payloads(code)[-1]["boot_id"] > run.payloads(code)[0]["boot_id"]
    assert topology.devices.keys() >= set(fault["devices"])


def test_an_orderly_reboot_says_goodbye(inventory: Inventory) -> None:
    reboot = {
        "fault": "reboot",
        "name": "firmware",
        "at": "20m",
        "within": "5m",
        "orderly": True,
        "target": {"kind": "device", "share": "30%"},
    }
    run = play(make_scenario(reboot), inventory)
    (fault,) = run.faults
    assert {line["reason"] for line in run.of("disconnect")} == {"orderly"}
    for code in fault["devices"]:
        events = [event["event"] for event in run.payloads(code, "event")]
        assert events == ["shutdown", "boot"]
        reasons = [status["reason"] for status in run.payloads(code, "status")]
        assert reasons == ["connect", "shutdown", "connect"]


def test_a_storm_of_noise_ends_with_its_fault(inventory: Inventory) -> None:
    storm = {"fault": "noise", "name": "storm", "at": "20m", "lasts": "60m", "stalls": 40.0}
    conditions = QUIET | {"stalls": 1.0}
    run = play(make_scenario(storm, lasts="2h", conditions=conditions), inventory)
    stalls = Counter(20 <= minutes(line) < 80 for line in run.of("disconnect"))
    assert stalls[True] > 10 * max(1, stalls[False])
