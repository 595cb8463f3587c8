"""Ordinary traffic of LoRaWAN networks and FIWARE brokers: its readings are kept."""

from typing import Any

import pytest

from tests.gateway.adapters.conftest import Hand
from tests.gateway.adapters.test_shipped import told

_AT = "2026-11-25T18:00:00"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"temperature_1": 25, "relative_humidity_2": 60, "gps_3": {"latitude": 1}}, (25, 60)),
        ({"temperatureSensor": {"1": 25}, "humiditySensor": {"2": 60}}, (25, 60)),
    ],
)
def test_cayenne_lpp_as_networks_decode_it(
    hand: Hand, fields: dict[str, Any], expected: tuple[float, float]
) -> None:
    body = {"deviceInfo": {"devEui": "01"}, "time": "2026-11-25T11:00:00Z", "object": fields}
    (values,) = told(hand("chirpstack", body, route="?event=up")).values()
    assert (values["air_temperature_c"], values["humidity_percent"]) == expected
    two = {**body, "object": {"temperature_1": 25, "temperature_4": 26}}
    (refusal,) = hand("chirpstack", two, route="?event=up").refusals
    assert "several, where one is needed" in refusal.detail


@pytest.mark.parametrize("form", ["uplink_message", "uplink_normalized"])
def test_a_normalized_frame_is_the_same_in_both_messages(hand: Hand, form: str) -> None:
    measured = {"water": {"leak": True}, "rain": {"intensity": 2}, "air": {"location": "indoor"}}
    payload = [measured] if form == "uplink_message" else measured
    frame = {"f_cnt": 7, "received_at": "2026-11-25T11:00:00Z", "normalized_payload": payload}
    body = {"end_device_ids": {"dev_eui": "01", "dev_addr": "0a"}, form: frame}
    outcome = hand("the-things-stack", body, route="up")
    assert told(outcome) == {"tts:01": {"water_leak": 1, "rain_rate_mmh": 2}}
    assert (outcome.translated[0].record["boot_id"], outcome.translated[0].record["seq"]) == (10, 7)


def test_attributes_of_several_times_are_several_records(hand: Hand) -> None:
    entity = {
        "id": "e",
        "type": ["https://example.org/models/WeatherObserved"],
        "refDevice": {"object": "d"},
        "temperature": {"value": 77, "unitCode": "FAH", "observedAt": "2026-11-25T11:00:00Z"},
        "windDirection": {"value": -45, "observedAt": "2026-11-25T10:50:00Z"},
    }
    outcome = hand("fiware", entity)
    assert outcome.refusals == []
    assert [
        (str(one.device), one.record["observed_at"], one.record["values"])
        for one in outcome.translated
    ] == [
        ("fiware:d", "2026-11-25T10:50:00.000Z", {"wind_direction_deg": 315}),
        ("fiware:d", "2026-11-25T11:00:00.000Z", {"air_temperature_c": 25}),
    ]


@pytest.mark.parametrize(
    ("kind", "attributes", "expected"),
    [
        ("NoiseLevelObserved", {"LAeq": 67.8}, {"noise_dba": 67.8}),
        ("WasteContainer", {"fillingLevel": 0.4}, {"waste_fill_percent": 40}),
        ("ParkingSpot", {"status": "occupied"}, {"parking_occupied": 1}),
        (
            "WaterQualityObserved",
            {"pH": 7.4, "conductivity": 0.005},
            {"water_ph": 7.4} | {"water_conductivity_uscm": 50},
        ),
    ],
)
def test_more_models(
    hand: Hand, kind: str, attributes: dict[str, Any], expected: dict[str, float]
) -> None:
    entity = {"id": "e", "type": kind, "dateObserved": f"{_AT}+07:00", **attributes}
    assert told(hand("fiware", entity)) == {"fiware:e": expected}


@pytest.mark.parametrize("name", ["unitCode", "unit", "unitText"])
@pytest.mark.parametrize(("unit", "value"), [("FAH", 77), ("degF", 77), ("Celsius", 25)])
def test_a_unit_in_the_metadata_is_seen(hand: Hand, name: str, unit: str, value: float) -> None:
    about = {"metadata": {name: {"type": "Text", "value": unit}}}
    entity = {"id": "e", "type": "WeatherObserved", "dateObserved": f"{_AT}+07:00"}
    body = {**entity, "temperature": {"type": "Number", "value": value, **about}}
    assert told(hand("fiware", body)) == {"fiware:e": {"air_temperature_c": 25}}


def test_several_data_sets_are_refused_as_one_and_what_was_taken_away_is_nothing(
    hand: Hand,
) -> None:
    both = [{"type": "Property", "value": v, "datasetId": f"urn:{v}"} for v in (25, 26)]
    gone = {"type": "Property", "value": "urn:ngsi-ld:null"}
    entity = {"id": "e", "type": "WeatherObserved", "dateObserved": f"{_AT}+07:00"}
    outcome = hand("fiware", {**entity, "temperature": both, "windSpeed": gone})
    assert [one.detail for one in outcome.refusals] == [
        "each.temperature: [25, 26] are several, where one is needed"
    ]


def test_the_type_of_an_entity_that_is_not_known_is_named(hand: Hand) -> None:
    (refusal,) = hand("fiware", {"id": "r", "type": "Room", "temperature": 23}).refusals
    assert "entities[0].type ('Room')" in refusal.detail
