from pathlib import Path

import pytest

from gateway.codecs.loading import load_codecs
from gateway.codecs.names import LeftOut, NameTable, NameTableError, UnmappedError
from gateway.codecs.units import Dialect, UnitError, convert
from province.metrics import catalogue

_HEADER = "device,name,unit,metric,note"


def _table(*lines: str) -> NameTable:
    return NameTable(Dialect.SENML).read([_HEADER, *lines], "names.csv")


@pytest.mark.parametrize(
    ("value", "unit", "metric", "expected"),
    [
        (296.25, "K", "air_temperature_c", 23.1),
        (101325, "Pa", "pressure_hpa", 1013.25),
        (10, "m/s", "traffic_speed_kmh", 36),
        (1, "m/s", "rain_rate_mmh", 3_600_000),
        (0.5, "%", "battery_percent", 50),
        (0.5, "/", "battery_percent", 50),
        (50, "/100", "battery_percent", 50),
        (2, "S/m", "water_conductivity_uscm", 20_000),
        (3.6e6, "J", "energy_kwh", 1),
        (1500, "Wh", "energy_kwh", 1.5),
        (3.3, "V", "supply_mv", 3300),
        (-10, "dBW", "rssi_dbm", 20),
        (1.2, "l/s", "water_flow_m3s", 0.0012),
        (35e-9, "kg/m3", "pm2_5_ugm3", 35),
        (0.4, "/1000", "co2_ppm", 400),
        (3.141592653589793, "rad", "wind_direction_deg", 180),
        (2, "1/min", "traffic_flow_vehicles_h", 120),
        (1, "/", "street_light_on", 1),
    ],
)
def test_registered_units_become_those_of_the_catalogue(
    value: float, unit: str, metric: str, expected: float
) -> None:
    assert convert(value, unit, catalogue()[metric], Dialect.SENML) == expected


def test_a_percent_sign_is_a_ratio_in_senml_and_hundredths_elsewhere() -> None:
    metric = catalogue()["humidity_percent"]
    assert convert(0.5, "%", metric, Dialect.SENML) == 50
    assert convert(50, "%", metric, Dialect.PLAIN) == 50


@pytest.mark.parametrize("unit", ["\u00b5g/m\u00b3", "\u03bcg/m3", "ug/m\u00b3"])
def test_a_unit_may_be_written_as_people_write_it(unit: str) -> None:
    assert convert(35, unit, catalogue()["pm2_5_ugm3"], Dialect.PLAIN) == 35


def test_every_unit_of_the_catalogue_is_known() -> None:
    for metric in catalogue().values():
        assert convert(2, metric.unit, metric, Dialect.PLAIN) == 2


@pytest.mark.parametrize(("unit", "words"), [("V", "voltage"), ("furlong", "furlong"), ("", "no")])
def test_another_quantity_or_an_unknown_unit_is_refused_by_name(unit: str, words: str) -> None:
    with pytest.raises(UnitError, match=words):
        convert(1, unit, catalogue()["pressure_hpa"], Dialect.SENML)


def test_names_differ_in_neither_capitals_nor_blanks() -> None:
    table = _table("*,water level,m,water_level_m,")
    assert table.value("d", "Water_Level", "cm", 250) == ("water_level_m", 2.5)


def test_a_line_for_one_device_comes_before_the_line_for_all() -> None:
    table = _table("pond-*,t,Cel,water_temperature_c,", "*,t,Cel,air_temperature_c,")
    assert table.value("pond-7", "t", "Cel", 20) == ("water_temperature_c", 20)
    assert table.value("roof-7", "t", "Cel", 20) == ("air_temperature_c", 20)


def test_a_name_of_the_catalogue_needs_no_line() -> None:
    assert _table().value("d", "water_level_m", "", 3.5) == ("water_level_m", 3.5)
    assert _table().value("d", "water_level_m", "cm", 350) == ("water_level_m", 3.5)


def test_an_ambiguous_name_is_not_guessed_but_told_with_what_it_might_be() -> None:
    with pytest.raises(
        UnmappedError, match=r"it might be mains_voltage_v or .*battery_volts or supply_mv"
    ):
        _table().value("d", "voltage", "V", 12)


def test_a_line_may_ask_for_a_unit_or_leave_a_value_out() -> None:
    table = _table("*,power,?,power_kw,", "*,uptime,,-,no reading")
    assert table.value("d", "power", "W", 1500) == ("power_kw", 1.5)
    with pytest.raises(UnmappedError, match="no unit is said"):
        table.value("d", "power", "", 1500)
    assert table.value("d", "uptime", "s", 5) == LeftOut("no reading")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("*,t,Cel,temperatur,", "names.csv:2: metric 'temperatur'"),
        ("*,t,V,water_level_m,", "names.csv:2: .*voltage"),
        ("*,t", "names.csv:2: 2 fields"),
    ],
)
def test_a_wrong_line_is_refused_with_its_place(line: str, words: str) -> None:
    with pytest.raises(NameTableError, match=words):
        _table(line)


def test_an_operators_own_lines_come_before_those_shipped(tmp_path: Path) -> None:
    (tmp_path / "senml.csv").write_text(f"{_HEADER}\n*,voltage,V,battery_volts,\n")
    codec = load_codecs([tmp_path / "none", tmp_path])["senml"]
    assert codec.name == "senml"
    (tmp_path / "senml.csv").write_text("nonsense\n")
    with pytest.raises(NameTableError, match=r"senml\.csv: expected the columns"):
        load_codecs([tmp_path])
