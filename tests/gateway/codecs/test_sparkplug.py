import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.codecs.names import NameTable
from gateway.codecs.sparkplug.adapter import SparkplugAdapter
from gateway.codecs.sparkplug.schema import parse_payload
from gateway.codecs.units import Dialect
from gateway.translation import Incoming, Outcome, RefusalReason
from province.presence import Status
from province.reports import SensorReport
from province.topics import Channel
from tests.gateway.codecs.conftest import NOW, Translate
from tests.gateway.codecs.sparks import (
    BOOLEAN,
    BORN_AT,
    DOUBLE,
    FLOAT,
    INT8,
    INT16,
    INT32,
    INT64,
    STRING,
    UINT8,
    UINT32,
    UINT64,
    Node,
    make_bd_seq,
    make_metric,
    make_payload,
    readings,
    states,
)

_LEVEL = "water_level_m"
_MODEL: dict[Channel, type[SensorReport | Status]] = {
    Channel.TELEMETRY: SensorReport,
    Channel.STATUS: Status,
}


@pytest.fixture
def node(translate: Translate) -> Node:
    return Node(translate)


def _level(value: float, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of a metric
    return make_metric(_LEVEL, DOUBLE, double_value=value, **fields)


def test_each_example_of_the_specification_is_taken_or_refused_by_name(
    translate: Translate, payloads: Path
) -> None:
    told = []
    for line in (payloads / "sparkplug-b/messages.jsonl").read_text().splitlines():
        example = json.loads(line)
        body = bytes.fromhex(example.get("hex", "")) or json.dumps(example["payload_json"]).encode()
        outcome = translate("sparkplug", body, example["topic"])
        told.append(
            (
                example["topic"].split("/")[1 if "STATE" in example["topic"] else 2],
                [value for _, value in readings(outcome)],
                [state for _, state in states(outcome)],
                [refusal.reason.value for refusal in outcome.refusals],
                len(outcome.replies),
            )
        )
    assert told == [
        ("NBIRTH", [{"supply_mv": 12100}], ["online"], [], 0),
        ("DBIRTH", [], ["online"], ["unknown_field"], 0),
        ("NDATA", [{"supply_mv": 12300}], [], [], 0),
        ("DDATA", [], [], ["unknown_field"], 1),  # seq 0 behind seq 2
        ("NCMD", [], [], [], 0),
        ("DCMD", [], [], [], 0),
        ("NDEATH", [], ["offline", "offline"], [], 0),
        ("DDEATH", [], [], ["sequence"], 0),
        ("STATE", [], [], [], 0),
        ("STATE", [], [], [], 0),
    ]


def test_what_comes_out_is_the_wire_contract(node: Node) -> None:
    outcomes = [node.birth(_level(1.5)), node.send("DBIRTH", _level(2), device="d"), node.death()]
    records = [t for outcome in outcomes for t in outcome.translated]
    assert len(records) == 6
    for translated in records:
        _MODEL[translated.channel].model_validate_json(json.dumps(translated.record))
    orders = [
        (t.record["boot_id"], t.record.get("seq")) for t in records if t.device.id == "Water/pump"
    ]
    assert orders == [(BORN_AT + 1000, None), (BORN_AT + 1000, 0), (BORN_AT + 1000, None)]


def test_data_is_named_by_the_aliases_and_typed_by_the_birth(node: Node) -> None:
    node.birth(make_metric(_LEVEL, INT16, alias=7, int_value=3))
    device = make_metric("rssi_dbm", INT8, alias=8, int_value=2**32 - 70)
    assert readings(node.send("DBIRTH", device, device="d")) == [
        ("Water/pump/d", {"rssi_dbm": -70})
    ]
    alone = {"alias": 7, "int_value": 2**16 - 2}
    assert readings(node.send("NDATA", alone)) == [("Water/pump", {_LEVEL: -2})]
    assert readings(node.send("DDATA", {"alias": 8, "int_value": 186}, device="d")) == [
        ("Water/pump/d", {"rssi_dbm": -70})
    ]
    other = node.send("DDATA", {"alias": 7, "int_value": 4}, device="d")
    assert (readings(other), other.refusals[0].reason) == ([], RefusalReason.SEQUENCE)


def test_the_count_wraps_without_a_request(node: Node) -> None:
    node.birth(_level(0))
    outcomes = [node.send("NDATA", _level(i / 100)) for i in range(600)]
    assert not any(outcome.replies or outcome.refusals for outcome in outcomes)
    assert outcomes[-1].translated[0].record["seq"] == 600


def test_a_gap_is_answered_with_one_request_until_the_birth(
    node: Node, translate: Translate
) -> None:
    node.birth(make_metric(_LEVEL, DOUBLE, alias=1, double_value=1))
    after_gap = node.send("NDATA", {"alias": 1, "double_value": 2.0}, skip=1)
    assert [refusal.reason for refusal in after_gap.refusals] == [RefusalReason.SEQUENCE]
    (reply,) = after_gap.replies
    assert reply.topic == "spBv1.0/Water/NCMD/pump"
    (metric,) = parse_payload(reply.payload).metrics
    assert (metric.name, metric.datatype, metric.boolean_value) == (
        b"Node Control/Rebirth",
        BOOLEAN,
        True,
    )
    # Our own request comes back from the broker.
    assert translate("sparkplug", reply.payload, reply.topic).refusals == []
    named = node.send("NDATA", _level(3))
    assert (readings(named), named.replies) == ([("Water/pump", {_LEVEL: 3})], [])
    reborn = node.birth(make_metric(_LEVEL, DOUBLE, alias=1, double_value=4))
    assert (states(reborn), readings(reborn)) == ([], [("Water/pump", {_LEVEL: 4})])
    assert readings(node.send("NDATA", {"alias": 1, "double_value": 5.0}))
    assert len(node.send("NDATA", _level(6), skip=9).replies) == 1


def test_a_request_that_gets_lost_is_made_again_after_a_minute(translate: Translate) -> None:
    body = [make_payload(_level(seq), seq=seq) for seq in range(3)]
    times = [NOW, NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)]
    topic = "spBv1.0/Water/NDATA/pump"
    outcomes = [
        translate("sparkplug", b, topic, received_at=at) for b, at in zip(body, times, strict=True)
    ]
    assert [len(outcome.replies) for outcome in outcomes] == [1, 0, 1]


