"""The load against a real broker."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from province.topics import Channel
from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerRefusedError, BrokerUnreachableError
from runtime.clock import SystemClock
from simulators.ledger import Ledger
from simulators.load.service import LoadOptions, run_load
from tests.proxy import FaultProxy
from tests.simulators.listener import listening
from tests.simulators.make import make_inventory

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("reports", [1, 3])
async def test_an_open_loop_sends_what_was_asked_for(
    broker_address: BrokerAddress, fleet_address: BrokerAddress, tmp_path: Path, reports: int
) -> None:
    inventory = make_inventory()
    commune = inventory.communes[0].code
    devices = [device for device in inventory.devices if device.kind.watches_link]
    path = tmp_path / "ledger.csv"
    options = LoadOptions(500, timedelta(seconds=0.5), connections=3, reports=reports)
    async with listening(broker_address, commune) as heard:
        with Ledger(path) as ledger:
            summary = await run_load(
                inventory, devices, fleet_address, options, SystemClock(), ledger
            )
        assert summary["sent_messages"] == summary["confirmed_messages"]
        assert summary["sent_messages"] == pytest.approx(250, abs=2)
        assert "failure" not in summary
        await heard.hear(lambda: len(heard) == summary["sent_messages"])
    keys = [
        f"{device},{report['observed_at']},{report['boot_id']},{report['seq']}"
        for device, channel, body in heard
        if channel is Channel.TELEMETRY
        for report in (body if isinstance(body, list) else [body])
    ]
    assert len(keys) == summary["sent_reports"] == summary["sent_messages"] * reports
    assert {key.split(",")[2] for key in keys} == {str(summary["boot_id"])}
    ledger_keys = {
        tuple(line.split(",")[i] for i in (0, 2, 3)) for line in path.read_text().splitlines()[1:]
    }
    assert {tuple(key.split(",")[i] for i in (0, 2, 3)) for key in keys} == ledger_keys
    assert len(ledger_keys) == len(keys)


async def test_flat_out_ends_with_everything_confirmed(fleet_address: BrokerAddress) -> None:
    inventory = make_inventory()
    options = LoadOptions(None, timedelta(seconds=0.5), window=5)
    summary = await run_load(inventory, inventory.devices, fleet_address, options, SystemClock())
    # More than the windows of both connections: sent when others had been confirmed.
    assert summary["confirmed_messages"] == summary["sent_messages"] > 2 * 5


async def test_a_wrong_password_is_an_error_at_once(fleet_address: BrokerAddress) -> None:
    inventory = make_inventory()
    wrong = replace(fleet_address, password=SecretStr("wrong"))
    with pytest.raises(BrokerRefusedError, match=r"not authorised|bad user name"):
        await run_load(
            inventory,
            inventory.devices,
            wrong,
            LoadOptions(1, timedelta(seconds=1)),
            SystemClock(),
        )


async def test_a_closed_port_is_an_error_at_once(fleet_address: BrokerAddress) -> None:
    inventory = make_inventory()
    nowhere = replace(fleet_address, host="127.0.0.1", port=9)
    with pytest.raises(BrokerUnreachableError, match=r"127\.0\.0\.1:9"):
        await run_load(
            inventory,
            inventory.devices,
            nowhere,
            LoadOptions(1, timedelta(seconds=1)),
            SystemClock(),
        )


async def test_a_connection_that_is_lost_is_told_in_the_summary(
    fleet_address: BrokerAddress,
) -> None:
    inventory = make_inventory()
    async with FaultProxy(fleet_address.host, fleet_address.port) as proxy:
        proxy.cut_after_bytes = 20_000
        way = replace(fleet_address, host="127.0.0.1", port=proxy.port)
        options = LoadOptions(2000, timedelta(seconds=5), connections=1)
        summary = await run_load(inventory, inventory.devices, way, options, SystemClock())
    assert "connection lost" in summary["failure"]
    assert summary["confirmed_messages"] < summary["sent_messages"]
