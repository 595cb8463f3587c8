"""Quantities: what a rule may be about, beside the catalogue of metrics.

Rules see three sources under one kind of name: the catalogue, the fixed link values of reports, and
our own instruments, which belong to the device `srepok`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from province.metrics import catalogue

OWN_DEVICE: Final = "srepok"
"""The device that our own instruments belong to; no inventory has it."""
OWN_INTERVAL_SECONDS: Final = 15.0
"""How often the service feeds our own instruments."""
ON_BATTERY: Final = "on_battery"
"""A report's `power` as a number: 1 on battery, 0 on mains."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a number is about.

    Attributes:
        unit: for people; empty for counts and states.
        minimum: the least value that can be.
        maximum: the greatest.
    """

    unit: str
    minimum: float
    maximum: float


LINK_QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType(
    {
        ON_BATTERY: Quantity("", 0, 1),
        "battery_percent": Quantity("%", 0, 100),
        "probes_sent": Quantity("", 0, 2**31 - 1),
        "probes_ok": Quantity("", 0, 2**31 - 1),
        "rtt_p50_ms": Quantity("ms", 0, 3_600_000),
        "rtt_p95_ms": Quantity("ms", 0, 3_600_000),
        "loss_percent": Quantity("%", 0, 100),
        "down_mbps": Quantity("Mbit/s", 0, 1_000_000),
        "up_mbps": Quantity("Mbit/s", 0, 1_000_000),
        "clients": Quantity("", 0, 2**31 - 1),
        "signal_dbm": Quantity("dBm", -200, 50),
        "temperature_c": Quantity("degC", -60, 150),
    }
)
"""The fixed link values (province.reports.LinkValues), within the limits of a report."""

_MOST: Final = 1e12
_STATE: Final = Quantity("", 0, 1)
_COUNT: Final = Quantity("", 0, _MOST)
_SECONDS: Final = Quantity("s", 0, _MOST)

OWN_INSTRUMENTS: Final[Mapping[str, Quantity]] = MappingProxyType(
    {
        "ingest_up": _STATE,
        "ingest_lag_seconds": _SECONDS,
        "ingest_messages_in_flight": _COUNT,
        "ingest_dead_letters": _COUNT,
        "ingest_broker_connected": _STATE,
        "ingest_broker_messages_dropped": _COUNT,
        "ingest_broker_messages_kept": _COUNT,
        "ingest_database_up": _STATE,
        "rules_lag_seconds": _SECONDS,
        "rules_tick_seconds": _SECONDS,
        "rules_broker_connected": _STATE,
        "rules_database_up": _STATE,
        "rules_changes_waiting": _COUNT,
        "rules_notices_failed": _COUNT,
        "rules_canaries_overdue": _COUNT,
    }
)
"""What the service says of ourselves, as device `srepok`.

Names are those of /metrics without `srepok_`; `ingest_lag_seconds` is the time since the last
commit while messages wait for one, `ingest_dead_letters` and `rules_notices_failed` count from a
start of the process, and begin again at 0.
"""


@lru_cache(maxsize=1)
def quantities() -> Mapping[str, Quantity]:
    """Return all that a rule may be about, by name."""
    metrics = {
        code: Quantity(metric.unit, metric.minimum, metric.maximum)
        for code, metric in catalogue().items()
    }
    return MappingProxyType({**LINK_QUANTITIES, **OWN_INSTRUMENTS, **metrics})