def test_after_our_restart_not_every_node_is_asked_at_once(translate: Translate) -> None:
    def heard(seq: int, at: timedelta) -> int:
        body = make_payload(_level(1), seq=seq)
        topics = [f"spBv1.0/Water/NDATA/{number}" for number in range(50)]
        return sum(
            len(translate("sparkplug", body, topic, received_at=NOW + at).replies)
            for topic in topics
        )

    seconds = [heard(second, timedelta(seconds=second)) for second in range(4)]
    assert seconds == [20, 20, 10, 0]


def test_named_values_without_a_birth_are_kept(node: Node) -> None:
    outcome = node.send("NDATA", _level(2.5))
    assert readings(outcome) == [("Water/pump", {_LEVEL: 2.5})]
    assert (states(outcome), len(outcome.replies)) == ([], 1)


def test_a_message_delivered_twice_is_taken_once(node: Node, translate: Translate) -> None:
    node.birth(_level(1))
    body, topic = make_payload(_level(2), seq=1), node.topic("NDATA")
    assert readings(translate("sparkplug", body, topic))
    again = translate("sparkplug", body, topic)
    assert (again.translated, again.replies, len(again.ignored)) == ([], [], 1)
    assert translate("sparkplug", make_payload(_level(3), seq=2), topic).replies == []


@pytest.mark.parametrize("datatype", [INT64, UINT64])
def test_a_death_counts_only_of_the_session_that_was_born(node: Node, datatype: int) -> None:
    node.bd_seq = 4
    node.birth(_level(1))
    node.send("DBIRTH", _level(1), device="d")
    old = node.death(3, datatype)
    assert (old.translated, "another session" in old.ignored[0].because) == ([], True)
    assert states(node.death(4, datatype)) == [
        ("Water/pump/d", "offline"),
        ("Water/pump", "offline"),
    ]
    assert states(node.death(4, datatype)) == []
    node.bd_seq = 5
    assert states(node.birth(_level(1))) == [("Water/pump", "online")]


