"""Signals: what each variety of simulated device measures, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from province.topology import Technology
from simulators.distributions import Curve, Night, Wave


@dataclass(frozen=True, slots=True)
class Signal:
    """One value of a device: a curve over the day, noise around it, limits.

    Attributes:
        name: its key in a report's values.
        curve: the value without noise.
        spread: standard deviation of the noise.
        digits: decimals it is reported with; none makes it a whole number.
        least: nothing below is reported.
        most: nothing above is reported.
    """

    name: str
    curve: Curve
    spread: float = 0.0
    digits: int | None = 1
    least: float = 0.0
    most: float = 1e9


@dataclass(frozen=True, slots=True)
class DayCounter:
    """A counter that begins again at local midnight and has reached `total` by the next."""

    total: float

    def at(self, hour: float) -> float:
        """Return the value at an hour of the day."""
        return self.total * hour / 24


def _link(
    *,
    rtt_ms: float,
    swing_ms: float,
    loss: float,
    down: float,
    up: float,
    clients: float,
    dbm: float,
) -> tuple[Signal, ...]:
    return (
        Signal("rtt_p50_ms", Wave(rtt_ms, swing_ms, 20.5), rtt_ms / 10, 1, 0.5),
        Signal("rtt_p95_ms", Wave(rtt_ms * 2, swing_ms * 3, 20.5), rtt_ms / 4, 1, 0.8),
        Signal("loss_percent", Wave(loss, loss / 2, 20.5), loss, 2, 0, 100),
        Signal("down_mbps", Wave(down, -down / 5, 20.5), down / 15, 1, 0.1),
        Signal("up_mbps", Wave(up, -up / 6, 20.5), up / 15, 1, 0.1),
        Signal("clients", Wave(clients, clients * 0.7, 20.5), clients / 8, None),
        Signal("signal_dbm", Wave(dbm), 1.5, 1, -140, 0),
        Signal("temperature_c", Wave(34, 7, 14), 1.0, 1, 0, 90),
    )


LINKS: Final[Mapping[Technology, tuple[Signal, ...]]] = {
    Technology.FTTH: _link(rtt_ms=6, swing_ms=2, loss=0.05, down=140, up=130, clients=6, dbm=-19),
    Technology.MOBILE_4G: _link(
        rtt_ms=38, swing_ms=14, loss=0.4, down=32, up=11, clients=3, dbm=-92
    ),
    Technology.MOBILE_5G: _link(
        rtt_ms=19, swing_ms=6, loss=0.2, down=260, up=55, clients=4, dbm=-86
    ),
}
"""What a probe measures, by the technology of its link."""

BASE_STATION: Final = (
    *_link(rtt_ms=9, swing_ms=3, loss=0.05, down=320, up=90, clients=140, dbm=-62),
    Signal("battery_volts", Wave(53.5), 0.2, 2, 40, 58),
    Signal("cabinet_temperature_c", Wave(36, 8, 14), 1.0, 1, 0, 90),
)

SENSORS: Final[Mapping[str, tuple[Signal, ...]]] = {
    "air": (
        Signal("pm2_5_ugm3", Wave(19, 7, 7.5), 6, 1),
        Signal("pm10_ugm3", Wave(34, 12, 7.5), 9, 1),
        Signal("co_mgm3", Wave(0.7, 0.3, 18), 0.15, 2),
        Signal("no2_ugm3", Wave(18, 8, 18.5), 4, 1),
        Signal("o3_ugm3", Wave(45, 30, 14), 8, 1),
        Signal("air_temperature_c", Wave(26, 4.5), 0.8, 1, 5),
        Signal("humidity_percent", Wave(78, -14), 3, 1, 15, 100),
    ),
    "weather": (
        Signal("air_temperature_c", Wave(25, 5), 0.8, 1, 5),
        Signal("humidity_percent", Wave(80, -15), 3, 1, 15, 100),
        Signal("pressure_hpa", Wave(955, 1.8, 10), 1.5, 1, 850),
        Signal("wind_speed_ms", Wave(2.6, 1.6, 13), 1.1, 1),
        Signal("wind_direction_deg", Wave(90, 40, 15), 25, None, 0, 360),
        Signal("rain_mm", Wave(-2.4, 1.2, 16.5), 1.2, 1),
        Signal("solar_wm2", Wave(80, 700, 12), 60, None),
    ),
    "rain": (
        Signal("rain_mm", Wave(-2.4, 1.2, 16.5), 1.2, 1),
        Signal("rain_rate_mmh", Wave(-60, 30, 16.5), 28, 1),
        Signal("battery_percent", Wave(86, 8, 16), 1, None, 0, 100),
    ),
    "water": (
        Signal("water_level_m", Wave(2.4, 0.15, 9), 0.08, 3, -1),
        Signal("water_temperature_c", Wave(25, 1.5, 16), 0.2, 1, 5),
        Signal("battery_volts", Wave(12.6, 0.5, 14), 0.05, 2, 9),
        Signal("rssi_dbm", Wave(-104), 4, None, -130, -40),
        Signal("snr_db", Wave(6), 2.5, 1, -20, 15),
    ),
    "traffic": (
        Signal("traffic_flow_vehicles_h", Wave(900, 780, 17), 140, None),
        Signal("traffic_speed_kmh", Wave(36, -8, 17), 4, 1),
        Signal("traffic_occupancy_percent", Wave(14, 10, 17), 3, 1, 0, 100),
    ),
    "noise": (Signal("noise_dba", Wave(58, 9, 15), 3, 1, 25),),
    "light": (
        Signal("street_light_on", Night(1, 0), 0, None),
        Signal("street_light_power_w", Night(96, 2), 1.5, 1),
        Signal("energy_kwh", Wave(1800, 0), 0, 1),
        Signal("mains_voltage_v", Wave(228, 5, 3), 2, 1),
    ),
    "energy": (
        Signal("energy_kwh", DayCounter(144), 0, 2),
        Signal("power_kw", Wave(6, 4, 19), 0.6, 2),
        Signal("mains_voltage_v", Wave(228, 5, 3), 2, 1),
        Signal("mains_frequency_hz", Wave(50), 0.03, 2, 45),
        Signal("current_a", Wave(26, 17.5, 19), 2.6, 1),
    ),
}
"""What a city sensor measures, by the variety that its generated code ends in."""
