"""Replays against a real broker."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from province.reports import SensorReport
from province.topics import Channel, Topic
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from simulators.replay.layouts import ColumnMapping
from simulators.replay.recording import Recording, read_recording
from simulators.replay.service import ReplayOptions, replay
from tests.simulators.listener import listening
from tests.simulators.test_recording import UCI

pytestmark = pytest.mark.servers


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    path = tmp_path / "air.csv"
    path.write_text(UCI + "12/03/2004,19:00:00,x,,,,,,,,,,,,\n")
    return read_recording(path, ColumnMapping())


async def played(
    broker: BrokerAddress,
    address: BrokerAddress,
    recording: Recording,
    *,
    speed: float = 0.0,
    shifted: bool = False,
) -> list[dict[str, Any]]:
    topic = Topic("66", f"t{uuid4().hex[:10]}", "air", Channel.TELEMETRY)
    async with listening(broker, topic.commune) as heard:
        options = ReplayOptions(topic, speed, shifted)
        tally = await replay(recording, address, options, asyncio.Event(), SystemClock())
        assert tally.confirmed == len(recording.rows) == 2
        await heard.hear(lambda: len(heard.of(Channel.STATUS)) == 2)
        states = [status["state"] for status in heard.of(Channel.STATUS)]
        assert states == ["online", "offline"]
        return heard.of(Channel.TELEMETRY)


async def test_a_second_replay_says_the_same_again(
    broker_address: BrokerAddress, fleet_address: BrokerAddress, recording: Recording
) -> None:
    first = await played(broker_address, fleet_address, recording)
    assert first == await played(broker_address, fleet_address, recording)
    assert [report["seq"] for report in first] == [2, 3]
    assert [report["observed_at"] for report in first] == [
        "2004-03-10T17:00:00.000Z",
        "2004-03-11T18:00:00.000Z",
    ]
    assert all(report["backfill"] for report in first)
    for report in first:
        SensorReport.model_validate_json(json.dumps(report))


async def test_a_replay_in_motion_is_live(
    broker_address: BrokerAddress, fleet_address: BrokerAddress, recording: Recording
) -> None:
    reports = await played(broker_address, fleet_address, recording, speed=1e7, shifted=True)
    assert not any(report.get("backfill") for report in reports)
    assert all(report["observed_at"] > "2026" for report in reports)