def test_a_death_without_a_birth_may_be_an_old_one(node: Node) -> None:
    outcome = node.death(3)
    assert (outcome.translated, outcome.refusals[0].reason) == ([], RefusalReason.SEQUENCE)
    assert len(outcome.replies) == 1


def test_a_device_comes_and_goes_by_itself(node: Node) -> None:
    node.birth(_level(1))
    assert states(node.send("DBIRTH", _level(1), device="d")) == [("Water/pump/d", "online")]
    assert states(node.send("DDEATH", device="d")) == [("Water/pump/d", "offline")]
    assert states(node.send("DBIRTH", _level(1), device="d")) == [("Water/pump/d", "online")]


def test_historical_values_are_backfill_and_stand_apart(node: Node) -> None:
    node.birth(_level(1))
    past = BORN_AT - 60_000
    outcome = node.send("NDATA", _level(7, timestamp=past, is_historical=True), _level(8))
    (old, new) = [translated.record for translated in outcome.translated]
    assert (old["observed_at"], old["backfill"], old["values"]) == (
        "2026-11-25T11:59:00.000Z",
        True,
        {_LEVEL: 7},
    )
    assert ("backfill" in new, new["values"], new["seq"]) == (False, {_LEVEL: 8}, old["seq"] + 1)


def test_null_and_transient_values_are_left_out(node: Node) -> None:
    outcome = node.birth(make_metric(_LEVEL, DOUBLE, is_null=True), _level(2, is_transient=True))
    assert (readings(outcome), outcome.refusals) == ([], [])
    assert {ignored.because.split(":")[0] for ignored in outcome.ignored} >= {"null", "transient"}


@pytest.mark.parametrize(
    ("datatype", "fields", "expected"),
    [
        (INT8, {"int_value": 2**32 - 1}, -1),  # filled up to the field, as some senders do
        (INT8, {"int_value": 2**8 - 1}, -1),  # or not
        (INT16, {"int_value": 2**16 - 15}, -15),
        (INT32, {"int_value": 2**32 - 18}, -18),
        (INT64, {"long_value": 2**64 - 19}, -19),
        (UINT8, {"int_value": 255}, 255),
        (UINT32, {"long_value": 900}, 900),
        (FLOAT, {"float_value": 12.1}, 12.1),
        (DOUBLE, {"double_value": 0.1}, 0.1),
        (0, {"double_value": 0.5}, 0.5),
    ],
)
def test_data_types(node: Node, datatype: int, fields: dict[str, Any], expected: float) -> None:
    outcome = node.birth(make_metric(_LEVEL, datatype, **fields))
    assert readings(outcome) == [("Water/pump", {_LEVEL: expected})]


def test_a_boolean_is_no_measurement(node: Node) -> None:
    outcome = node.birth(make_metric("humidity_percent", BOOLEAN, boolean_value=True))
    assert readings(outcome) == []
    (refusal,) = outcome.refusals
    assert (refusal.reason, refusal.detail) == (
        RefusalReason.INVALID,
        "'humidity_percent': true is no number, and humidity_percent is measured",
    )


def test_a_boolean_is_one_or_zero(node: Node) -> None:
    outcome = node.birth(make_metric("cabinet_door_open", BOOLEAN, boolean_value=True))
    assert readings(outcome) == [("Water/pump", {"cabinet_door_open": 1})]


