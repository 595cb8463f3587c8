"""A live run over several processes."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from province.inventory import write_inventory
from province.topics import Channel
from runtime.broker.address import BrokerAddress
from simulators.live.parts import Part
from tests.simulators.listener import Listener, listening
from tests.simulators.make import make_inventory
from tests.waiting import DEADLINE


def test_parts_share_the_devices_out() -> None:
    devices = make_inventory().devices
    shares = [Part(number, 3).choose(devices) for number in (1, 2, 3)]
    assert sorted(device.code for share in shares for device in share) == sorted(
        device.code for device in devices
    )
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("text", ["", "3", "0/2", "3/2", "a/b", "1/2/3"])
def test_a_wrong_part_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not a part such as 2/3"):
        Part.parse(text)


def gone(heard: Listener, reason: str) -> list[str]:
    """Return the devices that are gone for a reason: `will` is that the broker missed them."""
    return [
        device
        for device, channel, body in heard
        if channel is Channel.STATUS and body["reason"] == reason
    ]


@pytest.mark.servers
async def test_processes_play_one_scenario_together_and_leave_in_order(
    broker_address: BrokerAddress, fleet_url: str, tmp_path: Path
) -> None:
    inventory = make_inventory()
    path = tmp_path / "inventory.jsonl"
    write_inventory(path, inventory)
    scenario = tmp_path / "trial.yaml"
    fault = {"fault": "cut", "name": "cut", "at": "20s", "lasts": "1h"}
    told = {
        "title": "A trial",
        "story": "A village is cut off for good.",
        "start": "2026-03-02T08:00:00+07:00",
        "lasts": "2h",
        "conditions": {"interval": "2s", "missed": "0%", "stalls": 0, "silences": 0},
        "faults": [fault | {"target": {"kind": "village"}}],
    }
    scenario.write_text(json.dumps(told))
    codes = {device.code for device in inventory.devices}
    villages = {
        village.code: {
            device.code for device in inventory.devices if device.village == village.code
        }
        for village in inventory.villages
    }
    async with listening(broker_address, inventory.communes[0].code) as heard:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "simulators", "run", str(scenario), "--live"),
            *("--inventory", str(path), "--processes", "2", "--truth", str(tmp_path / "truth")),
            env={**os.environ, "MQTT_URL": fleet_url},
        )
        try:
            await heard.hear(lambda: {device for device, _, _ in heard} == codes)
            await heard.hear(
                lambda: any(village <= {*gone(heard, "will")} for village in villages.values())
            )
            process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.wait(), DEADLINE) == 0
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        lines = [json.loads(line) for line in (tmp_path / "truth").read_text().splitlines()]
        (fault_line,) = (line for line in lines if line["kind"] == "fault")
        (village,) = fault_line["villages"]
        # Both processes cut the same village off, and everybody else says goodbye.
        await heard.hear(lambda: {*gone(heard, "shutdown")} == codes - villages[village])
    assert {*gone(heard, "will")} == villages[village]


@pytest.mark.servers
async def test_parts_end_with_the_process_that_started_them(
    broker_address: BrokerAddress, fleet_url: str, tmp_path: Path
) -> None:
    inventory = make_inventory()
    path = tmp_path / "inventory.jsonl"
    write_inventory(path, inventory)
    async with listening(broker_address, inventory.communes[0].code) as heard:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "simulators", "run", "calm", "--live"),
            *("--inventory", str(path), "--processes", "2"),
            env={**os.environ, "MQTT_URL": fleet_url},
        )
        try:
            await heard.hear(lambda: len({device for device, _, _ in heard}) > 1)
        finally:
            process.kill()
            await process.wait()
        devices = {device for device, _, _ in heard}
        await heard.hear(
            lambda: all(
                any(status["reason"] == "shutdown" for status in heard.of(Channel.STATUS, device))
                for device in devices
            )
        )
