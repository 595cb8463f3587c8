import json
from pathlib import Path
from typing import Any

import cbor2
import pytest

from gateway.codecs.lwm2m.objects import known_resources
from gateway.codecs.lwm2m.paths import PathError, parse_path
from gateway.translation import ForeignId, RefusalReason
from tests.gateway.codecs.conftest import Translate

_WHERE = "lwm2m/urn:imei:490154203237518"


@pytest.fixture
def device_read(payloads: Path) -> dict[str, Any]:
    path = payloads / "lwm2m/device-object-read.senml.json"
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _values(translate: Translate, *records: dict[str, Any], where: str = _WHERE) -> dict[str, Any]:
    outcome = translate("lwm2m", json.dumps(records).encode(), where)
    assert outcome.refusals == []
    (translated,) = outcome.translated
    values: dict[str, Any] = translated.record["values"]
    return values


def test_a_read_of_the_device_object_is_its_battery_and_its_supply_and_nothing_guessed(
    translate: Translate, device_read: dict[str, Any]
) -> None:
    json_body = json.dumps(device_read["senml_json"]).encode()
    cbor_body = bytes.fromhex(device_read["senml_cbor_hex"])
    for body in (json_body, cbor_body):
        outcome = translate("lwm2m", body, _WHERE)
        (translated,) = outcome.translated
        assert translated.device == ForeignId("lwm2m", "urn:imei:490154203237518")
        # Source 0 is a battery (1), source 1 is USB (5): resource 6 says so.
        assert translated.record["values"] == {
            "battery_volts": 3.8,
            "supply_mv": 5000,
            "battery_percent": 100,
        }
        assert outcome.refusals == []
        for named in ("serial number", "current of the device's own supply", "free memory"):
            assert any(named in ignored.because for ignored in outcome.ignored)


def test_every_resource_of_the_registry_is_known(payloads: Path) -> None:
    objects = json.loads((payloads / "lwm2m/objects.json").read_text())
    readable = {
        (an_object["id"], resource["id"]): (resource["name"], resource["type"])
        for an_object in objects
        for resource in an_object["resources"]
        if "R" in resource["operations"]
    }
    assert {key: (r.name, r.type) for key, r in known_resources().items()} == readable


@pytest.mark.parametrize(
    ("record", "values"),
    [
        ({"n": "/4/0/2", "v": -71}, {"rssi_dbm": -71}),
        ({"n": "4/0/11", "v": 9}, {"snr_db": 9}),
        ({"n": "/3303/0/5700", "v": 27.5}, {"air_temperature_c": 27.5}),
        ({"n": "/3303/0/5700", "v": 300.15, "u": "K"}, {"air_temperature_c": 27}),
        ({"n": "/3304/1/5700", "v": 80.5}, {"humidity_percent": 80.5}),
        ({"n": "/3301/0/5700", "v": 420}, {"illuminance_lx": 420}),
        ({"n": "/3315/0/5700", "v": 95120}, {"pressure_hpa": 951.2}),
        ({"n": "/3311/0/5850", "vb": True}, {"street_light_on": 1}),
        ({"n": "/3311/0/5851", "v": 70}, {"street_light_dim_percent": 70}),
        ({"n": "/3331/0/5700", "v": 1500, "u": "Wh"}, {"energy_kwh": 1.5}),
        ({"n": "/3428/0/3", "v": 18.4}, {"pm2_5_ugm3": 18.4}),
        ({"n": "/3435/0/2", "v": 63.0}, {"waste_fill_percent": 63}),
    ],
)
def test_resources_become_metrics(
    translate: Translate, record: dict[str, Any], values: dict[str, float]
) -> None:
    assert _values(translate, record) == values


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xc8\x00\x04\x41\xdc\x00\x00", "application/vnd.oma.lwm2m+tlv"),
        (b'{"e":[{"n":"0","v":1}]}', "application/vnd.oma.lwm2m+json"),
        (b"27.5", "text/plain"),
    ],
)
def test_what_is_announced_as_something_else_is_refused_by_name(
    translate: Translate, body: bytes, content_type: str
) -> None:
    (refusal,) = translate("lwm2m", body, "lwm2m/ep", content_type).refusals
    assert (refusal.reason, content_type in refusal.detail) == (RefusalReason.UNSUPPORTED, True)


