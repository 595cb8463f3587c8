"""Telemetry: reports, arrays of them, and what is refused of either."""

import json
from datetime import timedelta

import cbor2
import pytest

from ingest.batch import Batch
from ingest.rejection import Reason
from ingest.rows import LINK_COLUMNS, READING_COLUMNS
from ingest.telemetry import MAXIMUM_REPORTS
from province.instants import format_instant
from runtime.broker.message import Message
from tests.ingest.make import NOW, decode, make_message, make_report

SENSOR_TOPIC = "srepok/v1/66/22015/air1/telemetry"
CBOR_TOPIC = "srepok/v1/66/22015/probe1/telemetry-cbor"


def refusals(batch: Batch) -> list[tuple[str, str]]:
    return [(letter.reason, letter.detail) for letter in batch.letters]


def link(batch: Batch, index: int = 0) -> dict[str, object]:
    names = [name for name, _ in LINK_COLUMNS]
    return dict(zip(names, batch.links[index], strict=True))


def readings(batch: Batch) -> list[dict[str, object]]:
    names = [name for name, _ in READING_COLUMNS]
    return [dict(zip(names, row, strict=True)) for row in batch.readings]


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
    assert batch.received.total() == 2


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


def test_the_newest_report_of_a_sensor_makes_its_state_whatever_comes_last() -> None:
    values = {"pm25_ugm3": 1}
    old = "2026-11-23T13:30:10Z"
    batch = decode(
        make_message(SENSOR_TOPIC, seq=78, observed_at="2026-11-23T13:37:10Z", values=values),
        make_message(SENSOR_TOPIC, seq=70, observed_at=old, backfill=True, values=values),
    )
    assert batch.states[2].seq == 78
    assert len(batch.readings) == 2


def test_an_array_loses_only_its_bad_report_and_says_which() -> None:
    good, bad = make_report(seq=1), make_report(seq=2, boot_id="x")
    batch = decode(make_message(payload=json.dumps([good, bad, make_report(seq=3)]).encode()))
    assert [row[3] for row in batch.links] == [1, 3]
    assert refusals(batch) == [
        (Reason.INVALID, "report 1 of 3: boot_id: 'x': Input should be a valid integer")
    ]
    assert json.loads(batch.letters[0].payload) == bad
    assert (batch.received.total(), len(batch.letters)) == (3, 1)


def test_an_array_has_one_letter_for_each_reason_and_it_can_be_published_again() -> None:
    reports = [
        make_report(seq=0, values={"clients": -1}),
        make_report(seq=1, boot_id="x"),
        make_report(seq=2),
        make_report(seq=3, values={"clients": 3, "magic": 1, "door_open": 7, "more": 2}),
        make_report(seq=4, values={"magic": 1}),
        make_report(seq=5, values={"clients": -5}),
        17,
    ]
    batch = decode(make_message(payload=json.dumps(reports).encode()))
    assert [row[3] for row in batch.links] == [2, 3, 4]
    assert refusals(batch) == [
        (
            Reason.OUT_OF_RANGE,
            (
                "report 0 of 7: values.clients: -1: Input should be greater than or equal to 0"
                " (and 2 more)"
            ),
        ),
        (
            Reason.INVALID,
            "report 1 of 7: boot_id: 'x': Input should be a valid integer (and 1 more)",
        ),
        (
            Reason.UNKNOWN_METRIC,
            "report 3 of 7: metric 'magic' is not in the catalogue (and 2 more)",
        ),
    ]
    out_of_range, invalid, unknown = (json.loads(letter.payload) for letter in batch.letters)
    assert out_of_range == [reports[0], reports[5], make_report(seq=3, values={"door_open": 7})]
    assert invalid == [reports[1], 17]
    assert unknown == [make_report(seq=3, values={"magic": 1, "more": 2}), reports[4]]
    again = decode(*(make_message(payload=letter.payload) for letter in batch.letters))
    assert [letter.payload for letter in again.letters if letter.reason == "invalid"] == [
        batch.letters[1].payload
    ]
    assert batch.received.total() == len(batch.links) + len(batch.letters) == 6


def test_one_payload_of_rubbish_is_one_letter_however_many_values_it_holds() -> None:
    rubbish = b"[" + b",".join([b"1"] * 30_000) + b"]"
    batch = decode(make_message(payload=rubbish))
    assert refusals(batch) == [(Reason.OVERSIZE, "array of 30000 reports; at most 1000")]
    assert batch.letters[0].payload == rubbish
    assert batch.received.total() == 1


