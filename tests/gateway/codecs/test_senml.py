import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import cbor2
import pytest

from gateway.codecs.senml.encodings import PackError
from gateway.codecs.senml.pack import read_pack
from gateway.codecs.senml.resolve import Resolved, resolve
from gateway.translation import ForeignId, RefusalReason
from province.instants import parse_instant
from tests.gateway.codecs.conftest import NOW, Translate

_GENERATED_AT = 1498780179
_EXAMPLES = ("ex1", "ex2", "ex3", "ex4", "ex5")


def _fields(record: Resolved) -> dict[str, Any]:
    """Return a resolved record as the RFC writes it."""
    maybe = {"u": record.unit or None, "s": record.total, "ut": record.within}
    said = {label: value for label, value in maybe.items() if value is not None}
    return {"n": record.name, "t": record.at} | record.values | record.unknown | said


def _resolved(pack: object, now: float = _GENERATED_AT) -> list[dict[str, Any]]:
    records = resolve(read_pack(json.dumps(pack).encode(), cbor=False), now)
    return [_fields(record) for record in records]


@pytest.fixture(params=_EXAMPLES)
def example(request: pytest.FixtureRequest, payloads: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((payloads / "senml" / f"{request.param}.json").read_text())
    return found


def test_each_example_resolves_exactly_from_json(example: dict[str, Any]) -> None:
    assert _resolved(example["senml_json"]) == example["resolved"]


def test_each_example_resolves_exactly_from_cbor(example: dict[str, Any]) -> None:
    pack = read_pack(bytes.fromhex(example["senml_cbor_hex"]), cbor=True)
    assert [_fields(r) for r in resolve(pack, _GENERATED_AT)] == example["resolved"]


def test_no_example_is_left_out(payloads: Path) -> None:
    assert sorted(path.stem for path in (payloads / "senml").iterdir()) == list(_EXAMPLES)


def test_base_fields_carry_forward_until_they_are_set_anew() -> None:
    pack = [
        {"bn": "a:", "bt": 1.7e9, "bu": "V", "bv": 10, "bs": 100, "n": "x", "v": 1, "s": 2},
        {"n": "y", "t": 5},
        {"bn": "b:", "bu": "A", "n": "z", "vs": "text"},
        {"n": "w", "u": "W", "vb": False, "ut": 60},
    ]
    assert _resolved(pack) == [
        {"n": "a:x", "u": "V", "t": 1.7e9, "v": 11, "s": 102},
        {"n": "a:y", "u": "V", "t": 1.7e9 + 5, "v": 10, "s": 100},
        {"n": "b:z", "u": "A", "t": 1.7e9, "vs": "text", "s": 100},
        {"n": "b:w", "u": "W", "t": 1.7e9, "vb": False, "s": 100, "ut": 60},
    ]


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (-60, _GENERATED_AT - 60),
        (0, _GENERATED_AT),
        (2**28 - 1, _GENERATED_AT + 2**28 - 1),
        (2**28, 2**28),
    ],
)
def test_times_below_two_to_the_28th_count_from_now(time: float, expected: float) -> None:
    assert _resolved([{"n": "a", "t": time, "v": 1}])[0]["t"] == expected


