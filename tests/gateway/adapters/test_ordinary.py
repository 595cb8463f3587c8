"""Ordinary traffic of devices: its readings are kept, and nothing of it becomes a dead letter."""

from typing import Any

import pytest

from tests.gateway.adapters.conftest import Hand
from tests.gateway.adapters.test_shipped import told

_AT = "2026-11-25T18:00:00"
_NOTHING: dict[str, Any] = {}


def _sensor(**parts: object) -> dict[str, object]:
    return {"Time": _AT, **parts}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            _sensor(
                ENERGY={
                    "Total": [1, 2, 3],
                    "TotalTariff": [2, 4],
                    "ExportActive": [0.1, 0.2, 0.3],
                    "ReactivePower": [1, 2, 3],
                    "Voltage": [229, 230, 231],
                    "Frequency": [50, 50, 49.9],
                }
            ),
            {
                "b": {
                    "energy_l1_kwh": 1,
                    "energy_l2_kwh": 2,
                    "energy_l3_kwh": 3,
                    "energy_export_l1_kwh": 0.1,
                    "energy_export_l2_kwh": 0.2,
                    "energy_export_l3_kwh": 0.3,
                    "mains_voltage_l1_v": 229,
                    "mains_voltage_l2_v": 230,
                    "mains_voltage_l3_v": 231,
                    "mains_frequency_l1_hz": 50,
                    "mains_frequency_l2_hz": 50,
                    "mains_frequency_l3_hz": 49.9,
                }
            },
        ),
        (
            _sensor(ENERGY={"Total": 5, "ExportActive": 0.5, "Voltage": 230, "Factor": 0.0}),
            {
                "b": {"energy_kwh": 5, "energy_export_kwh": 0.5, "mains_voltage_v": 230}
                | {"power_factor": 0}
            },
        ),
        # The volts of direct current are not those of the mains.
        (
            _sensor(ENERGY={"Total": 1, "Voltage": 12.2, "Current": 0.3}),
            {"b": {"energy_kwh": 1, "current_a": 0.3}},
        ),
        (
            _sensor(ESP32={"Temperature": 127.4}, TempUnit="F"),
            {"b": {"cabinet_temperature_c": 53}},
        ),
        (
            _sensor(BMP280={"Temperature": 25, "Pressure": 28.2}, PressureUnit="inHg"),
            {"b/BMP280": {"air_temperature_c": 25, "pressure_hpa": 954.961698}},
        ),
        (
            _sensor(PMS5003={"CF1": 5, "PM1": 5, "PM2.5": 8, "PM10": 9, "PB0.3": 1100}),
            {"b/PMS5003": {"pm1_ugm3": 5, "pm2_5_ugm3": 8, "pm10_ugm3": 9}},
        ),
        (
            _sensor(TX23={"Speed": {"Act": 36, "Max": 40}, "Dir": {"Deg": 90}}, SpeedUnit="km/h"),
            {"b/TX23": {"wind_speed_ms": 10, "wind_direction_deg": 90}},
        ),
        (
            _sensor(INA219={"Voltage": 4.9, "Current": 0.02, "Power": 0.1}),
            {"b/INA219": {"current_a": 0.02, "power_kw": 0.0001}},
        ),
        (
            {"ZbReceived": {"0x1": {"RMSVoltage": 230, "RMSCurrent": 0.1, "ActivePower": 20}}},
            {"b/0x1": {"mains_voltage_v": 230, "current_a": 0.1, "power_kw": 0.02}},
        ),
        (_sensor(Switch9="ON", Shutter1={"Position": 5}, COUNTER={"C1": 3}), _NOTHING),
        (_sensor(ADS1115={"A0": 3240}, SGP30={"eCO2": 400, "TVOC": 9}), _NOTHING),
    ],
)
def test_tasmota(hand: Hand, body: object, expected: dict[str, dict[str, float]]) -> None:
    wanted = {f"tasmota:{name}": values for name, values in expected.items()}
    assert told(hand("tasmota", body, "tele/b/SENSOR")) == wanted


def test_a_plain_value_that_nobody_knows_is_refused(hand: Hand) -> None:
    (refusal,) = hand("tasmota", _sensor(Depth=3), "tele/b/SENSOR").refusals
    assert (refusal.reason, refusal.detail) == ("unknown_field", "Depth (3)")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"temperature": 24, "temperature_calibration": 0, "max_temperature_alarm": 50}
            | {"humidity": 50, "battery_state": "high", "temperature_unit": "celsius"},
            {"air_temperature_c": 24, "humidity_percent": 50},
        ),
        ({"presence": True, "radar_sensitivity": 5, "target_distance": 2}, {"occupied": 1}),
        (
            {"local_temperature": 21.5, "occupied_heating_setpoint": 20, "system_mode": "heat"},
            {"air_temperature_c": 21.5},
        ),
        (
            {"soil_moisture": 30, "temperature": 22},
            {"soil_moisture_percent": 30} | {"soil_temperature_c": 22},
        ),
        ({"state": "OPEN", "position": 50}, _NOTHING),
        ({"state": "LOCK", "lock_state": "locked", "battery": 50}, {"battery_percent": 50}),
        (
            {"contact": True, "battery_low": False, "voltage": 3000},
            {"contact_open": 0} | {"battery_volts": 3},
        ),
        (
            {"state_left": "ON", "state_right": "OFF"},
            {"switch_on": 1, "switch2_on": 0},
        ),
        (
            {"state_left": "ON", "state_center": "OFF", "state_right": "ON", "state_l5": "ON"},
            {"switch_on": 1, "switch2_on": 0, "switch3_on": 1},
        ),
        (
            {"power": 300, "power_phase_b": 100, "power_phase_c": 50, "produced_energy": 3}
            | {"voltage": 230, "voltage_phase_b": 231, "voltage_phase_c": 229}
            | {"current": 1.2, "current_phase_b": 0.5, "current_phase_c": 0.3},
            {
                "power_l1_kw": 0.3,
                "power_l2_kw": 0.1,
                "power_l3_kw": 0.05,
                "current_l1_a": 1.2,
                "current_l2_a": 0.5,
                "current_l3_a": 0.3,
                "mains_voltage_l1_v": 230,
                "mains_voltage_l2_v": 231,
                "mains_voltage_l3_v": 229,
                "energy_export_kwh": 3,
            },
        ),
        (
            {"ph": 7.1, "ec": 1200, "orp": 200, "temperature": 24},
            {"water_ph": 7.1, "water_conductivity_uscm": 1200, "water_temperature_c": 24},
        ),
        ({"power_factor": 95}, {"power_factor": 0.95}),
        ({"action": "single", "action_group": 2, "voc": 3, "gas": False}, _NOTHING),
    ],
)
def test_zigbee(hand: Hand, body: object, expected: dict[str, float]) -> None:
    values = told(hand("zigbee2mqtt", body, "zigbee2mqtt/d"))
    assert values == ({"zigbee2mqtt:d": expected} if expected else {})


