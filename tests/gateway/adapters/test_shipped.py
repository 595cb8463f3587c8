"""What shipped adapters make of messages, value by value; the bodies are made up."""

from typing import Any

import pytest

from gateway.translation import Outcome
from province.topics import Channel
from tests.gateway.adapters.conftest import Hand

_UPLINK = {
    "deduplicationId": "3ac7e3c4",
    "time": "2026-11-25T11:00:00.123456789+00:00",
    "deviceInfo": {"devEui": "A1B2C3D4E5F60708", "tags": {}},
    "devAddr": "000000ff",
    "fPort": 1,
    "rxInfo": [{"rssi": -90, "snr": 1.5}, {"rssi": -80, "snr": 9}],
}


def told(outcome: Outcome) -> dict[str, dict[str, Any]]:
    """Return the values of each device; nothing may be refused."""
    assert outcome.refusals == []
    return {str(one.device): one.record["values"] for one in outcome.translated}


def test_a_frame_is_named_by_its_session_and_counter_and_the_same_twice(hand: Hand) -> None:
    body = {**_UPLINK, "fCnt": 7, "object": {"temperature": 21}}
    first, again = (hand("chirpstack", body, route="?event=up") for _ in range(2))
    assert first == again
    (one,) = first.translated
    assert str(one.device) == "chirpstack:a1b2c3d4e5f60708"
    assert one.record == {
        "observed_at": "2026-11-25T11:00:00.123Z",
        "boot_id": 255,
        "seq": 7,
        "values": {"rssi_dbm": -80, "snr_db": 9, "gateways_count": 2, "air_temperature_c": 21},
    }


def test_fields_that_are_zero_are_left_out_by_the_sender(hand: Hand) -> None:
    (one,) = hand("chirpstack", _UPLINK | {"object": {"co2": 400}}).translated
    assert (one.record["seq"], one.record["values"]["co2_ppm"]) == (0, 400)
    body = {
        "end_device_ids": {"device_id": "d"},
        "uplink_message": {"received_at": "2026-11-25T11:00:00Z", "decoded_payload": {"ph": 7}},
    }
    (two,) = hand("the-things-stack", body).translated
    assert (str(two.device), two.record["boot_id"], two.record["seq"]) == ("tts:d", 0, 0)
    assert two.record["values"] == {"water_ph": 7}


@pytest.mark.parametrize(
    ("topic", "route"),
    [
        (None, "?event=up"),
        (None, ""),
        ("application/a/device/a1b2c3d4e5f60708/event/up", ""),
    ],
)
def test_an_uplink_is_one_whichever_way_it_comes(hand: Hand, topic: str | None, route: str) -> None:
    assert told(hand("chirpstack", _UPLINK, topic, route)) == {
        "chirpstack:a1b2c3d4e5f60708": {"rssi_dbm": -80, "snr_db": 9, "gateways_count": 2}
    }


def test_a_decoder_is_named_by_a_tag_or_by_brand_and_model(hand: Hand) -> None:
    tagged = {**_UPLINK, "deviceInfo": {"devEui": "01", "tags": {"decoder": "elsys-ers2-co2"}}}
    values = told(hand("chirpstack", tagged | {"data": "AQDiAik="}))["chirpstack:01"]
    assert (values["air_temperature_c"], values["humidity_percent"]) == (22.6, 41)
    body = {
        "end_device_ids": {"dev_eui": "01"},
        "uplink_message": {
            "received_at": "2026-11-25T11:00:00Z",
            "f_port": 1,
            "frm_payload": "AgL4AAIMVA==",
            "version_ids": {"brand_id": "decentlab", "model_id": "dl-tbrg"},
        },
    }
    assert told(hand("the-things-stack", body)) == {"tts:01": {"battery_volts": 3.156}}


def test_a_normalized_payload_comes_before_a_decoded_one(hand: Hand) -> None:
    body = {
        "end_device_ids": {"dev_eui": "01"},
        "uplink_message": {
            "received_at": "2026-11-25T11:00:00Z",
            "decoded_payload": {"whatever": 1},
            "normalized_payload": [{"air": {"temperature": 21}, "soil": {"ec": 0.5}}],
        },
    }
    assert told(hand("the-things-stack", body)) == {
        "tts:01": {"air_temperature_c": 21, "soil_conductivity_uscm": 500}
    }


