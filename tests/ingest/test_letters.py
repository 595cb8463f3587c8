"""Dead letters: found, shown, tried again one by one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest import letters
from ingest.decode import Decoder
from ingest.letters import Replayed, find, replay, waiting
from tests.ingest.bench import Bench, code_of, refuse_links
from tests.ingest.make import NOW, make_message

pytestmark = pytest.mark.servers

EARLIER = NOW - timedelta(minutes=10)


def knowing(bench: Bench, probe: str, *codes: str) -> Decoder:
    """Return a decoder to which further codes are known, in the place of a device that is."""
    known = bench.registry.devices[code_of(probe)]
    strangers = {code: replace(known, code=code) for code in codes}
    return bench.decoder(devices={**bench.registry.devices, **strangers})


async def replay_all(bench: Bench, decoder: Decoder) -> AsyncIterator[Replayed]:
    async for letter in waiting(bench.connection):
        yield await replay(bench.connection, bench.writer, decoder, letter, NOW)


async def test_a_dead_letter_is_replayed_once_the_inventory_knows_its_device(
    bench: Bench, probe: str
) -> None:
    topic = probe.replace(code_of(probe), "newcomer")
    await bench.write(make_message(topic, received_at=EARLIER, observed_at="2026-11-23T13:20:00Z"))
    (letter,) = await find(bench.connection, reason="unknown_device")
    outcome = await replay(bench.connection, bench.writer, bench.decoder(), letter, NOW)
    assert not outcome.accepted
    decoder = knowing(bench, probe, "newcomer")
    for expected in ("stored 1, duplicate 0", "stored 0, duplicate 1"):
        outcome = await replay(bench.connection, bench.writer, decoder, letter, NOW)
        assert outcome.outcome == expected
    (row,) = await bench.rows("link_reports")
    assert row["received_at"] == EARLIER
    assert [each async for each in waiting(bench.connection)] == []
    assert await bench.balanced()


async def test_a_letter_that_the_database_refuses_stays_and_the_next_ones_are_tried(
    bench: Bench, probe: str
) -> None:
    topic = probe.replace(code_of(probe), "newcomer")
    await bench.write(*(make_message(topic, seq=seq) for seq in range(3)))
    await bench.connection.execute("RESET ROLE")
    await refuse_links(bench.connection, "NEW.seq = 1")
    await bench.connection.execute("SET ROLE srepok_ingest")
    outcomes = [each async for each in replay_all(bench, knowing(bench, probe, "newcomer"))]
    assert [outcome.accepted for outcome in outcomes] == [True, False, True]
    assert outcomes[1].outcome.startswith(
        "not_storable: SQLSTATE 23514: CheckViolation: 1 is refused"
    )
    (stays,) = [letter async for letter in waiting(bench.connection)]
    assert stays.replay_outcome == outcomes[1].outcome


async def test_letters_are_replayed_a_page_at_a_time_in_the_order_they_came(
    bench: Bench, probe: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "_PAGE", 2)
    codes = [f"newcomer{number}" for number in range(5)]
    for index, code in enumerate(codes):
        topic = probe.replace(code_of(probe), code)
        await bench.write(make_message(topic, received_at=NOW - timedelta(seconds=index)))
    known = knowing(bench, probe, *codes[:2], *codes[3:])
    assert [each.accepted async for each in replay_all(bench, known)] == [
        *(True, True, False, True, True)
    ]
    assert [each.accepted async for each in replay_all(bench, known)] == [False]


async def test_the_letters_that_came_last_are_listed_first(bench: Bench, probe: str) -> None:
    for minute in range(4):
        await bench.write(make_message(probe, b"%d" % minute, NOW + timedelta(minutes=minute)))
    await bench.write(make_message(probe, b"1", NOW + timedelta(minutes=9)))
    found = await find(bench.connection, reason="invalid", limit=3)
    assert [letter.payload for letter in found] == [b"1", b"3", b"2"]
