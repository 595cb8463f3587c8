"""Every collected payload: stored with the values its file expects, or refused by a named reason.

The table of what became of each is printed at the end of the run.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.translation import Adapter, Incoming, Outcome, RefusalReason
from province.instants import parse_instant
from tests.gateway.adapters.collected import (
    NOTHING,
    Collected,
    collected,
    find_payloads,
    takes,
    words,
)
from tests.gateway.adapters.conftest import NOW
from tests.gateway.adapters.payload_table import PROPERTY

_MEANT = {
    "Current1": ("current_l1_a", 0.001),
    "Current2": ("current_l2_a", 0.001),
    "Current3": ("current_l3_a", 0.001),
    "LAF": ("noise_fast_dba", 1),
    "LAFmax": ("noise_max_dba", 1),
    "LAeq": ("noise_dba", 1),
    "Volt": ("battery_volts", 1),
    "activeEnergyExportL123T1": ("energy_export_kwh", 0.001),
    "activeEnergyExportL123T2": ("energy_export_tariff2_kwh", 0.001),
    "activeEnergyImportL123T1": ("energy_kwh", 0.001),
    "activeEnergyImportL123T2": ("energy_tariff2_kwh", 0.001),
    "air_humidity": ("humidity_percent", 1),
    "air_temperature": ("air_temperature_c", 1),
    "ambient_temperature": ("air_temperature_c", 1),
    "angle_x": ("tilt_x_deg", 1),
    "angle_y": ("tilt_y_deg", 1),
    "angle_z": ("tilt_z_deg", 1),
    "atmospheric_pressure": ("pressure_hpa", 10),
    "barometric_pressure": ("pressure_hpa", 0.01),
    "battery": ("battery_percent", 1),
    "battery_voltage": ("battery_volts", 1),
    "co2": ("co2_ppm", 1),
    "compass_heading": ("heading_deg", 1),
    "cumulative_precipitation": ("rain_total_mm", 1),
    "distance": ("distance_m", 0.001),
    "east_wind_speed": ("wind_east_ms", 1),
    "hcho": ("hcho_mgm3", 1),
    "humidity": ("humidity_percent", 1),
    "light": ("illuminance_lx", 1),
    "lightning_average_distance": ("lightning_distance_km", 1),
    "lightning_strike_count": ("lightning_count", 1),
    "lora_rssi": ("rssi_dbm", 1),
    "lora_snr": ("snr_db", 1),
    "maximum_wind_speed": ("wind_gust_ms", 1),
    "north_wind_speed": ("wind_north_ms", 1),
    "occupied": ("parking_occupied", 1),
    "pm0_5_number_concentration": ("pm0_5_count_cm3", 1),
    "pm10": ("pm10_ugm3", 1),
    "pm10_mass_concentration": ("pm10_ugm3", 1),
    "pm10_number_concentration": ("pm10_count_cm3", 1),
    "pm1_0_mass_concentration": ("pm1_ugm3", 1),
    "pm1_0_number_concentration": ("pm1_count_cm3", 1),
    "pm2_5": ("pm2_5_ugm3", 1),
    "pm2_5_mass_concentration": ("pm2_5_ugm3", 1),
    "pm2_5_number_concentration": ("pm2_5_count_cm3", 1),
    "pm4_mass_concentration": ("pm4_ugm3", 1),
    "pm4_number_concentration": ("pm4_count_cm3", 1),
    "precipitation": ("rain_mm", 1),
    "pressure": ("pressure_hpa", 1),
    "relative_humidity": ("humidity_percent", 1),
    "sensor_temperature_internal": ("cabinet_temperature_c", 1),
    "solar_radiation": ("solar_wm2", 1),
    "temperature": ("air_temperature_c", 1),
    "typical_particle_size": ("particle_size_um", 0.001),
    "vapor_pressure": ("vapour_pressure_kpa", 1),
    "vdd": ("supply_mv", 1),
    "wind_direction": ("wind_direction_deg", 1),
    "wind_speed": ("wind_speed_ms", 1),
    "x_orientation_angle": ("tilt_x_deg", 1),
    "y_orientation_angle": ("tilt_y_deg", 1),
}
"""What an expected value is here, and by what it is to be multiplied."""
_LEFT_OUT = frozenset(
    # Settings of the network and of the frame; thresholds and alarms, which are rules here; a
    # motion flag, which is compared by itself; and what depends on how a sensor was set up.
    words(
        """
        beep channel_index channel_rssi confirmed consumed_airtime dr eui fCnt fPort f_cnt
        forwarder_cluster_id forwarder_gateway_eui forwarder_gateway_id forwarder_net_id
        forwarder_tenant_id frequency_offset frm_payload home_network_cluster_id
        home_network_net_id home_network_tenant_id light_level lora_frame_counter
        lora_frame_port lora_frequency lora_spreading_factor message_id modbusErrorCode pir
        precipitation_interval rssi session_key_id snr timestamp trigger tvoc type threshold_x
        threshold_y threshold_z LowVolt HighCurren2Alarm HighCurrent1Alarm HighCurrent3Alarm
        LowCurrent1Alarm LowCurrent2Alarm LowCurrent3Alarm
        """
    )
)


_A_MOMENT = timedelta(seconds=1)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "payload" in metafunc.fixturenames:
        root = find_payloads()
        found = list(collected(root)) if root is not None else [NOTHING]
        metafunc.parametrize("payload", found, ids=[each.place for each in found])


def test_a_collected_payload_is_stored_as_expected_or_refused_by_name(
    payload: Collected,
    payloads: Path,
    adapters: dict[str, Adapter],
    record_property: Callable[[str, object], None],
) -> None:
    assert payloads.is_dir()  # the fixture says what is missing
    if payload.adapter is None:
        record_property(PROPERTY, (payload.place, payload.body.decode()))
        return
    outcome = _handed(payload, adapters[payload.adapter])
    assert outcome.translated or outcome.refusals or outcome.ignored
    assert not {each.reason for each in outcome.refusals} & {
        RefusalReason.UNDECODABLE,
        RefusalReason.UNKNOWN_MESSAGE,
    }
    for translated in outcome.translated:
        takes(translated)
    for instant in payload.expected:
        _agrees(instant, outcome)
    assert _handed(payload, adapters[payload.adapter]) == outcome or payload.adapter == "sparkplug"
    record_property(PROPERTY, (payload.place, _became(outcome)))


def _handed(payload: Collected, adapter: Adapter) -> Outcome:
    if payload.topic is None:
        return adapter.translate(Incoming("http", payload.route, payload.body, NOW))
    return adapter.translate(Incoming("mqtt", payload.topic, payload.body, NOW))


def _agrees(instant: dict[str, Any], outcome: Outcome) -> None:
    """Each expected value stands at its instant, or is refused out loud."""
    moment = _instant(instant["ts"])
    stored: dict[str, float] = {}
    for translated in outcome.translated:
        # Some of those who decoded took the time of the application server, a moment later.
        if abs(parse_instant(translated.record["observed_at"]) - moment) < _A_MOMENT:
            stored |= translated.record["values"]
    refused = " ".join(refusal.detail for refusal in outcome.refusals)
    for name, value in instant["values"].items():
        if name in _LEFT_OUT:
            continue
        metric, times = _MEANT[name]
        if metric in stored:
            assert stored[metric] == pytest.approx(value * times, rel=1e-9), name
        else:
            assert metric in refused or "body.time" in refused, (name, value, refused)


def _instant(given: int | str) -> datetime:
    if isinstance(given, str):
        return parse_instant(given)
    return datetime.fromtimestamp(given / 1000, UTC)


def _became(outcome: Outcome) -> str:
    parts = []
    values = [
        name
        for translated in outcome.translated
        for name in translated.record.get("values", {translated.channel: None})
    ]
    if values:
        parts.append(f"stored {', '.join(values)}")
    parts += [f"refused {each.reason}: {each.detail}" for each in outcome.refusals]
    parts += [f"left out: {each.because}" for each in outcome.ignored]
    return "; ".join(parts)