def test_what_a_device_last_said_of_its_battery_is_of_the_time_when_it_said_it(hand: Hand) -> None:
    battery: dict[str, Any] = {"f_cnt": 3, "value": 60.5}
    uplink = {"received_at": "2026-11-25T11:00:00Z", "f_cnt": 9, "rx_metadata": [{"rssi": -80}]}
    body = {
        "end_device_ids": {"dev_eui": "01", "dev_addr": "000000ff"},
        "uplink_message": uplink | {"last_battery_percentage": battery},
    }
    radio = {
        "observed_at": "2026-11-25T11:00:00.000Z",
        "boot_id": 255,
        "seq": 9,
        "values": {"rssi_dbm": -80, "gateways_count": 1},
    }
    without_time = hand("the-things-stack", body)
    assert ([one.record for one in without_time.translated], without_time.refusals) == ([radio], [])
    battery["received_at"] = "2026-11-24T02:00:00Z"
    outcome = hand("the-things-stack", body)
    said = {"observed_at": "2026-11-24T02:00:00.000Z", "boot_id": 255, "seq": 3}
    assert [one.record for one in outcome.translated] == [
        radio,
        said | {"values": {"battery_percent": 60.5}},
    ]
    assert outcome.refusals == []


@pytest.mark.parametrize("kind", ["uplink_message", "uplink_normalized"])
def test_what_was_simulated_is_no_reading(hand: Hand, kind: str) -> None:
    air = {"air": {"temperature": 21}}
    payload = air if kind == "uplink_normalized" else [air]
    uplink = {"received_at": "2026-11-25T11:00:00Z", "normalized_payload": payload}
    body = {"end_device_ids": {"dev_eui": "01"}, kind: uplink}
    for said in ({}, {"simulated": False}):
        assert told(hand("the-things-stack", body | said)) == {"tts:01": {"air_temperature_c": 21}}
    outcome = hand("the-things-stack", body | {"simulated": True})
    assert (told(outcome), [one.message for one in outcome.ignored]) == ({}, ["simulated"])


_ENTITY = {"id": "e", "type": "AirQualityObserved", "refDevice": "d"}
_PLAIN = {**_ENTITY, "dateObserved": "2026-11-25T18:00:00", "no2": 69, "relativeHumidity": 0.5}
_V2 = {
    **_ENTITY,
    "dateObserved": {"type": "DateTime", "value": "2026-11-25T11:00:00Z"},
    "no2": {"type": "Number", "value": 0.069, "metadata": {"unitCode": {"value": "GP"}}},
    "relativeHumidity": {"type": "Number", "value": 0.5},
}
_LD = {
    **_ENTITY,
    "refDevice": {"type": "Relationship", "object": "d"},
    "dateObserved": {
        "type": "Property",
        "value": {"@type": "DateTime", "@value": "2026-11-25T18:00:00+07:00"},
    },
    "no2": {"type": "Property", "value": 69, "unitCode": "GQ"},
    "relativeHumidity": {"type": "Property", "value": 50, "unitCode": "P1"},
    "@context": ["https://example.org/context.jsonld"],
}
_OBSERVED = {**_LD, "no2": {"value": 69, "observedAt": "2026-11-25T11:00:00Z"}}
del _OBSERVED["dateObserved"]


@pytest.mark.parametrize(
    "body",
    [
        _PLAIN,
        [_PLAIN],
        _V2,
        _LD,
        _OBSERVED,
        {"subscriptionId": "s", "data": [_V2]},
        {"id": "n", "type": "Notification", "subscriptionId": "s", "data": [_LD]},
    ],
    ids=["plain", "array", "v2", "ld", "observedAt", "v2-notification", "ld-notification"],
)
def test_an_entity_is_the_same_in_every_form(hand: Hand, body: object) -> None:
    outcome = hand("fiware", body)
    assert told(outcome) == {
        "fiware:d": {"no2_ugm3": pytest.approx(69), "humidity_percent": pytest.approx(50)}
    }
    assert outcome.translated[0].record["observed_at"] == "2026-11-25T11:00:00.000Z"


def test_a_quantity_without_a_unit_is_not_guessed(hand: Hand) -> None:
    outcome = hand("fiware", {**_PLAIN, "co": 500})
    assert [one.reason for one in outcome.refusals] == ["invalid"]
    assert "each.co: no unit is said" in outcome.refusals[0].detail
    assert "co_mgm3" not in outcome.translated[0].record["values"]


