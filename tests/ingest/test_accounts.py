"""The accounts: what was decoded against what the database did, and a process against itself."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from ingest.commands import check
from ingest.process import Messages, ProcessError, parse
from runtime.database.connection import DatabaseAddress
from tests.ingest.bench import SINCE, Bench
from tests.ingest.make import LIMITS, NOW, make_message

pytestmark = pytest.mark.servers


async def test_the_check_finds_a_row_that_nobody_accounted_for(bench: Bench, probe: str) -> None:
    await bench.write(make_message(probe))
    assert await bench.balanced()
    await bench.connection.execute("RESET ROLE")
    await bench.connection.execute("DELETE FROM link_reports")
    (difference,) = await bench.differences(SINCE)
    assert (difference.accounted, difference.counted) == (1, 0)
    assert difference.minute == NOW.replace(second=0)
    assert not await bench.balanced()


@pytest.mark.parametrize("part", ["links", "letters"])
async def test_a_record_that_goes_astray_between_decoding_and_storing_shows_in_the_accounts(
    bench: Bench, probe: str, *, part: str
) -> None:
    batch = bench.decode(
        make_message(probe), make_message(probe, seq=78), make_message(probe, b"x")
    )
    getattr(batch, part).pop()
    await bench.writer.write(batch)
    totals = await bench.totals()
    assert totals.received == 3
    assert totals.stored + totals.duplicate + totals.rejected == 2
    assert not totals.balanced


async def test_the_check_prints_each_comparison_and_fails_with_any(
    bench: Bench, probe: str, stocked_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    at = now.isoformat()
    await bench.write(make_message(probe, observed_at=at, received_at=now))
    address = DatabaseAddress.from_url(stocked_url)
    day = timedelta(days=1)
    assert await check(address, LIMITS.clock, now - day, now)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "records: received 1 = stored 1 + duplicate 0 + rejected 0 ok"
    assert lines[2] == "tables: 1 rows, minute by minute as accounted ok"
    await bench.connection.execute("UPDATE ingest_minutes SET received = 2, stored = 2")
    assert not await check(address, LIMITS.clock, now - day, now)
    said = capsys.readouterr().out
    assert "2 stored by the accounts, 1 rows in the tables" in said


async def test_a_late_row_is_found_at_its_arrival_and_only_chunks_that_can_hold_it_are_read(
    bench: Bench, probe: str
) -> None:
    for days in range(12):
        then = NOW - timedelta(days=days)
        await bench.write(make_message(probe, received_at=then, observed_at=then.isoformat()))
    late = NOW - LIMITS.clock.maximum_age
    await bench.write(make_message(probe, observed_at=late.isoformat()))
    assert await bench.differences(SINCE) == []
    window = {
        "since": SINCE,
        "until": SINCE + timedelta(hours=1),
        "earliest": SINCE - timedelta(days=7),
        "latest": SINCE + timedelta(hours=1),
    }
    plan = await bench.plan("account_differences", window)
    chunks = set(re.findall(r"on (_hyper_\d+_\d+_chunk)", plan))
    assert len(chunks) == 8, plan


METRICS = """# HELP srepok_ingest_messages_received_total Messages that arrived
srepok_ingest_messages_received_total {received}
srepok_ingest_messages_settled_total 90.0
srepok_ingest_messages_in_flight 7.0
srepok_ingest_messages_dropped_total 3.0
srepok_ingest_records_rejected_total{{reason="topic"}} 4.0
"""


def test_a_process_accounts_for_every_message_it_received() -> None:
    good = parse(METRICS.format(received="100.0"), "here")
    assert good == Messages(received=100, settled=90, in_flight=7, dropped=3)
    assert good.balanced
    assert not parse(METRICS.format(received="101.0"), "here").balanced


def test_metrics_of_something_else_are_refused_with_their_address() -> None:
    with pytest.raises(ProcessError, match="http://other/metrics: no metric 'srepok_ingest_mess"):
        parse("up 1.0\n", "http://other/metrics")
