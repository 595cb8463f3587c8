"""Decoding messages."""

import json
from datetime import timedelta

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.batch import Batch
from ingest.rejection import Reason
from ingest.rows import LINK_COLUMNS, READING_COLUMNS
from runtime.broker.message import Message
from tests.ingest.make import NOW, decode, make_message, make_report

SENSOR_TOPIC = "srepok/v1/66/22015/air1/telemetry"


def refusals(batch: Batch) -> list[tuple[str, str]]:
    return [(letter.reason, letter.detail) for letter in batch.letters]


def link(batch: Batch, index: int = 0) -> dict[str, object]:
    names = [name for name, _ in LINK_COLUMNS]
    return dict(zip(names, batch.links[index], strict=True))


def readings(batch: Batch) -> list[dict[str, object]]:
    names = [name for name, _ in READING_COLUMNS]
    return [dict(zip(names, row, strict=True)) for row in batch.readings]


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
    assert batch.offered.total() == 1
    assert batch.messages.total() == 1
    assert not batch.letters


def test_an_array_loses_only_its_bad_report_and_says_which() -> None:
    good, bad = make_report(seq=1), make_report(seq=2, boot_id="x")
    batch = decode(make_message(payload=json.dumps([good, bad, make_report(seq=3)]).encode()))
    assert [row[3] for row in batch.links] == [1, 3]
    assert refusals(batch) == [
        (Reason.INVALID, "report 1 of 3: boot_id: 'x': Input should be a valid integer")
    ]
    assert json.loads(batch.letters[0].payload) == bad
    assert (batch.offered.total(), batch.rejected.total()) == (2, 1)


@pytest.mark.parametrize(
    "message",
    [
        make_message("srepok/v1/66/22015/probe1/telemetry-cbor", cbor2.dumps(make_report())),
        make_message(payload=cbor2.dumps(make_report()), content_type="application/cbor"),
        make_message(payload=cbor2.dumps([make_report()]), content_type="application/cbor"),
        make_message(payload=b" " + json.dumps(make_report()).encode()),
    ],
)
def test_cbor_and_json_bring_the_same(message: Message) -> None:
    assert decode(message).links == decode(make_message()).links


def test_a_sensor_report_becomes_a_row_for_each_metric() -> None:
    batch = decode(make_message(SENSOR_TOPIC, values={"pm25_ugm3": 12, "door_open": 1.0}))
    assert [(row["metric_id"], row["value"]) for row in readings(batch)] == [(10, 12.0), (11, 1.0)]
    assert not batch.links


def test_a_link_device_may_carry_metrics_of_the_catalogue() -> None:
    batch = decode(make_message(values={"power": "battery", "door_open": 1}))
    assert link(batch)["power"] == "battery"
    assert [row["metric_id"] for row in readings(batch)] == [11]
    assert batch.offered.total() == 2


@pytest.mark.parametrize(
    ("value", "reason", "detail"),
    [
        (5000, Reason.OUT_OF_RANGE, "values.pm25_ugm3: 5000 is outside 0 to 2000"),
        (10**30, Reason.OUT_OF_RANGE, f"values.pm25_ugm3: {10**30} is outside 0 to 2000"),
        (True, Reason.INVALID, "values.pm25_ugm3: True is not a number"),
        ("12", Reason.INVALID, "values.pm25_ugm3: '12' is not a number"),
    ],
)
def test_a_bad_metric_is_refused_and_the_others_kept(
    value: object, reason: Reason, detail: str
) -> None:
    batch = decode(make_message(SENSOR_TOPIC, values={"pm25_ugm3": value, "door_open": 0}))
    assert refusals(batch) == [(reason, detail)]
    assert len(batch.readings) == 1
    assert json.loads(batch.letters[0].payload)["values"] == {"pm25_ugm3": value}


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_of_any_length_is_refused_and_stops_nothing(digits: int) -> None:
    number = "9" * digits
    payload = json.dumps(make_report(values={"pm25_ugm3": 0})).replace(": 0}", f": {number}}}")
    for topic in (SENSOR_TOPIC, SENSOR_TOPIC.replace("air1", "probe1")):
        batch = decode(make_message(topic, payload.encode()), make_message(seq=1))
        assert len(batch.letters) == 1
        assert len(batch.links) >= 1


def test_a_metric_outside_the_catalogue_is_refused() -> None:
    batch = decode(make_message(SENSOR_TOPIC, values={"magic": 1}))
    assert refusals(batch) == [(Reason.UNKNOWN_METRIC, "metric 'magic' is not in the catalogue")]


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
    assert (batch.offered.total(), batch.rejected.total()) == (0, 1)


def test_a_known_device_is_heard_even_when_it_talks_rubbish() -> None:
    batch = decode(make_message(observed_at="2001-01-01T00:00:00Z"))
    assert batch.states[1].received_at == NOW
    assert batch.states[1].observed_at is None


def test_the_newest_report_of_a_sensor_makes_its_state_whatever_comes_last() -> None:
    values = {"pm25_ugm3": 1}
    old = "2026-11-23T13:30:10Z"
    batch = decode(
        make_message(SENSOR_TOPIC, seq=78, observed_at="2026-11-23T13:37:10Z", values=values),
        make_message(SENSOR_TOPIC, seq=70, observed_at=old, backfill=True, values=values),
    )
    assert batch.states[2].seq == 78
    assert len(batch.readings) == 2


def test_a_repeat_of_a_corrected_report_is_seen_within_the_batch() -> None:
    ahead = "2026-11-23T14:37:00Z"
    later = NOW + timedelta(seconds=9)
    batch = decode(
        make_message(observed_at=ahead), make_message(observed_at=ahead, received_at=later)
    )
    assert len(batch.links) == 1
    assert batch.offered.total() == 2
    assert link(batch)["observed_at"] == NOW
    assert link(batch)["skew"] == "ahead"


def test_a_will_is_presence_at_the_time_it_arrives() -> None:
    will = {"state": "offline", "reason": "will", "boot_id": 3, "connection": 2}
    payload = json.dumps(will | {"observed_at": "2020-01-01T00:00:00Z"}).encode()
    batch = decode(make_message("srepok/v1/66/22015/probe1/status", payload))
    assert batch.presence[0][:5] == (1, NOW, 3, 2, "offline")
    assert batch.states[1].online == (False, NOW)


def test_an_event_is_presence_at_its_own_time() -> None:
    event = {"event": "dying_gasp", "boot_id": 3, "seq": 80, "detail": {"mv": 3300}}
    payload = json.dumps(event | {"observed_at": "2026-11-23T13:37:11Z"}).encode()
    batch = decode(make_message("srepok/v1/66/22015/probe1/event", payload))
    assert batch.presence[0][4] == "dying_gasp"
    assert batch.presence[0][-1] == '{"mv":3300}'


def test_the_minute_of_arrival_keeps_the_account() -> None:
    batch = decode(
        make_message(seq=1),
        make_message(seq=2, received_at=NOW + timedelta(minutes=1)),
        make_message(seq=3, received_at=NOW),
    )
    first = NOW.replace(second=0)
    assert batch.offered == {first: 2, first + timedelta(minutes=1): 1}


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
    assert batch.offered.total() == rows
    assert batch.rejected.total() == len(batch.letters)
    assert batch.messages.total() == 1