@pytest.mark.parametrize(
    ("adapter", "topic", "body", "expected"),
    [
        (
            "tasmota",
            "tele/b/SENSOR",
            {
                "Time": "2026-11-25T18:00:00",
                "DS18B20-1": {"Id": "0305", "Temperature": 77},
                "DS18B20-2": {"Id": "0306", "Temperature": 86},
                "ENERGY": {"Total": 6.2, "Power": 2635},
                "TempUnit": "F",
            },
            {
                "tasmota:b": {"energy_kwh": 6.2, "power_kw": 2.635},
                "tasmota:b/DS18B20-1": {"air_temperature_c": 25},
                "tasmota:b/DS18B20-2": {"air_temperature_c": 30},
            },
        ),
        (
            "tasmota",
            "tele/b/STATE",
            {"Time": "2026-11-25T18:00:00", "Vcc": 3.4, "POWER1": "ON", "Wifi": {"Signal": -57}},
            {"tasmota:b": {"supply_mv": 3400, "switch_on": 1, "rssi_dbm": -57}},
        ),
        (
            "zigbee2mqtt",
            "zigbee2mqtt/hall/door",
            {"contact": False, "battery": 90, "voltage": 2985, "linkquality": 80, "tamper": False},
            {
                "zigbee2mqtt:hall/door": {
                    "contact_open": 1,
                    "battery_percent": 90,
                    "battery_volts": 2.985,
                    "link_quality": 80,
                }
            },
        ),
        (
            "zigbee2mqtt",
            "zigbee2mqtt/plug",
            {"state": "ON", "power": 15, "voltage": 231, "energy": 2.5, "temperature": None},
            {
                "zigbee2mqtt:plug": {
                    "switch_on": 1,
                    "power_kw": 0.015,
                    "mains_voltage_v": 231,
                    "energy_kwh": 2.5,
                }
            },
        ),
        (
            "shelly-gen1",
            "shellies/s/relay/1/energy",
            60_000,
            {"shelly:s/1": {"energy_kwh": 1}},
        ),
        (
            "shelly-gen2",
            "shellypro4pm-1/events/rpc",
            {
                "src": "shellypro4pm-1",
                "dst": "x",
                "method": "NotifyStatus",
                "params": {
                    "ts": 1795604400.0,
                    "switch:0": {"id": 0, "output": True, "apower": 10},
                    "switch:3": {"id": 3, "output": False, "aenergy": {"total": 500}},
                    "input:2": {"id": 2, "state": True},
                },
            },
            {
                "shelly:shellypro4pm-1": {"switch_on": 1, "power_kw": 0.01},
                "shelly:shellypro4pm-1/switch:3": {"switch_on": 0, "energy_kwh": 0.5},
            },
        ),
        (
            "shelly-gen2",
            "shellyplusht-1/status/temperature:0",
            {"id": 0, "tC": 19.8, "tF": 67.6},
            {"shelly:shellyplusht-1": {"air_temperature_c": 19.8}},
        ),
    ],
)
def test_what_a_device_says_over_mqtt(
    hand: Hand, adapter: str, topic: str, body: object, expected: object
) -> None:
    assert told(hand(adapter, body, topic)) == expected


def test_a_local_time_without_a_zone_is_that_of_the_province(hand: Hand) -> None:
    body = {"Time": "2026-11-25T18:00:00", "AM2301": {"Temperature": 25}}
    (one,) = hand("tasmota", body, "tele/b/SENSOR").translated
    assert one.record["observed_at"] == "2026-11-25T11:00:00.000Z"


@pytest.mark.parametrize(
    ("adapter", "topic", "body", "state"),
    [
        ("tasmota", "tele/b/LWT", b"Offline", "offline"),
        ("zigbee2mqtt", "zigbee2mqtt/a/b/availability", b'{"state":"online"}', "online"),
        ("zigbee2mqtt", "zigbee2mqtt/a/b/availability", b"offline", "offline"),
        ("shelly-gen1", "shellies/s/online", b"false", "offline"),
        ("shelly-gen2", "s/online", b"true", "online"),
    ],
)
def test_presence_is_status_also_when_the_broker_kept_it(
    hand: Hand, adapter: str, topic: str, body: bytes, state: str
) -> None:
    (one,) = hand(adapter, body, topic, retain=True).translated
    assert (one.channel, one.record["state"]) == (Channel.STATUS, state)


def test_numbers_may_come_as_text_where_the_adapter_says_so(hand: Hand) -> None:
    body = {
        "Time": "2026-11-25T11:00:00Z",
        "DevEUI": "01",
        "FPort": "1",
        "FCntUp": "26",
        "LrrRSSI": "-114.000000",
        "payload_hex": "0202f800020c54",
    }
    outcome = hand("thingpark", {"DevEUI_uplink": body}, route="?decoder=dl-tbrg")
    assert told(outcome) == {"thingpark:01": {"rssi_dbm": -114, "battery_volts": 3.156}}
    assert outcome.translated[0].record["seq"] == 26