@pytest.mark.parametrize(
    ("pack", "words"),
    [
        ({"n": "a", "v": 1}, "array"),
        ([], "empty"),
        ([1], "record 0: int"),
        ([{f"k{number}": 1 for number in range(65)}], "record 0: 65 fields"),
        ([{"v": 1}], "neither a name"),
        ([{"n": "_a", "v": 1}], "begin with a letter"),
        ([{"n": "a b", "v": 1}], "begin with a letter"),
        ([{"n": "a"}], "neither a value nor a sum"),
        ([{"n": "a", "v": 1, "vs": "1"}], "v and vs"),
        ([{"n": "a", "v": "1"}], "v '1' is not number"),
        ([{"n": "a", "v": True}], "v True is not number"),
        ([{"n": "a", "vb": 1}], "vb 1 is not boolean"),
        ([{"n": "a", "vd": "%%"}], "vd '%%' is not data"),
        ([{"n": "a", "v": None}], "v None"),
        ([{"bver": 11, "n": "a", "v": 1}], "bver 11"),
        ([{"bver": 5, "n": "a", "v": 1}, {"bver": 6, "n": "b", "v": 1}], "versions 5, 6"),
        ([{"bver": 5.5, "n": "a", "v": 1}], "bver 5.5 is not whole"),
        ([{"n": "a", "v": 1}, {"n": "b", "v": 1, "new_": 1}], "record 1: 'new_' must be"),
    ],
)
def test_a_broken_rule_refuses_the_pack_and_names_the_field(pack: object, words: str) -> None:
    with pytest.raises(PackError, match=words):
        _resolved(pack)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'[{"n":"a","v":1,"v":2}]', "'v' stands twice"),
        (b'[{"n":"a","v":NaN}]', "NaN"),
        (b'[{"n":"a","v":1e999}]', "v inf"),
        (b'[{"n":"a","v":1' + b"0" * 400 + b"}]", "v 1"),
        (b"[" * 100_000, "not JSON"),
        (b'[{"n":"\xff","v":1}]', "not JSON"),
        (b'[{"n":"a","v":1}', "not JSON"),
    ],
)
def test_json_that_is_not_a_pack_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(PackError, match=words):
        read_pack(body, cbor=False)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (bytes.fromhex("81a300616102010202"), "not CBOR"),  # label 2 stands twice
        (cbor2.dumps([{0: "a", 2: 1}]) + b"\0", "bytes behind"),
        (cbor2.dumps([{0: "a", 2: 1}])[:-1], "not CBOR"),
        (cbor2.dumps([{0: "a", 2: cbor2.CBORTag(1, 5)}]), "tag 1"),
        (cbor2.dumps([{0: "a", 2: cbor2.CBORTag(4, [10**9, 1])}]), "decimal fraction"),
        (cbor2.dumps([{i * (2**61 - 1): 0 for i in range(65)}]), "a map of 65 entries"),
        (b"\xbf" + bytes.fromhex("0001") * 65 + b"\xff", "more than 64"),
        (b"\x81" * 100, "nested too deep"),
        (cbor2.dumps([{"n": "a", "v": 1}]), "neither a name"),
    ],
)
def test_cbor_that_is_not_a_pack_is_refused(body: bytes, words: str) -> None:
    with pytest.raises(PackError, match=words):
        resolve(read_pack(body, cbor=True), 0)


def test_cbor_may_write_numbers_as_decimal_fractions_data_as_bytes_and_maps_without_length() -> (
    None
):
    body = b"\x9f\xbf" + bytes.fromhex("006161 02c48220190937") + b"\xff"
    body += cbor2.dumps({0: "b", 8: b"\0\1", "extra": {"of": [1]}}) + b"\xff"
    assert [_fields(record) for record in resolve(read_pack(body, cbor=True), 0)] == [
        {"n": "a", "t": 0, "v": 235.9},
        {"n": "b", "t": 0, "vd": b"\0\1", "extra": {"of": [1]}},
    ]


def test_values_of_one_device_and_time_become_one_report(translate: Translate) -> None:
    pack = [
        {"bn": "urn:dev:mac:0024befffe804ff1:", "bt": 1_795_608_000, "n": "humidity", "u": "%RH"}
        | {"v": 81.5, "ut": 300},
        {"n": "air_temperature", "u": "K", "v": 300.15},
        {"n": "battery", "u": "%EL", "v": 77, "t": -60},
        {"n": "note", "vs": "dusty"},
        {"n": "humidity", "u": "%RH", "v": 12},
    ]
    outcome = translate("senml", json.dumps(pack).encode())
    device = ForeignId("senml", "urn:dev:mac:0024befffe804ff1")
    assert [(t.device, t.record) for t in outcome.translated] == [
        (
            device,
            {
                "observed_at": "2026-11-25T11:59:00.000Z",
                "boot_id": 0,
                "seq": 1_795_607_940,
                "values": {"battery_percent": 77.0},
            },
        ),
        (
            device,
            {
                "observed_at": "2026-11-25T12:00:00.000Z",
                "boot_id": 0,
                "seq": 1_795_608_000,
                "values": {"humidity_percent": 81.5, "air_temperature_c": 27.0},
                "interval_s": 300,
            },
        ),
    ]
    told = {refusal.reason: refusal.detail for refusal in outcome.refusals}
    assert "'dusty' is not a number" in told[RefusalReason.UNSUPPORTED]
    assert "12.0 where the same device has 81.5" in told[RefusalReason.INVALID]


def test_a_refusal_names_the_device_of_the_record(translate: Translate) -> None:
    pack = [{-2: "urn:dev:ow:10e2073a01080063:", -3: 1_795_608_000, 0: "voltage", 1: "V", 2: 12}]
    refusal = translate("senml", cbor2.dumps(pack)).refusals[0]
    assert (refusal.reason, str(refusal.device)) == (
        RefusalReason.UNKNOWN_FIELD,
        "senml:urn:dev:ow:10e2073a01080063",
    )


@pytest.mark.parametrize(
    ("where", "name", "device"),
    [
        ("senml/66-demo-air", "rssi", "66-demo-air"),
        ("66-demo-air?x=1", "66-demo-air/rssi", "66-demo-air"),
        ("senml", "roof/rssi", "roof"),
        ("", "urn:dev:ops:32473-Pump-5_rssi", "urn:dev:ops:32473-Pump-5"),
        ("senml/gw", "urn:imei:490154203237518:rssi", "urn:imei:490154203237518"),
    ],
)
def test_the_device_is_in_the_name_or_else_in_the_topic(
    translate: Translate, where: str, name: str, device: str
) -> None:
    body = json.dumps([{"n": name, "u": "dBm", "v": -70}]).encode()
    (translated,) = translate("senml", body, where).translated
    assert translated.device.id == device
    assert translated.record["values"] == {"rssi_dbm": -70}