def test_the_unit_and_the_time_may_stand_beside_the_reading(translate: Translate) -> None:
    records = [
        {"bn": "/3303/0/", "n": "5700", "v": 300.15},
        {"n": "5701", "vs": "K"},
        {"n": "5518", "v": 1_795_607_000},
    ]
    outcome = translate("lwm2m", json.dumps(records).encode(), _WHERE)
    assert outcome.translated[0].record["values"] == {"air_temperature_c": 27}
    assert outcome.translated[0].record["observed_at"] == "2026-11-25T11:43:20.000Z"


def test_a_unit_beside_the_reading_is_written_in_ucum(translate: Translate) -> None:
    records = [{"bn": "/3304/0/", "n": "5700", "v": 80.5}, {"n": "5701", "vs": "%"}]
    outcome = translate("lwm2m", json.dumps(records).encode(), _WHERE)
    assert outcome.translated[0].record["values"] == {"humidity_percent": 80.5}


def test_whole_objects_without_a_reading_are_left_out_on_purpose(translate: Translate) -> None:
    places = {6: (0, 1, 2, 5, 6), 4: (0, 3, 8, 9, 10), 7: (0, 2, 3, 8)}
    records = [
        {"n": f"/{number}/0/{resource}", "v": 1}
        for number, resources in places.items()
        for resource in resources
    ]
    outcome = translate("lwm2m", json.dumps(records).encode(), _WHERE)
    assert (outcome.translated, outcome.refusals) == ([], [])
    assert any("where a device is" in ignored.because for ignored in outcome.ignored)


@pytest.mark.parametrize(
    ("records", "reason", "words"),
    [
        ([{"n": "/3303/0/5700", "v": 77, "u": "degF"}], RefusalReason.UNKNOWN_FIELD, "'Cel' is"),
        ([{"n": "/3316/0/5700", "v": 12.0}], RefusalReason.UNKNOWN_FIELD, "Voltage"),
        ([{"n": "/3/0/7/0", "v": 3300}], RefusalReason.UNKNOWN_FIELD, "Power Source Voltage"),
        ([{"n": "/3331/0/5700", "v": 1500}], RefusalReason.INVALID, "no unit is said"),
        ([{"n": "/3303/0/5700", "vs": "27"}], RefusalReason.INVALID, "not a value of type Float"),
        ([{"n": "/9999/0/1", "v": 1}], RefusalReason.UNKNOWN_FIELD, "no resource that is known"),
        ([{"n": "/3/0", "v": 1}], RefusalReason.INVALID, "no path"),
        ([{"n": "/10262/0/0", "vs": "meters"}], RefusalReason.UNSUPPORTED, "Name of Interval"),
        (
            [{"n": "/3303/0/5700", "v": 99}, {"n": "/3303/0/6042", "v": 1}],
            RefusalReason.INVALID,
            "rejects it",
        ),
    ],
)
def test_what_is_no_metric_is_refused_by_name(
    translate: Translate, records: list[dict[str, Any]], reason: RefusalReason, words: str
) -> None:
    outcome = translate("lwm2m", json.dumps(records).encode(), _WHERE)
    assert outcome.translated == []
    (refusal,) = outcome.refusals
    assert (refusal.reason, words in refusal.detail) == (reason, True), refusal.detail


def test_the_endpoint_may_stand_before_the_path(translate: Translate) -> None:
    body = json.dumps([{"bn": "urn:dev:os:32473-1/3/0/", "n": "9", "v": 55}]).encode()
    assert translate("lwm2m", body).translated[0].device.id == "urn:dev:os:32473-1"
    (refusal,) = translate("lwm2m", body.replace(b"urn:dev:os:32473-1", b"")).refusals
    assert refusal.reason is RefusalReason.UNKNOWN_DEVICE


def test_a_link_to_an_object_is_a_field_of_lwm2m(translate: Translate) -> None:
    body = cbor2.dumps([{0: "/10262/0/1/0", "vlo": "4:0"}])
    (refusal,) = translate("lwm2m", body, _WHERE).refusals
    assert "Interval Data Links" in refusal.detail


@pytest.mark.parametrize("name", ["", "/", "/3/0", "/3/0/9/0/1/2/x", "/3/0/70000", "temperature"])
def test_other_names_are_no_paths(name: str) -> None:
    with pytest.raises(PathError):
        parse_path(name)
