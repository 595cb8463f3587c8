"""A live run against a real broker: devices live, suffer, and leave."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import structlog.testing
from pydantic import SecretStr

from province.devices import DeviceKind
from province.inventory import Inventory
from province.topics import Channel
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from simulators.choice import choose_devices
from simulators.connection import ProtocolVersion
from simulators.ledger import Ledger
from simulators.live.run import LiveOptions, run_live
from simulators.scenarios.model import (
    BrokerDown,
    Conditions,
    Cut,
    Fault,
    MainsOff,
    Reboot,
    Scenario,
    Target,
)
from simulators.settings import Identities
from simulators.world.production import Play
from tests.servers import MakeMosquitto
from tests.simulators.listener import Listener, listening
from tests.simulators.make import make_inventory

pytestmark = pytest.mark.servers

Enough = Callable[[Listener], bool]

CONDITIONS = {"interval": "10s", "missed": "0%", "stalls": 0.0, "silences": 0.0, "ups": "1m"}
"""No noise: what a test hears is what it asked for."""

SPEED = 50.0
"""A report each fifth of a second."""


def make_play(inventory: Inventory, *faults: Fault, devices: int = 8) -> Play:
    scenario = Scenario(
        name="trial",
        title="A trial",
        story="Told by the test.",
        start=datetime(2026, 3, 2, tzinfo=UTC),
        lasts=timedelta(hours=10),
        conditions=Conditions.model_validate(CONDITIONS),
        faults=faults,
    )
    chosen = choose_devices(inventory, devices, 4)
    return Play(scenario, replace(inventory, devices=chosen), 4)


def options(protocol: ProtocolVersion = "5", speed: float = SPEED) -> LiveOptions:
    # Nobody is missed because this process had to wait for a processor.
    patient = timedelta(minutes=1)
    return LiveOptions(datetime.now(UTC), speed, protocol, least_keepalive=patient)


class PatientClock:
    """The machine's clock, which stands still before a moment until that may come.

    Args:
        holds: moments in order, each with what must be so before it.
    """

    def __init__(self, holds: Sequence[tuple[datetime, Callable[[], bool]]]) -> None:
        self._holds = list(holds)
        self._behind = timedelta(0)

    def now(self) -> datetime:
        now = datetime.now(UTC) - self._behind
        while self._holds and now >= self._holds[0][0]:
            moment, may_come = self._holds[0]
            if not may_come():
                return moment
            self._behind += now - moment
            now = moment
            del self._holds[0]
        return now


def entered(path: Path) -> set[str]:
    lines = path.read_text().splitlines()[1:]
    assert len(lines) == len(set(lines))
    return set(lines)


def in_time(heard: Listener) -> set[str]:
    """Return the devices that sent a report as soon as it was made."""
    return {
        device
        for device, channel, body in heard
        if channel is Channel.TELEMETRY and not body.get("backfill")
    }


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_devices_boot_report_and_leave(
    broker_address: BrokerAddress,
    fleet_address: BrokerAddress,
    tmp_path: Path,
    protocol: ProtocolVersion,
) -> None:
    inventory = make_inventory()
    play = make_play(inventory)
    stop = asyncio.Event()
    path = tmp_path / "ledger.csv"
    async with listening(broker_address, inventory.communes[0].code) as heard:
        with Ledger(path) as ledger:
            run = run_live(
                play, Identities(fleet_address), options(protocol), stop, SystemClock(), ledger
            )
            running = asyncio.create_task(run)
            await heard.hear(lambda: len(heard.of(Channel.TELEMETRY)) > 40)
            # Whoever connects last is not stopped before it has caught up.
            await heard.hear(lambda: len(in_time(heard)) == 8)
            stop.set()
            tally = await running
        devices = {device for device, _, _ in heard}
        await heard.hear(
            lambda: sum(status["state"] == "offline" for status in heard.of(Channel.STATUS)) == 8
        )
    assert devices == {device.code for device in play.inventory.devices}
    for device in devices:
        statuses = heard.of(Channel.STATUS, device)
        assert [status["reason"] for status in statuses] == ["connect", "shutdown"]
        events = heard.of(Channel.EVENT, device)
        assert [event["event"] for event in events] == ["boot", "shutdown"]
        reports = heard.of(Channel.TELEMETRY, device)
        numbers = [events[0]["seq"], *(report["seq"] for report in reports), events[1]["seq"]]
        assert numbers == list(range(1, len(numbers) + 1))
        # Only the first may have been due before its session was up, and how many tells the load.
        late = [bool(report.get("backfill")) for report in reports]
        assert late == sorted(late, reverse=True)
        assert not late[-1]
    assert tally.produced == tally.confirmed == len(heard) - len(heard.of(Channel.STATUS))
    assert tally.connected == tally.dropped == tally.refused == 0
    assert entered(path) == {
        f"{device},{body['observed_at']},{body['boot_id']},{body['seq']}"
        for device, channel, body in heard
        if channel is Channel.TELEMETRY
    }


async def test_every_device_logs_in_as_itself(make_mosquitto: MakeMosquitto) -> None:
    inventory = make_inventory()
    server = make_mosquitto()
    passwords = {device.code: f"of-{device.code}" for device in inventory.devices}
    server.set_users(passwords)
    address = BrokerAddress("127.0.0.1", server.port)
    secrets = {code: SecretStr(password) for code, password in passwords.items()}
    ingest = BrokerAddress.from_environment({"MQTT_URL": server.url("ingest", with_password=True)})
    stop = asyncio.Event()
    async with listening(ingest, inventory.communes[0].code) as heard:
        run = run_live(
            make_play(inventory, devices=6),
            Identities(address, secrets),
            options(),
            stop,
            SystemClock(),
        )
        running = asyncio.create_task(run)
        await heard.hear(lambda: len({device for device, _, _ in heard}) == 6)
        stop.set()
        tally = await running
    assert tally.confirmed == tally.produced
    assert tally.refused == tally.refused_connects == 0


async def test_a_flush_that_cannot_end_is_bounded(fleet_address: BrokerAddress) -> None:
    nowhere = replace(fleet_address, host="127.0.0.1", port=9)
    quick = replace(options(), flush=timedelta(milliseconds=200))
    stop = asyncio.Event()
    play = make_play(make_inventory(), devices=3)
    running = asyncio.create_task(run_live(play, Identities(nowhere), quick, stop, SystemClock()))
    await asyncio.sleep(0)
    stop.set()
    tally = await running
    assert tally.confirmed == 0
    assert tally.produced >= 6  # each device booted and shut down


async def suffer(
    broker: BrokerAddress,
    fleet: BrokerAddress,
    play: Play,
    enough: Enough,
    *holds: tuple[float, Enough],
    chosen: LiveOptions | None = None,
) -> Listener:
    """Run a play until the listener has heard enough.

    Each hold is a second of the scenario that does not come before so much was heard; the fault's
    own, at 100 s, not before everybody has booted.
    """
    stop, chosen = asyncio.Event(), chosen or options()

    def booted(heard: Listener) -> bool:
        events = [(device, body) for device, channel, body in heard if channel is Channel.EVENT]
        there = {device for device, event in events if event["event"] == "boot"}
        return there == {device.code for device in play.inventory.devices}

    async with listening(broker, play.inventory.communes[0].code) as heard:
        clock = PatientClock(
            [
                # Half a second of the scenario before it.
                (chosen.begins_at + timedelta(seconds=at - 0.5) / SPEED, partial(so, heard))
                for at, so in ((100, booted), *holds)
            ]
        )
        run = run_live(play, Identities(fleet), chosen, stop, clock)
        running = asyncio.create_task(run)
        await heard.hear(lambda: enough(heard))
        stop.set()
        await running
    return heard


async def test_a_cut_link_is_missed_and_its_reports_come_later(
    broker_address: BrokerAddress, fleet_address: BrokerAddress, tmp_path: Path
) -> None:
    inventory = make_inventory()
    village = inventory.villages[0].code
    devices = tuple(device for device in inventory.devices if device.village == village)
    cut = Cut(
        fault="cut",
        name="cut",
        at=timedelta(seconds=100),
        lasts=timedelta(seconds=200),
        target=Target(code=village),
    )
    play = make_play(replace(inventory, devices=devices), cut)
    codes = [device.code for device in devices if device.link]
    assert codes
    truth = tmp_path / "truth.jsonl"

    def enough(heard: Listener) -> bool:
        return all(
            any(report.get("backfill") for report in heard.of(Channel.TELEMETRY, code))
            for code in codes
        )

    def missed(heard: Listener) -> bool:
        return all(
            any(status["reason"] == "will" for status in heard.of(Channel.STATUS, device.code))
            for device in devices
        )

    chosen = replace(options(), truth=truth, least_keepalive=timedelta(seconds=1))
    heard = await suffer(broker_address, fleet_address, play, enough, (300, missed), chosen=chosen)
    for code in codes:
        reasons = [status["reason"] for status in heard.of(Channel.STATUS, code)]
        assert reasons[:3] == ["connect", "will", "connect"]
        numbers = [report["seq"] for report in heard.of(Channel.TELEMETRY, code)]
        assert sorted(numbers) == list(range(2, len(numbers) + 2))
    lines = [json.loads(line) for line in truth.read_text().splitlines()]
    (fault,) = (line for line in lines if line["kind"] == "fault")
    assert (fault["root"], fault["villages"]) == (village, [village])
    (dark,) = (line for line in lines if line["kind"] == "village")
    lasted = datetime.fromisoformat(dark["end"]) - datetime.fromisoformat(dark["start"])
    # Two hundred seconds at fifty times the speed.
    assert lasted == timedelta(seconds=4)


async def test_devices_without_mains_fall_silent_and_boot_again(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    inventory = make_inventory()
    probes = [
        device
        for device in inventory.devices
        if device.kind is DeviceKind.LINK_PROBE and device.link and device.power_node
    ]
    without = next(device for device in probes if not device.ups)
    with_battery = next(device for device in probes if device.ups)
    mains = MainsOff(
        fault="mains_off",
        name="mains",
        at=timedelta(seconds=100),
        lasts=timedelta(minutes=4),
        target=Target(code=without.power_node),
    )
    play = make_play(replace(inventory, devices=(without, with_battery)), mains)

    def boots(heard: Listener, code: str) -> int:
        return sum(event["event"] == "boot" for event in heard.of(Channel.EVENT, code))

    def runs_on_battery(heard: Listener) -> bool:
        reports = heard.of(Channel.TELEMETRY, with_battery.code)
        return any(report["values"]["power"] == "battery" for report in reports)

    heard = await suffer(
        broker_address,
        fleet_address,
        play,
        lambda heard: boots(heard, without.code) == boots(heard, with_battery.code) == 2,
        (160, runs_on_battery),
    )
    power = {report["values"].get("power") for report in heard.of(Channel.TELEMETRY, without.code)}
    assert power == {"mains"}
    sources = [
        report["values"]["power"] for report in heard.of(Channel.TELEMETRY, with_battery.code)
    ]
    assert "battery" in sources
    for device in (without, with_battery):
        boot_ids = [event["boot_id"] for event in heard.of(Channel.EVENT, device.code)]
        assert boot_ids == sorted(boot_ids)
        assert len(set(boot_ids)) == 2


@pytest.mark.parametrize(
    ("orderly", "seconds", "reason"),
    # Whoever boots again at once has said goodbye all the same.
    [(True, 60, "shutdown"), (True, 0.001, "shutdown"), (False, 60, "will")],
)
async def test_a_reboot_says_goodbye_or_leaves_its_will(
    broker_address: BrokerAddress,
    fleet_address: BrokerAddress,
    *,
    orderly: bool,
    seconds: float,
    reason: str,
) -> None:
    inventory = make_inventory()
    code = inventory.devices[0].code
    reboot = Reboot(
        fault="reboot",
        name="reboot",
        at=timedelta(seconds=100),
        within=timedelta(seconds=1),
        takes=timedelta(seconds=seconds),
        orderly=orderly,
        target=Target(code=code),
    )
    play = make_play(replace(inventory, devices=inventory.devices[:1]), reboot)

    def enough(heard: Listener) -> bool:
        return len(heard.of(Channel.STATUS, code)) == 3

    heard = await suffer(broker_address, fleet_address, play, enough)
    statuses = heard.of(Channel.STATUS, code)[:3]
    assert [status["reason"] for status in statuses] == ["connect", reason, "connect"]
    assert statuses[1]["boot_id"] < statuses[2]["boot_id"]


async def test_a_live_run_says_what_it_leaves_out(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    inventory = make_inventory()
    code = inventory.devices[0].code
    crash = BrokerDown(
        fault="broker_down",
        name="crash",
        at=timedelta(seconds=100),
        lasts=timedelta(seconds=60),
        how="crash",
    )
    play = make_play(replace(inventory, devices=inventory.devices[:1]), crash)
    with structlog.testing.capture_logs() as said:
        await suffer(
            broker_address,
            fleet_address,
            play,
            lambda heard: len(heard.of(Channel.TELEMETRY, code)) > 14,
        )
    (left_out,) = (line for line in said if line["event"] == "left out of a live run")
    assert left_out["what"] == "broker crash"
