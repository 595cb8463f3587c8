"""The writer against a real database: idempotent, kept in one piece."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from psycopg import IntegrityError

from ingest.writer import Written
from runtime.broker.message import Message
from runtime.database.capabilities import detect_capabilities
from tests.ingest.bench import Bench, code_of
from tests.ingest.make import NOW, make_message

pytestmark = pytest.mark.servers


async def test_a_report_is_stored_once_however_often_it_comes(bench: Bench, probe: str) -> None:
    message = make_message(probe)
    assert await bench.write(message, message) == Written(stored=1, duplicate=1, rejected=0)
    assert await bench.write(message) == Written(stored=0, duplicate=1, rejected=0)
    (row,) = await bench.rows("link_reports")
    assert row["rtt_p50_ms"] == 12.5
    assert row["skew"] == "ok"
    assert row["observed_at"] == datetime(2026, 11, 23, 13, 37, tzinfo=UTC)
    assert await bench.balanced()


async def test_a_corrected_report_is_stored_once_though_it_arrives_at_other_times(
    bench: Bench, probe: str
) -> None:
    ahead = "2026-11-23T15:00:00Z"
    first = make_message(probe, observed_at=ahead)
    again = make_message(probe, observed_at=ahead, received_at=NOW + timedelta(minutes=3))
    assert (await bench.write(first)).stored == 1
    assert await bench.write(again) == Written(stored=0, duplicate=1, rejected=0)
    (row,) = await bench.rows("link_reports")
    assert (row["observed_at"], row["skew"]) == (NOW, "ahead")
    assert row["device_time"] == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert await bench.balanced()


async def test_readings_and_wills_are_stored_once_too(
    bench: Bench, probe: str, sensor: str
) -> None:
    will = b'{"state":"offline","reason":"will","boot_id":1,"connection":4}'
    status = probe.replace("telemetry", "status")
    first = [make_message(sensor, values={"pm2_5_ugm3": 9}), make_message(status, will)]
    again = [replace(message, received_at=NOW + timedelta(minutes=2)) for message in first]
    assert (await bench.write(*first)).stored == 2
    assert await bench.write(*again) == Written(stored=0, duplicate=2, rejected=0)
    assert len(await bench.rows("sensor_readings")) == 1
    assert len(await bench.rows("presence_events")) == 1
    assert await bench.balanced()


async def test_a_backfill_never_hides_the_present(bench: Bench, probe: str, sensor: str) -> None:
    new = make_message(probe, seq=9)
    old = make_message(
        probe, seq=5, observed_at="2026-11-23T12:00:00Z", backfill=True, values={"clients": 3}
    )
    air = make_message(sensor, values={"pm2_5_ugm3": 9})
    old_air = make_message(sensor, values={"pm2_5_ugm3": 1}, observed_at="2026-11-23T12:00:00Z")
    await bench.write(new, air)
    await bench.write(old, old_air)
    states = {row["device_id"]: row for row in await bench.rows("device_states")}
    state = states[bench.registry.devices[code_of(probe)].device_id]
    assert (state["seq"], state["rtt_p50_ms"]) == (9, 12.5)
    (latest,) = await bench.rows("sensor_states")
    assert latest["value"] == 9


async def test_a_status_changes_presence_and_not_the_report(bench: Bench, probe: str) -> None:
    status = probe.replace("telemetry", "status")
    await bench.write(make_message(probe))
    await bench.write(make_message(status, b'{"state":"online","boot_id":1,"connection":1}'))
    (state,) = await bench.rows("device_states")
    assert (state["online"], state["online_changed_at"], state["seq"]) == (True, NOW, 77)
    later = NOW + timedelta(minutes=1)
    payload = b'{"state":"offline","reason":"will","boot_id":1,"connection":1}'
    await bench.write(make_message(status, payload, received_at=later))
    (state,) = await bench.rows("device_states")
    assert (state["online"], state["online_changed_at"], state["seq"]) == (False, later, 77)


async def test_the_same_dead_letter_is_counted_not_kept_twice(bench: Bench, probe: str) -> None:
    rubbish = make_message(probe, b"rubbish \x00\xff")
    assert await bench.write(rubbish, rubbish) == Written(stored=0, duplicate=0, rejected=2)
    await bench.write(replace(rubbish, received_at=NOW + timedelta(minutes=1)))
    (letter,) = await bench.rows("dead_letters")
    assert letter["occurrences"] == 3
    assert letter["payload"] == b"rubbish \x00\xff"
    assert letter["device_code"] == code_of(probe)
    assert (letter["first_received_at"], letter["last_received_at"]) == (
        NOW,
        NOW + timedelta(minutes=1),
    )
    assert await bench.balanced()


async def test_rubbish_that_text_cannot_hold_is_kept_all_the_same(bench: Bench) -> None:
    written = await bench.write(make_message("no\0such \ud800 topic", b""))
    assert written.rejected == 1
    (letter,) = await bench.rows("dead_letters")
    assert letter["topic"] == "no\\0such \\ud800 topic"


async def test_a_value_the_database_refuses_rolls_the_whole_batch_back(
    bench: Bench, probe: str
) -> None:
    batch = bench.decode(make_message(probe), make_message(probe, seq=78))
    batch.links[1] = (*batch.links[1][:3], -1, *batch.links[1][4:])
    with pytest.raises(IntegrityError):
        await bench.writer.write(batch)
    assert await bench.rows("link_reports") == []
    assert await bench.rows("ingest_minutes") == []
    assert (await bench.write(make_message(probe))).stored == 1


async def test_a_number_too_small_for_its_column_is_nothing_and_spoils_no_batch(
    bench: Bench, probe: str
) -> None:
    values = {"rtt_p50_ms": 1e-60, "signal_dbm": -1e-60, "loss_percent": 1e-320}
    assert (await bench.write(make_message(probe, interval_s=1e-60, values=values))).stored == 1
    (row,) = await bench.rows("link_reports")
    assert [row[name] for name in values] == [0, 0, 0]
    assert row["interval_seconds"] == 0


async def test_a_status_replayed_late_does_not_undo_a_newer_one(bench: Bench, probe: str) -> None:
    status = probe.replace("telemetry", "status")

    def says(state: str, minute: int) -> Message:
        payload = f'{{"state":"{state}","boot_id":1,"connection":{minute}}}'.encode()
        return make_message(status, payload, received_at=NOW + timedelta(minutes=minute))

    await bench.write(says("online", 1))
    await bench.write(says("online", 9))
    # It arrived between the two: after the status that made the device online, and before the
    # one that said so last.
    await bench.write(says("offline", 5))
    (state,) = await bench.rows("device_states")
    assert (state["online"], state["online_changed_at"]) == (True, NOW + timedelta(minutes=1))
    assert state["online_received_at"] == state["received_at"] == NOW + timedelta(minutes=9)


async def test_a_report_replayed_late_does_not_say_that_the_device_was_heard_less_lately(
    bench: Bench, probe: str
) -> None:
    await bench.write(make_message(probe, b"rubbish", received_at=NOW + timedelta(minutes=5)))
    await bench.write(make_message(probe))
    (state,) = await bench.rows("device_states")
    assert state["received_at"] == NOW + timedelta(minutes=5)
    assert state["seq"] == 77


async def test_roll_ups_hear_of_every_minute_that_was_written(bench: Bench, probe: str) -> None:
    await bench.write(make_message(probe))
    capabilities = await detect_capabilities(bench.connection)
    marks = await bench.rows("rollup_marks")
    if capabilities.continuous_aggregates:
        assert marks == []
    else:
        (mark,) = marks
        assert mark["relation"] == "link_reports"
        assert mark["bucket"] == datetime(2026, 11, 23, 13, 37, tzinfo=UTC)