@pytest.mark.parametrize(
    ("metric", "reason", "words"),
    [
        (make_metric(_LEVEL, 16, dataset_value=b"\1"), RefusalReason.UNSUPPORTED, "DataSet"),
        (make_metric(_LEVEL, 19, template_value=b"\1"), RefusalReason.UNSUPPORTED, "Template"),
        (make_metric(_LEVEL, 30, bytes_value=b"\1"), RefusalReason.UNSUPPORTED, "FloatArray"),
        (make_metric(_LEVEL, 99, bytes_value=b"\1"), RefusalReason.UNSUPPORTED, "number 99"),
        (make_metric(_LEVEL, STRING, string_value=b"x"), RefusalReason.UNSUPPORTED, "String"),
        (make_metric(_LEVEL, UINT8, int_value=256), RefusalReason.INVALID, "256 is no UInt8"),
        (make_metric(_LEVEL, INT8, int_value=128 + 256), RefusalReason.INVALID, "no Int8"),
        (make_metric(_LEVEL, FLOAT, int_value=1), RefusalReason.INVALID, "data type is Float"),
        (make_metric("rssi_dbm", 0, int_value=1), RefusalReason.INVALID, "signed or not"),
        (make_metric(_LEVEL, FLOAT, float_value=float("nan")), RefusalReason.INVALID, "finite"),
        (make_metric(_LEVEL, DOUBLE), RefusalReason.INVALID, "no value"),
        (make_metric("Pump 5/rpm", DOUBLE, double_value=1), RefusalReason.UNKNOWN_FIELD, "rpm"),
        (make_metric("", DOUBLE, double_value=1), RefusalReason.INVALID, "neither a name"),
        (
            make_metric("", DOUBLE, double_value=1, alias=1),
            RefusalReason.SEQUENCE,
            "alias 1",
        ),
        (
            make_metric(
                _LEVEL,
                DOUBLE,
                double_value=1,
                properties={"keys": [b"Quality"], "values": [{"type": 3, "int_value": 0}]},
            ),
            RefusalReason.INVALID,
            "quality 0",
        ),
    ],
)
def test_what_is_no_reading_is_refused_by_name(
    node: Node, metric: dict[str, Any], reason: RefusalReason, words: str
) -> None:
    outcome = node.birth(metric, _level(1, timestamp=BORN_AT))
    assert readings(outcome) == [("Water/pump", {_LEVEL: 1})]  # the good one beside it
    (refusal,) = outcome.refusals
    assert (refusal.reason, words in refusal.detail) == (reason, True), refusal.detail


def test_an_alias_that_a_birth_gives_to_two_metrics_names_none(node: Node) -> None:
    outcome = node.birth(
        _level(1, alias=4),
        make_metric("rssi_dbm", INT8, alias=4, int_value=186),
        _level(1, alias=5),
    )
    assert readings(outcome) == [("Water/pump", {_LEVEL: 1, "rssi_dbm": -70})]
    assert [(each.reason, each.detail) for each in outcome.refusals] == [
        (RefusalReason.INVALID, "of several metrics each: the aliases 4")
    ]
    data = node.send("NDATA", {"alias": 4, "double_value": 7.0}, {"alias": 5, "double_value": 2.0})
    assert readings(data) == [("Water/pump", {_LEVEL: 2.0})]
    (refusal,) = data.refusals
    assert (refusal.reason, data.replies) == (RefusalReason.INVALID, [])
    assert "alias 4" in refusal.detail


def test_what_the_broker_kept_is_left_out() -> None:
    adapter = SparkplugAdapter(NameTable(Dialect.PLAIN))
    body = make_payload(make_bd_seq(0), _level(1), seq=0)
    kept = Incoming("mqtt", "spBv1.0/G/NBIRTH/n", body, NOW, retain=True)
    outcome = adapter.translate(kept)
    assert (outcome.translated, outcome.refusals, outcome.replies) == ([], [], [])
    assert [each.message for each in outcome.ignored] == ["NBIRTH"]
    assert states(adapter.translate(replace(kept, retain=False))) == [("G/n", "online")]


def test_a_unit_in_the_properties_is_converted(node: Node) -> None:
    properties = {"keys": [b"engUnit"], "values": [{"type": 12, "string_value": b"cm"}]}
    outcome = node.birth(_level(250, properties=properties))
    assert readings(outcome) == [("Water/pump", {_LEVEL: 2.5})]


