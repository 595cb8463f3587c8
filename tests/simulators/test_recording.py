"""Recordings: which rows are used, which are refused and how that is said."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from province.metrics import catalogue
from simulators.errors import RecordingError, UsageError
from simulators.replay.columns import ColumnRule
from simulators.replay.layouts import LAYOUTS, ColumnMapping
from simulators.replay.recording import Recording, read_recording
from simulators.replay.schedule import make_schedule

UCI_HEAD = (
    "Date,Time,CO_GT,PT08_S1_CO,NMHC_GT,C6H6_GT,PT08_S2_NMHC,NOx_GT,PT08_S3_NOx,NO2_GT,"
    "PT08_S4_NO2,PT08_S5_O3,T,RH,AH"
)
UCI = f"""\
{UCI_HEAD}
10/03/2004,18:00:00,2.6,1360,150,11.9,1046,166,1056,113,1692,1268,13.6,48.9,0.7578
11/03/2004,19:00:00,-200,1292,-200,9.4,955,103,1174,92,1559,972,13.3,47.7,0.7255
"""
ELSYS = """\
time,fcnt,data_rate,gateways,best_rssi_dbm,best_snr_db,temperature,humidity,accMotion,x,y,z,vdd
2023-01-04T21:31:22.661Z,71,SF12BW125,1,-111,-3.8,7,83,0,59,15,-3,3616
"""


NOTHING = ColumnMapping()
SPEED = ColumnRule.parse("v=traffic_speed_kmh")


def read(
    directory: Path, text: str, mapping: ColumnMapping = NOTHING, name: str = "r.csv"
) -> Recording:
    path = directory / name
    path.write_text(text, encoding="utf-8")
    return read_recording(path, mapping)


def said(directory: Path, recording: Recording) -> list[str]:
    return [problem.removeprefix(f"{directory}/") for problem in recording.problems]


def test_the_uci_layout_is_recognised_with_days_first_and_its_own_offset(tmp_path: Path) -> None:
    recording = read(tmp_path, UCI)
    assert recording.layout.name == "uci-air-quality"
    first, second = recording.rows
    assert first.observed_at == datetime(2004, 3, 10, 17, tzinfo=UTC)
    assert first.values == {
        "co_mgm3": 2.6,
        "nmhc_ugm3": 150,
        "benzene_ugm3": 11.9,
        "nox_ppb": 166,
        "no2_ugm3": 113,
        "air_temperature_c": 13.6,
        "humidity_percent": 48.9,
    }
    assert second.observed_at == datetime(2004, 3, 11, 18, tzinfo=UTC)
    assert second.values.keys() == first.values.keys() - {"co_mgm3", "nmhc_ugm3"}


def test_the_elsys_layout_is_recognised(tmp_path: Path) -> None:
    recording = read(tmp_path, ELSYS)
    assert recording.layout.name == "elsys-lorawan"
    (row,) = recording.rows
    assert row.values == {
        "air_temperature_c": 7,
        "humidity_percent": 83,
        "supply_mv": 3616,
        "rssi_dbm": -111,
        "snr_db": -3.8,
        "gateways_count": 1,
    }


def test_every_known_layout_gives_metrics_of_the_catalogue() -> None:
    for layout in LAYOUTS:
        assert {rule.metric for rule in layout.rules} <= catalogue().keys()


def test_a_row_of_missing_values_only_is_empty_and_not_wrong(tmp_path: Path) -> None:
    mapping = ColumnMapping((SPEED,), missing=frozenset({-1.0}))
    recording = read(tmp_path, "time,v\n2026-01-01T00:00:00Z,-1\n2026-01-01T00:01:00Z,\n", mapping)
    assert (recording.rows, recording.problems, recording.empty) == ((), (), 2)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2026-01-01T00:00:00Z,fast", "r.csv:3: column v: 'fast' is not a finite number"),
        ("2026-01-01T00:00:00Z,nan", "r.csv:3: column v: 'nan' is not a finite number"),
        ("2026-01-01T00:00:00,3", "r.csv:3: column time: 2026-01-01 00:00:00 has no offset; "),
        ("yesterday,3", "r.csv:3: column time: Invalid isoformat string: 'yesterday'"),
        (",3", "r.csv:3: column time: no time"),
        ("2026-01-01T00:00:00Z,3,4", "r.csv:3: 3 fields where the header has 2"),
    ],
)
def test_a_bad_row_is_named_and_the_others_are_used(tmp_path: Path, row: str, problem: str) -> None:
    good = "2026-01-01T00:00:00Z,1"
    recording = read(tmp_path, f"time,v\n{good}\n{row}\n{good}\n", ColumnMapping((SPEED,)))
    assert [used.line for used in recording.rows] == [2, 4]
    (found,) = said(tmp_path, recording)
    assert found.startswith(problem)


def test_json_lines_are_read_and_their_bad_lines_named(tmp_path: Path) -> None:
    text = """{"timestamp": 1700000000000, "v": 3.5}
{"timestamp": "2026-01-01 07:00:00", "v": 4, "other": "x"}