def test_an_array_of_the_greatest_length_is_taken() -> None:
    reports = [{"observed_at": 1795441020000, "boot_id": 1, "seq": 1, "values": {}}]
    payload = json.dumps(reports * MAXIMUM_REPORTS, separators=(",", ":")).encode()
    assert len(decode(make_message(payload=payload)).links) == MAXIMUM_REPORTS


def test_a_number_that_is_none_spoils_its_own_report_only() -> None:
    payload = json.dumps([make_report(seq=1, values={"rtt_p50_ms": float("nan")}), make_report()])
    batch = decode(make_message(payload=payload.encode()))
    assert [row[3] for row in batch.links] == [77]
    assert [letter.reason for letter in batch.letters] == [Reason.OUT_OF_RANGE]
    assert b"NaN" in batch.letters[0].payload


def test_a_letter_is_never_longer_than_its_message() -> None:
    """Numbers grow as they are written anew: 1e9 is 1000000000.0."""
    values = ",".join(f'"m{number}":1e15' for number in range(100))
    report = f'{{"observed_at":"{format_instant(NOW)}","boot_id":1,"seq":1,"values":{{{values}}}}}'
    payload = f"[{report},{report}]".encode()
    batch = decode(make_message(SENSOR_TOPIC, payload))
    assert [letter.payload for letter in batch.letters] == [payload]


def test_a_refused_value_keeps_its_report_as_it_was_written() -> None:
    written = "2026-11-23T20:37:00.123456+07:00"
    values = {"pm25_ugm3": 5000, "door_open": 0}
    batch = decode(make_message(SENSOR_TOPIC, observed_at=written, values=values))
    assert json.loads(batch.letters[0].payload)["observed_at"] == written


# -- clocks -------------------------------------------------------------------------


def test_a_message_with_a_report_ahead_is_moved_back_as_a_whole() -> None:
    offsets = [-3600, 50, 60, 55]
    reports = [
        make_report(observed_at=format_instant(NOW + timedelta(seconds=offset)), seq=seq)
        for seq, offset in enumerate(offsets)
    ]
    batch = decode(make_message(payload=json.dumps(reports).encode()))
    rows = [link(batch, index) for index in range(4)]
    seconds = [timedelta(seconds=offset) for offset in offsets]
    assert [row["observed_at"] for row in rows] == [NOW + s - seconds[2] for s in seconds]
    assert [row["device_time"] for row in rows] == [NOW + s for s in seconds]
    assert {row["skew"] for row in rows} == {"ahead"}
    assert batch.states[1].ahead_until == NOW + seconds[2]


def test_a_report_too_far_ahead_moves_nothing() -> None:
    reports = [
        make_report(observed_at=format_instant(NOW + offset), seq=seq)
        for seq, offset in enumerate([timedelta(seconds=-30), timedelta(days=2)])
    ]
    batch = decode(make_message(payload=json.dumps(reports).encode()))
    assert (link(batch)["skew"], link(batch)["device_time"]) == ("ok", None)
    assert [letter.reason for letter in batch.letters] == [Reason.CLOCK_AHEAD]


def test_a_report_that_is_too_old_once_it_is_moved_is_refused() -> None:
    reports = [
        make_report(observed_at=format_instant(NOW + offset), seq=seq)
        for seq, offset in enumerate([timedelta(days=-6, hours=-23), timedelta(hours=2)])
    ]
    batch = decode(make_message(payload=json.dumps(reports).encode()))
    assert len(batch.links) == 1
    assert [letter.reason for letter in batch.letters] == [Reason.CLOCK_BEHIND]
    assert "7 days, 1:00:00 before its arrival" in batch.letters[0].detail


# -- CBOR ---------------------------------------------------------------------------


@pytest.mark.parametrize("tag", [0, 1, 2, 4, 28, 29, 37, 258, 55799, 4711])
def test_no_tag_of_cbor_is_accepted_known_or_not(tag: int) -> None:
    value: object = "2026-11-23T13:37:00Z" if tag == 0 else 1795441020
    tagged = make_report(observed_at=cbor2.CBORTag(tag, value))
    for report in (tagged, cbor2.CBORTag(tag, make_report())):
        batch = decode(make_message(CBOR_TOPIC, cbor2.dumps(report)))
        assert refusals(batch) == [(Reason.MALFORMED, f"not CBOR: tag {tag} is not accepted")]


def test_what_is_neither_number_nor_text_in_cbor_is_refused_and_kept() -> None:
    report = make_report(values={"pm25_ugm3": b"\xff\xfe", "door_open": cbor2.undefined})
    batch = decode(make_message(SENSOR_TOPIC, cbor2.dumps(report), content_type="application/cbor"))
    assert [letter.reason for letter in batch.letters] == [Reason.INVALID]
    assert cbor2.loads(batch.letters[0].payload)["values"] == report["values"]