@pytest.mark.parametrize("name", ["engUnit", "EngUnit", "Engineering Unit", "unit"])
def test_a_unit_of_the_birth_counts_for_what_follows(node: Node, name: str) -> None:
    properties = {"keys": [name.encode()], "values": [{"type": 12, "string_value": b"cm"}]}
    node.birth(make_metric(_LEVEL, DOUBLE, alias=1, double_value=250, properties=properties))
    assert readings(node.send("NDATA", {"alias": 1, "double_value": 260.0})) == [
        ("Water/pump", {_LEVEL: 2.6})
    ]
    assert readings(node.send("NDATA", _level(270))) == [("Water/pump", {_LEVEL: 2.7})]
    own = {"keys": [name.encode()], "values": [{"type": 12, "string_value": b"m"}]}
    assert readings(node.send("NDATA", _level(3, properties=own))) == [("Water/pump", {_LEVEL: 3})]
    # A birth without a unit takes it back.
    node.birth(_level(4))
    assert readings(node.send("NDATA", _level(5))) == [("Water/pump", {_LEVEL: 5})]


def test_what_an_edge_node_says_of_itself_is_left_out(node: Node) -> None:
    outcome = node.birth(
        make_metric("Node Info/Version", STRING, string_value=b"4"),
        make_metric("Node Metrics/CPU", DOUBLE, double_value=1),
    )
    assert outcome.refusals == []


@pytest.mark.parametrize(
    ("topic", "body", "reason"),
    [
        ("spBv1.0/Water/NDATA", b"", RefusalReason.UNKNOWN_MESSAGE),
        ("spBv1.0/Water/NDATA/pump/d", b"", RefusalReason.UNKNOWN_MESSAGE),
        ("spBv1.0/Water/XDATA/pump", b"", RefusalReason.UNKNOWN_MESSAGE),
        ("spAv1.0/Water/NDATA/pump", b"", RefusalReason.UNKNOWN_MESSAGE),
        ("spBv1.0/Water/NDATA/pump", b"\xff", RefusalReason.MALFORMED),
        ("spBv1.0/Water/NDATA/pump", b"", RefusalReason.INVALID),
        ("spBv1.0/Water/NBIRTH/pump", make_payload(seq=0), RefusalReason.INVALID),
        ("spBv1.0/Water/NBIRTH/pump", make_payload(make_bd_seq(0)), RefusalReason.INVALID),
        (
            "spBv1.0/Water/NBIRTH/pump",
            make_payload(make_bd_seq(0), seq=0, at=None),
            RefusalReason.NO_TIME,
        ),
        ("spBv1.0/Water/NDEATH/pump", make_payload(), RefusalReason.INVALID),
        ("spBv1.0/STATE/scada", b"{", RefusalReason.MALFORMED),
        ("spBv1.0/STATE/scada", b'{"online":1}', RefusalReason.INVALID),
        ("spBv1.0/Water/NDATA/pump", b"\x22\x03zip\x2a\x01\0", RefusalReason.UNSUPPORTED),
        ("spBv1.0/Water/NDATA/pump", b"\x12\x00" * 5001, RefusalReason.OVERSIZE),
    ],
)
def test_what_is_no_message_is_refused(
    translate: Translate, topic: str, body: bytes, reason: RefusalReason
) -> None:
    outcome = translate("sparkplug", body, topic)
    assert [refusal.reason for refusal in outcome.refusals] == [reason]
    assert outcome.translated == []


def test_state_of_version_2_2_is_text(translate: Translate) -> None:
    assert translate("sparkplug", b"OFFLINE", "STATE/scada").refusals == []


def test_what_is_remembered_is_bounded_and_the_forgotten_are_asked_again() -> None:
    adapter = SparkplugAdapter(NameTable(Dialect.PLAIN), most_nodes=3, most_names=20)

    def translate(_: str, body: bytes, where: str = "") -> Outcome:
        return adapter.translate(Incoming("mqtt", where, body, NOW))

    nodes = [Node(translate, name=f"n{number}") for number in range(4)]
    for node in nodes:
        node.birth(_level(1))
    assert [len(node.send("NDATA", _level(2)).replies) for node in nodes[1:]] == [0, 0, 0]
    assert len(nodes[0].send("NDATA", _level(2)).replies) == 1
    # One node with many names pushes the others out, and is kept itself.
    many = [make_metric(f"m{number}", DOUBLE, double_value=1) for number in range(15)]
    nodes[3].birth(*many)
    assert nodes[3].send("NDATA", _level(3)).replies == []
    assert len(nodes[2].send("NDATA", _level(3)).replies) == 1