def test_a_name_without_a_device_and_a_topic_without_one_is_refused(translate: Translate) -> None:
    for body in ([{"n": "rssi/", "u": "dBm", "v": 1}], [{"n": "rssi", "u": "dBm", "v": 1}]):
        outcome = translate("senml", json.dumps(body).encode(), "senml")
        assert outcome.translated == []
        assert len(outcome.refusals) == 1


def test_a_sum_of_power_is_energy_and_an_unknown_field_is_told(translate: Translate) -> None:
    pack = [{"n": "urn:dev:ow:1:power", "u": "W", "v": 500, "s": 7_200_000, "colour": "red"}]
    outcome = translate("senml", json.dumps(pack).encode())
    assert outcome.translated[0].record["values"] == {"power_kw": 0.5, "energy_kwh": 2.0}
    assert "'colour'" in outcome.refusals[0].detail


def test_a_truth_value_is_a_state_and_no_measurement(translate: Translate) -> None:
    body = [{"n": "humidity", "vb": True}, {"n": "water_leak", "vb": False}]
    outcome = translate("senml", json.dumps(body).encode(), "roof")
    assert [each.record["values"] for each in outcome.translated] == [{"water_leak": 0}]
    (refusal,) = outcome.refusals
    assert (refusal.reason, "'humidity': true is no number" in refusal.detail) == (
        RefusalReason.INVALID,
        True,
    )


def test_a_sum_of_kilowatts_is_energy_too(translate: Translate) -> None:
    body = json.dumps([{"n": "urn:dev:ow:1:power", "u": "kW", "s": 7200}]).encode()
    assert translate("senml", body).translated[0].record["values"] == {"energy_kwh": 2.0}


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"n": "air_temperature", "u": "degC", "v": 20}, "unit 'degC' is not known; 'Cel' is"),
        ({"n": "air_temperature", "u": "C", "v": 20}, "unit 'C' is of another quantity; 'Cel' is"),
    ],
)
def test_a_wrong_unit_is_told_with_the_right_one(
    translate: Translate, record: dict[str, Any], said: str
) -> None:
    (refusal,) = translate("senml", json.dumps([record]).encode(), "roof").refusals
    assert said in refusal.detail


def test_where_a_device_is_is_left_out(translate: Translate) -> None:
    pack = [{"n": "urn:dev:ow:1", "u": "lat", "v": 12.7}, {"n": "urn:dev:ow:1:lon", "v": 108}]
    outcome = translate("senml", json.dumps(pack).encode())
    assert (outcome.translated, outcome.refusals) == ([], [])


def test_the_same_pack_with_its_own_times_gives_the_same_records(translate: Translate) -> None:
    body = json.dumps([{"n": "urn:dev:ow:1:rssi", "u": "dBm", "v": 1, "t": 1.79e9}]).encode()
    later = translate("senml", body, received_at=NOW + timedelta(hours=1))
    assert translate("senml", body).translated == later.translated


def test_a_time_that_no_calendar_has_is_refused(translate: Translate) -> None:
    body = json.dumps([{"n": "urn:dev:ow:1:rssi", "u": "dBm", "v": 1, "t": 1e30}]).encode()
    (refusal,) = translate("senml", body).refusals
    assert "no instant" in refusal.detail


def test_cbor_may_say_that_it_is_cbor() -> None:
    body = cbor2.dumps(cbor2.CBORTag(55_799, [{0: "a", 2: 1}]))
    (record,) = read_pack(body, cbor=True)
    assert record.fields == {"n": "a", "v": 1}
    with pytest.raises(PackError, match="tag 55799"):
        read_pack(cbor2.dumps([{0: "a", 2: cbor2.CBORTag(55_799, 1)}]), cbor=True)


@pytest.mark.parametrize("content_type", ["application/senml+xml", "application/senml-exi"])
def test_xml_and_exi_are_refused_by_name(translate: Translate, content_type: str) -> None:
    (refusal,) = translate("senml", b"<sensml/>", content_type=content_type).refusals
    assert (refusal.reason, content_type in refusal.detail) == (RefusalReason.UNSUPPORTED, True)


def test_times_are_those_of_the_contract(translate: Translate) -> None:
    body = json.dumps([{"n": "urn:dev:ow:1:rssi", "u": "dBm", "v": 1}]).encode()
    (translated,) = translate("senml", body).translated
    assert parse_instant(translated.record["observed_at"]) == NOW