@pytest.mark.parametrize(
    ("topic", "body", "expected"),
    [
        ("s/ext_temperature/1", b"21.5", {"s/ext:1": {"air_temperature_c": 21.5}}),
        ("s/ext_humidity/1", b"51", {"s/ext:1": {"humidity_percent": 51}}),
        ("s/ext_temperature/0", b"999", _NOTHING),
        ("s/light/0/power", b"22", {"s": {"power_kw": 0.022}}),
        ("s/roller/1/energy", b"60000", {"s/1": {"energy_kwh": 1}}),
        ("s/voltage", b"231.5", {"s": {"mains_voltage_v": 231.5}}),
        ("s/emeter_n/current", b"0.2", {"s": {"current_neutral_a": 0.2}}),
        (
            "s/status",
            {"motion": True, "timestamp": 1, "active": True, "vibration": False, "lux": 7}
            | {"bat": 67},
            {"s": {"occupied": 1, "vibration": 0, "illuminance_lx": 7, "battery_percent": 67}},
        ),
        ("s/sensor/error", b"0", _NOTHING),
        ("s/sensor/act_reasons", b'["sensor"]', _NOTHING),
        ("s/roller/0", b"open", _NOTHING),
        ("s/color/0/status", b"{}", _NOTHING),
        # The thermometer of a dimmer is in the dimmer, that of what has a battery in the air.
        (
            "s/info",
            {"tmp": {"tC": 50, "is_valid": True}, "lights": [{"ison": True}], "calibrated": True},
            {"s": {"cabinet_temperature_c": 50}},
        ),
        (
            "s/info",
            {"tmp": {"tC": 22, "is_valid": True}, "bat": {"value": 90}, "flood": True}
            | {"ext_temperature": {"0": {"hwID": "28", "tC": 21, "tF": 70}}},
            {
                "s": {"air_temperature_c": 22, "battery_percent": 90, "water_leak": 1},
                "s/ext:0": {"air_temperature_c": 21},
            },
        ),
    ],
)
def test_shelly_of_the_first_generation(
    hand: Hand, topic: str, body: object, expected: dict[str, dict[str, float]]
) -> None:
    wanted = {f"shelly:{name}": values for name, values in expected.items()}
    assert told(hand("shelly-gen1", body, f"shellies/{topic}")) == wanted


@pytest.mark.parametrize(
    ("device", "params", "expected"),
    [
        ("s", {"input:7": {"id": 7, "state": True}, "script:9": {"id": 9}}, _NOTHING),
        ("s", {"sys": {"cfg_rev": 3}}, _NOTHING),
        ("s", {"bthomesensor:200": {"id": 200, "value": 2}, "number:201": {"value": 3}}, _NOTHING),
        (
            "s",
            {"cover:0": {"id": 0, "state": "open", "current_pos": 50, "apower": 10}},
            {"s": {"power_kw": 0.01}},
        ),
        (
            "s",
            {"rgbw:0": {"id": 0, "output": True, "brightness": 5, "voltage": 12}},
            {"s": {"switch_on": 1}},
        ),
        (
            "shellyhtg3-a",
            {"temperature:0": {"tC": 22}},
            {"shellyhtg3-a": {"air_temperature_c": 22}},
        ),
        (
            "mine",
            {"temperature:0": {"tC": 22}, "humidity:0": {"rh": 50}},
            {"mine": {"air_temperature_c": 22, "humidity_percent": 50}},
        ),
        ("light", {"temperature:0": {"tC": 40}}, {"light": {"cabinet_temperature_c": 40}}),
        ("s", {"presencezone:200": {"state": True}}, {"s/presencezone:200": {"occupied": 1}}),
    ],
)
def test_shelly_of_the_second_generation(
    hand: Hand, device: str, params: dict[str, Any], expected: dict[str, dict[str, float]]
) -> None:
    body = {"src": device, "method": "NotifyStatus", "params": {"ts": 1795604400.0, **params}}
    wanted = {f"shelly:{name}": values for name, values in expected.items()}
    assert told(hand("shelly-gen2", body, f"{device}/events/rpc")) == wanted


def test_a_clock_that_was_never_set_is_not_believed(hand: Hand) -> None:
    body = {"src": "s", "method": "NotifyStatus", "params": {"ts": 12.3, "switch:0": {"apower": 1}}}
    (one,) = hand("shelly-gen2", body, "s/events/rpc").translated
    assert one.record["observed_at"] == "2026-11-25T12:00:00.000Z"
