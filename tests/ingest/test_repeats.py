"""One report is one row, whatever our clock and the device's make of its deliveries."""

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain, count

import pytest

from ingest.letters import find, replay
from province.instants import format_instant
from runtime.broker.message import Message
from tests.ingest.bench import Bench
from tests.ingest.make import NOW, make_message, make_report

pytestmark = pytest.mark.servers

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)

AHEAD_THEN_GOOD = (8, 4)
GOOD_THEN_AHEAD = (4, 8)
AHEAD_TWICE = (8, 7)
BACK_AND_FORTH = (8, 4, 9, 3, 8)


def make_one_of_each(probe: str, sensor: str) -> list[tuple[str, bytes]]:
    """Return messages that claim this moment: nine records of every kind."""
    claim = format_instant(NOW)
    status = {"state": "online", "boot_id": 1, "connection": 5, "observed_at": claim}
    event = {"event": "boot", "boot_id": 1, "seq": 5, "observed_at": claim}
    single = make_report(observed_at=claim, values={"pm10_ugm3": 9.5})
    messages = {
        probe: make_report(observed_at=claim),
        probe.replace("telemetry", "status"): status,
        probe.replace("telemetry", "event"): event,
        sensor: [*make_readings(NOW - 4 * SECOND, 5), single],
    }
    return [(topic, json.dumps(said).encode()) for topic, said in messages.items()]


def make_readings(first: datetime, number: int) -> list[dict[str, object]]:
    """Return reports of a sensor, a second apart."""
    return [
        make_report(
            observed_at=format_instant(first + index * SECOND),
            seq=index,
            values={"pm2_5_ugm3": 10 + index},
        )
        for index in range(number)
    ]


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "a batch each"])
@pytest.mark.parametrize(
    "ahead", [AHEAD_THEN_GOOD, GOOD_THEN_AHEAD, AHEAD_TWICE, BACK_AND_FORTH], ids=str
)
async def test_a_report_is_one_row_however_far_ahead_of_each_delivery_its_clock_is(
    bench: Bench, probe: str, sensor: str, *, ahead: Sequence[int], together: bool
) -> None:
    deliveries = [
        [
            make_message(topic, payload, NOW - seconds * SECOND + index * MICROSECOND)
            for topic, payload in make_one_of_each(probe, sensor)
        ]
        for index, seconds in enumerate(ahead)
    ]
    for run in [list(chain(*deliveries))] if together else deliveries:
        await bench.write(*run)
    assert len(await bench.rows("link_reports")) == 1
    assert len(await bench.rows("sensor_readings")) == 6
    assert len(await bench.rows("presence_events")) == 2
    totals = await bench.totals()
    assert (totals.stored, totals.duplicate) == (9, 9 * (len(ahead) - 1))
    assert await bench.balanced()


async def test_readings_of_a_clock_ahead_stay_as_far_apart_as_they_were_taken(
    bench: Bench, sensor: str
) -> None:
    newest = NOW + 60 * SECOND
    payload = json.dumps(make_readings(newest - 4 * SECOND, 5)).encode()
    assert (await bench.write(make_message(sensor, payload))).stored == 5
    rows = sorted(await bench.rows("sensor_readings"), key=lambda row: row["value"])
    assert [row["observed_at"] for row in rows] == [NOW - s * SECOND for s in (4, 3, 2, 1, 0)]
    assert [row["device_time"] for row in rows] == [newest - s * SECOND for s in (4, 3, 2, 1, 0)]
    assert {row["skew"] for row in rows} == {"ahead"}


@pytest.mark.parametrize("together", [True, False], ids=["one batch", "a batch each"])
async def test_moved_readings_that_meet_in_one_place_are_all_kept(
    bench: Bench, sensor: str, *, together: bool
) -> None:
    """What a device sends when it is back, a minute ahead, in arrays that come at once."""
    newest = (NOW + 60 * SECOND, NOW + 65 * SECOND)
    messages = [
        make_message(sensor, json.dumps(make_readings(at - 4 * SECOND, 5)).encode(), received_at)
        for at, received_at in zip(newest, (NOW, NOW + 2 * SECOND), strict=True)
    ]
    for run in [messages] if together else [[message] for message in messages]:
        await bench.write(*run)
    await bench.write(*messages)
    assert len(await bench.rows("sensor_readings")) == 10
    totals = await bench.totals()
    assert (totals.stored, totals.duplicate) == (10, 10)
    assert await bench.balanced()


