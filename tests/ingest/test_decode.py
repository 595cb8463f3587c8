"""Decoding messages."""

import json
from datetime import timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.batch import Batch
from ingest.rejection import Reason
from ingest.rows import LINK_COLUMNS
from runtime.broker.message import Message
from tests.ingest.make import NOW, decode, make_message, make_report


def link(batch: Batch, index: int = 0) -> dict[str, object]:
    names = [name for name, _ in LINK_COLUMNS]
    return dict(zip(names, batch.links[index], strict=True))


def test_a_link_report_becomes_a_row() -> None:
    batch = decode(make_message(uptime_s=5, interval_s=30, config_rev=4))
    row = link(batch)
    assert row["device_id"] == 1
    assert row["seq"] == 77
    assert row["received_at"] == NOW
    assert row["power"] == "mains"
    assert row["rtt_p50_ms"] == 12.5
    assert row["loss_percent"] is None
    assert row["interval_seconds"] == 30
    assert batch.received.total() == 1
    assert batch.messages.total() == 1
    assert not batch.letters


@pytest.mark.parametrize(
    ("message", "reason", "said"),
    [
        (make_message("srepok/v1/66/22015/probe1"), Reason.TOPIC, "expected srepok/v1/PROVINCE"),
        (make_message("srepok/v1/67/22015/probe1/telemetry"), Reason.WRONG_PLACE, "province '67'"),
        (make_message("srepok/v1/66/22045/probe1/telemetry"), Reason.WRONG_PLACE, "'22045'"),
        (make_message("srepok/v1/66/22015/who/telemetry"), Reason.UNKNOWN_DEVICE, "'who'"),
        (make_message(payload=b"x" * 70_000), Reason.OVERSIZE, "70000 bytes; at most 65536"),
        (make_message(payload=b""), Reason.MALFORMED, "not JSON"),
        (make_message(payload=b"{"), Reason.MALFORMED, "not JSON"),
        (make_message(payload=b"\xff\xfe"), Reason.MALFORMED, "not JSON"),
        (make_message(payload=b"[" * 5000), Reason.MALFORMED, "not JSON"),
        (make_message(payload=b"3"), Reason.INVALID, "report: 3"),
        (make_message(seq=None), Reason.INVALID, "seq: None"),
        (
            make_message(values={"battery_percent": 140}),
            Reason.OUT_OF_RANGE,
            "battery_percent: 140",
        ),
        (make_message(observed_at="2001-01-01T00:00:00Z"), Reason.CLOCK_BEHIND, "2001-01-01"),
        (make_message(observed_at="2030-01-01T00:00:00Z"), Reason.CLOCK_AHEAD, "2030-01-01"),
        (
            make_message("srepok/v1/66/22015/probe1/telemetry-cbor", b"\xd8\x1c\x80"),
            Reason.MALFORMED,
            "not CBOR",
        ),
        (
            make_message("srepok/v1/66/22015/probe1/telemetry-cbor", cbor2.dumps(1) * 2),
            Reason.MALFORMED,
            "bytes behind the first item",
        ),
        (
            make_message("srepok/v1/66/22015/probe1/status", b'{"state":"gone"}'),
            Reason.INVALID,
            "state: 'gone'",
        ),
    ],
)
def test_what_cannot_be_accepted_is_kept_with_its_reason(
    message: Message, reason: Reason, said: str
) -> None:
    batch = decode(message)
    assert [letter.reason for letter in batch.letters] == [reason]
    assert said in batch.letters[0].detail
    assert batch.letters[0].payload == message.payload
    assert not batch.links
    assert batch.received.total() == 1


def test_a_known_device_is_heard_even_when_it_talks_rubbish() -> None:
    batch = decode(make_message(observed_at="2001-01-01T00:00:00Z"))
    assert batch.states[1].received_at == NOW
    assert batch.states[1].observed_at is None


def test_the_minute_of_arrival_keeps_the_account() -> None:
    batch = decode(
        make_message(seq=1),
        make_message(seq=2, received_at=NOW + timedelta(minutes=1)),
        make_message(seq=3, received_at=NOW),
    )
    first = NOW.replace(second=0)
    assert batch.received == {first: 2, first + timedelta(minutes=1): 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=12), children, max_size=4)
    ),
    max_leaves=20,
)
FIELDS = st.sampled_from([*make_report(), "uptime_s", "backfill", "interval_s", "config_rev"])


@settings(max_examples=400)
@given(
    st.sampled_from(["probe1", "air1", "who"]),
    st.sampled_from(["telemetry", "telemetry-cbor", "status", "event", "other"]),
    st.one_of(
        st.binary(max_size=200),
        JSON.map(lambda value: json.dumps(value).encode()),
        JSON.map(cbor2.dumps),
        st.dictionaries(FIELDS, JSON, max_size=3).map(
            lambda changes: json.dumps(make_report(**changes)).encode()
        ),
    ),
)
def test_whatever_arrives_is_accounted_for_and_nothing_raises(
    device: str, channel: str, payload: bytes
) -> None:
    batch = decode(make_message(f"srepok/v1/66/22015/{device}/{channel}", payload))
    rows = len(batch.links) + len(batch.readings) + len(batch.presence)
    assert batch.received.total() == rows + len(batch.letters)
    assert batch.messages.total() == 1
