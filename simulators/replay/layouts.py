"""Layouts: kinds of recording that are recognised by their columns.

docs/topics/simulators.md says where each comes from and what of it is left out, and why.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta, timezone, tzinfo
from typing import Final

from simulators.errors import RecordingError
from simulators.replay.columns import ColumnRule
from simulators.replay.times import TimeColumns

_TIME_NAMES: Final = ("observed_at", "time", "timestamp", "datetime")


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read one kind of recording.

    Attributes:
        times: where a row's time stands.
        rules: the columns that become metrics; others are left out.
        missing: numbers that stand for no value.
    """

    name: str
    times: TimeColumns
    rules: tuple[ColumnRule, ...]
    missing: frozenset[float] = frozenset()

    def needs(self) -> set[str]:
        """Return the columns without which a file is of another layout."""
        return {*self.times.columns, *(rule.column for rule in self.rules)}


# The PT08 columns are raw responses of metal-oxide sensors, in no unit of concentration, so
# they are left out, PT08_S5_O3 too: it is no ozone value. NOx is in ppb, as recorded: ppb to
# ug/m3 would need the temperature and pressure of the analyser. Hours run on without the jump
# of summer time, so the offset is fixed.
UCI_AIR_QUALITY: Final = Layout(
    "uci-air-quality",
    TimeColumns(("Date", "Time"), "%d/%m/%Y %H:%M:%S", timezone(timedelta(hours=1))),
    (
        ColumnRule("CO_GT", "co_mgm3"),
        ColumnRule("NMHC_GT", "nmhc_ugm3"),
        ColumnRule("C6H6_GT", "benzene_ugm3"),
        ColumnRule("NOx_GT", "nox_ppb"),
        ColumnRule("NO2_GT", "no2_ugm3"),
        ColumnRule("T", "air_temperature_c"),
        ColumnRule("RH", "humidity_percent"),
    ),
    frozenset({-200.0}),
)

# Frame counter, data rate, acceleration, pulse count and leak contact have no metric.
ELSYS: Final = Layout(
    "elsys-lorawan",
    TimeColumns(("time",)),
    (
        ColumnRule("temperature", "air_temperature_c"),
        ColumnRule("humidity", "humidity_percent"),
        ColumnRule("vdd", "supply_mv"),
        ColumnRule("best_rssi_dbm", "rssi_dbm"),
        ColumnRule("best_snr_db", "snr_db"),
        ColumnRule("gateways", "gateways_count"),
    ),
)

LAYOUTS: Final = (UCI_AIR_QUALITY, ELSYS)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What the command line says of a recording.

    Attributes:
        rules: columns that become metrics; empty to recognise the layout.
        time_column: where the time stands; None to find it.
        zone: of times without an offset; None for the layout's own.
        missing: numbers that stand for no value, beside the layout's own.
    """

    rules: tuple[ColumnRule, ...] = ()
    time_column: str | None = None
    zone: tzinfo | None = None
    missing: frozenset[float] = frozenset()


def choose_layout(columns: Collection[str], mapping: ColumnMapping, source: str) -> Layout:
    """Return how to read a file with these columns.

    Raises:
        RecordingError: the columns are of no known layout and are not mapped, or a mapped
            column is not there.
    """
    layout = _mapped(columns, mapping, source) if mapping.rules else _known(columns, source)
    times = layout.times if mapping.zone is None else replace(layout.times, zone=mapping.zone)
    return replace(layout, times=times, missing=layout.missing | mapping.missing)


def _known(columns: Collection[str], source: str) -> Layout:
    for layout in LAYOUTS:
        if layout.needs() <= set(columns):
            return layout
    known = ", ".join(layout.name for layout in LAYOUTS)
    raise RecordingError(
        f"{source}: columns {', '.join(columns)} are of no known layout ({known}):"
        " say with --map what they are"
    )


def _mapped(columns: Collection[str], mapping: ColumnMapping, source: str) -> Layout:
    names = (mapping.time_column,) if mapping.time_column else _TIME_NAMES
    time_column = next((name for name in names if name in columns), None)
    if time_column is None:
        raise RecordingError(
            f"{source}: no time column {' or '.join(names)}; say with --time-column which it is"
        )
    layout = Layout("mapped", TimeColumns((time_column,)), mapping.rules)
    absent = sorted(layout.needs() - set(columns))
    if absent:
        raise RecordingError(
            f"{source}: no column {', '.join(absent)}; it has {', '.join(columns)}"
        )
    return layout