async def test_a_letter_of_an_array_that_was_moved_does_not_take_the_place_of_another_reading(
    bench: Bench, sensor: str
) -> None:
    reports = make_readings(NOW + 56 * SECOND, 5)
    reports[2]["values"] = {"pm2_5_ugm3": 50_000}
    await bench.write(make_message(sensor, json.dumps(reports).encode()))
    (letter,) = await find(bench.connection)
    metrics = {
        code: type(metric)(metric.metric_id, code, metric.minimum, 100_000)
        for code, metric in bench.registry.metrics.items()
    }
    decoder = bench.decoder(metrics=metrics)
    outcome = await replay(bench.connection, bench.writer, decoder, letter, NOW)
    assert outcome.outcome == "stored 1, duplicate 0"
    outcome = await replay(bench.connection, bench.writer, decoder, letter, NOW)
    assert outcome.outcome == "stored 0, duplicate 1"
    assert len(await bench.rows("sensor_readings")) == 5


async def test_a_clock_that_is_set_right_says_the_same_times_again_and_loses_nothing(
    bench: Bench, sensor: str
) -> None:
    values = count(1)

    def reading(claimed_at: datetime, received_at: datetime) -> Message:
        value = {"pm2_5_ugm3": next(values)}
        return make_message(
            sensor, received_at=received_at, observed_at=format_instant(claimed_at), values=value
        )

    fast = [reading(NOW + (60 + s) * SECOND, NOW + s * SECOND) for s in range(0, 60, 10)]
    right = [reading(NOW + s * SECOND, NOW + s * SECOND) for s in range(60, 120, 10)]
    for message in (*fast, *right):
        await bench.write(message)
    assert len(await bench.rows("sensor_readings")) == 12
    assert (await bench.totals()).stored == 12


# -- presence -----------------------------------------------------------------------


def will(probe: str, received_at: datetime) -> Message:
    payload = b'{"state":"offline","reason":"will","boot_id":1,"connection":1}'
    return make_message(probe.replace("telemetry", "status"), payload, received_at)


def online(probe: str, received_at: datetime) -> Message:
    said = {"state": "online", "boot_id": 1, "connection": 1}
    claim = format_instant(received_at - SECOND)
    payload = json.dumps(said | {"observed_at": claim}).encode()
    return make_message(probe.replace("telemetry", "status"), payload, received_at)


async def test_a_will_is_stored_once_for_as_long_as_a_broker_may_deliver_it_again(
    bench: Bench, probe: str
) -> None:
    assert (await bench.write(will(probe, NOW))).stored == 1
    assert (await bench.write(will(probe, NOW + timedelta(days=6)))).duplicate == 1


async def test_presence_is_not_swallowed_because_a_device_counts_its_boots_anew(
    bench: Bench, probe: str
) -> None:
    long_ago = NOW - timedelta(days=30)
    for received_at in (long_ago, NOW):
        written = await bench.write(online(probe, received_at), will(probe, received_at + SECOND))
        assert written.stored == 2
    # Within the time that a repeat may come, what a status claims still tells two apart.
    assert (await bench.write(online(probe, NOW + timedelta(hours=1)))).stored == 1
    assert len(await bench.rows("presence_events")) == 5


# -- what a look-up may cost --------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("forget_repeated_links", "link_reports"),
        ("forget_repeated_readings", "sensor_readings"),
        ("part_moved_readings", "sensor_readings"),
        ("forget_repeated_presence", "presence_events"),
    ],
)
async def test_repeats_are_looked_for_in_the_chunks_that_can_hold_them(
    bench: Bench, probe: str, sensor: str, statement: str, table: str
) -> None:
    for weeks in range(8):
        then = NOW - timedelta(weeks=weeks)
        topic = sensor if table == "sensor_readings" else probe
        if table == "presence_events":
            await bench.write(online(topic, then))
        else:
            at = format_instant(then)
            values = {"pm2_5_ugm3": 9} if topic == sensor else {}
            await bench.write(make_message(topic, observed_at=at, received_at=then, values=values))
    window = {
        "from": NOW,
        "until": NOW,
        "moved_from": NOW - timedelta(days=1),
        "oldest": NOW - timedelta(days=8),
    }
    plan = await bench.plan(statement, window)
    chunks = set(re.findall(r"on (_hyper_\d+_\d+_chunk)", plan))
    assert 1 <= len(chunks) <= 2, plan