[1]
{"timestamp": 1, "v": true}
{oops
"""
    mapping = ColumnMapping((SPEED,), zone=timezone(timedelta(hours=7)))
    recording = read(tmp_path, text, mapping, "r.jsonl")
    assert [(row.line, row.observed_at) for row in recording.rows] == [
        (1, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        (2, datetime(2026, 1, 1, tzinfo=UTC)),
    ]
    found = said(tmp_path, recording)
    assert [problem.split(":")[1] for problem in found] == ["4", "5", "6"]
    assert found[1] == "r.jsonl:5: column v: True is not a finite number"


@pytest.mark.parametrize(
    ("rule", "value", "converted"),
    [
        ("v=wind_speed_ms*0.5", 7, 3.5),
        ("v=air_temperature_c*1.8+32", 100, 212),
        ("v=air_temperature_c*0.1-40", 1000, 60),
        ("v=air_temperature_c+1", 1, 2),
        ("v=rain_mm*25.4", 0.1, 2.54),
        ("wind speed (km/h)=wind_speed_ms*1e-1", 5, 0.5),
    ],
)
def test_a_mapped_value_is_converted(rule: str, value: float, converted: float) -> None:
    assert ColumnRule.parse(rule).convert(value) == converted


@pytest.mark.parametrize("rule", ["v", "v=", "=rain_mm", "v=rain_mm*", "v=rain_mm*x", "v=no_such"])
def test_a_wrong_mapping_is_refused(rule: str) -> None:
    with pytest.raises(UsageError, match="--map"):
        ColumnRule.parse(rule)


@pytest.mark.parametrize(
    ("text", "mapping", "message"),
    [
        ("", NOTHING, "no rows"),
        ("a,b\n1,2\n", NOTHING, "columns a, b are of no known layout"),
        ("a,v\n1,2\n", ColumnMapping((SPEED,)), "no time column observed_at or time"),
        ("a,v\n1,2\n", ColumnMapping((SPEED,), "when"), "no time column when"),
        ("time,b\n1,2\n", ColumnMapping((SPEED,)), "no column v; it has time, b"),
    ],
)
def test_a_file_that_cannot_be_read_at_all_is_refused(
    tmp_path: Path, text: str, mapping: ColumnMapping, message: str
) -> None:
    with pytest.raises(RecordingError, match=message):
        read(tmp_path, text, mapping)


def test_the_same_content_has_the_same_digest_whatever_its_name(tmp_path: Path) -> None:
    one, other = read(tmp_path, UCI), read(tmp_path, UCI, name="other.csv")
    assert one.digest == other.digest < 2**48
    assert one.digest != read(tmp_path, UCI + "\n").digest


BEGAN = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("speed", "shifted", "due_seconds", "claimed"),
    [
        (
            0.0,
            False,
            [0, 0],
            [datetime(2004, 3, 10, 17, tzinfo=UTC), datetime(2004, 3, 11, 18, tzinfo=UTC)],
        ),
        (0.0, True, [0, 0], [BEGAN - timedelta(hours=25), BEGAN]),
        (
            1.0,
            False,
            [0, 90_000],
            [datetime(2004, 3, 10, 17, tzinfo=UTC), datetime(2004, 3, 11, 18, tzinfo=UTC)],
        ),
        (3600.0, True, [0, 25], [BEGAN, BEGAN + timedelta(seconds=25)]),
    ],
)
def test_a_replay_never_claims_the_future(
    tmp_path: Path,
    speed: float,
    *,
    shifted: bool,
    due_seconds: list[float],
    claimed: list[datetime],
) -> None:
    rows = read(tmp_path, UCI).rows
    schedule = make_schedule(rows, BEGAN, speed=speed, shifted=shifted)
    assert [(schedule.due(row) - BEGAN).total_seconds() for row in rows] == due_seconds
    assert [schedule.claimed(row) for row in rows] == claimed
    assert all(schedule.claimed(row) <= schedule.due(row) for row in rows)
    assert schedule.live == (shifted and speed > 0)
