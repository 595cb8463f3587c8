"""`python -m rules backtest`: two rulebooks, what was decided live, and what goes wrong."""

import asyncio
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from psycopg import AsyncConnection

from province.devices import Device, DeviceKind
from province.inventory import Inventory, write_inventory
from rules.backtest.period import Period, local_text
from rules.backtest.progress import Progress
from rules.cli import main
from runtime.arguments import FAILED, OK, USAGE
from runtime.database.connection import DatabaseAddress, connect
from tests.eventlog import write_history
from tests.rules.backtest.crafted import BEGAN, ValuesAt, lines_of

pytestmark = pytest.mark.servers

LASTS = timedelta(hours=1)
PERIOD = ["--from", BEGAN.isoformat(), "--to", (BEGAN + LASTS).isoformat()]

RULEBOOK = """\
groups:
  - group: cabinet
    rules:
      - rule: hot
        kind: threshold
        metric: temperature_c
        above: {above}
        severity: {severity}
        summary:
          en: "{{{{ name }}}}: hot"
          vi: "{{{{ name }}}}: nóng"
"""


@pytest.fixture
def probes(inventory: Inventory) -> list[Device]:
    found = [each for each in inventory.devices if each.kind is DeviceKind.LINK_PROBE]
    return sorted(found, key=lambda device: device.code)[:3]


@pytest_asyncio.fixture
async def history_url(stocked_url: str, inventory: Inventory, probes: list[Device]) -> str:
    """URL of a database in which one device warms up to 60, one to 52, and one stays cool."""
    values = dict(zip(probes, map(warming, (60.0, 52.0, 25.0)), strict=True))
    async with await connect(DatabaseAddress.from_url(stocked_url), "tests") as connection:
        await write_history(connection, lines_of(inventory, values, LASTS))
    return stocked_url


def warming(until: float) -> ValuesAt:
    """Return a link's values, with a temperature that rises from 20 to a value in an hour."""

    def values_at(after: float) -> Mapping[str, object]:
        temperature = 20 + (until - 20) * after / LASTS.total_seconds()
        return {
            "power": "mains",
            "probes_sent": 60,
            "probes_ok": 60,
            "temperature_c": round(temperature, 1),
        }

    return values_at


def rulebook(directory: Path, name: str, above: float, severity: str = "warning") -> str:
    made = directory / name
    made.mkdir()
    text = RULEBOOK.format(above=above, severity=severity)
    (made / "cabinet.yaml").write_text(text, encoding="utf-8")
    return str(made)


async def run(url: str, *arguments: str) -> int:
    return await asyncio.to_thread(main, ["backtest", *arguments], {"DATABASE_URL": url})


async def found(url: str, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert await run(url, *PERIOD, "--format", "json", *arguments) == OK
    findings: dict[str, Any] = json.loads(capsys.readouterr().out)
    return findings


async def test_a_higher_limit_loses_one_alert_and_moves_another(
    history_url: str, probes: list[Device], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    low, high = rulebook(tmp_path, "low", 50), rulebook(tmp_path, "high", 55, "major")

    findings = await found(history_url, capsys, "--rulebook", low, "--against", high)

    hot, warm, _ = (probe.code for probe in probes)
    assert {tuple(each["root"]) for each in findings["incidents"]} == {(hot,), (warm,)}
    compared = findings["comparison"]
    assert [each["root"] for each in compared["lost"]] == [[warm]]
    assert compared["gained"] == []
    (moved,) = compared["moved"]
    assert moved["before"]["root"] == moved["after"]["root"] == [hot]
    assert moved["before"]["opened"] < moved["after"]["opened"]
    (changed,) = compared["severity"]
    assert (changed["before"]["severity"], changed["after"]["severity"]) == ("warning", "major")


async def test_a_lower_limit_gains_what_the_higher_one_did_not_find(
    history_url: str, probes: list[Device], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    low, high = rulebook(tmp_path, "low", 50), rulebook(tmp_path, "high", 55)
    findings = await found(history_url, capsys, "--rulebook", high, "--against", low)
    compared = findings["comparison"]
    assert [each["root"] for each in compared["gained"]] == [[probes[1].code]]
    assert compared["lost"] == []


async def test_a_rulebook_against_itself_differs_in_nothing(
    history_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = rulebook(tmp_path, "book", 50)
    findings = await found(history_url, capsys, "--rulebook", book, "--against", book)
    assert findings["comparison"] == {
        "gained": [],
        "lost": [],
        "moved": [],
        "severity": [],
        "same": 2,
    }


async def test_what_was_decided_live_is_compared_by_cause_and_not_by_name(
    history_url: str,
    connection: AsyncConnection,
    probes: list[Device],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    book = rulebook(tmp_path, "book", 50)
    (hot, warm) = (await found(history_url, capsys, "--rulebook", book))["incidents"]
    assert [hot["root"], warm["root"]] == [[probe.code] for probe in probes[:2]]
    await decide_live(connection, "live1", "rule", "cabinet/hot", hot)
    await decide_live(connection, "live2", "outage", "", {**warm, "root": ["feeder1"]})

    arguments = ["--rulebook", book, "--against", "live"]
    compared = (await found(history_url, capsys, *arguments))["comparison"]

    assert compared["same"] == 1
    assert [each["root"] for each in compared["lost"]] == [warm["root"]]
    assert [each["incident"] for each in compared["gained"]] == ["live2"]


async def test_files_hold_what_is_printed(
    history_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book, out = rulebook(tmp_path, "book", 50), tmp_path / "out"
    arguments = ["--rulebook", book, "--against", "live", "--out", str(out)]
    findings = await found(history_url, capsys, *arguments)
    assert json.loads((out / "backtest.json").read_text()) == findings
    lines = (out / "incidents.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == findings["incidents"]
    assert (out / "against.jsonl").read_text() == ""
    assert (out / "transitions.jsonl").exists()


async def test_the_table_says_each_incident_and_what_is_not_known(
    history_url: str, probes: list[Device], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    low, high = rulebook(tmp_path, "low", 50), rulebook(tmp_path, "high", 55)
    assert await run(history_url, *PERIOD, "--rulebook", low, "--against", high) == OK
    said = capsys.readouterr().out
    assert "incidents: 2 (rule 2)" in said
    assert "2026-11-22 08:45:" in said  # the province's time
    assert f"cabinet/hot {probes[1].code}" in said
    assert "lost: 1\n-" in said
    assert said.count("how sessions at the broker ended") == 1


async def test_rows_of_devices_that_a_given_inventory_lacks_are_counted(
    history_url: str,
    inventory: Inventory,
    probes: list[Device],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "inventory.jsonl"
    devices = tuple(each for each in inventory.devices if each != probes[0])
    fields = {name: getattr(inventory, name) for name in Inventory.__dataclass_fields__}
    write_inventory(path, Inventory(**fields | {"devices": devices}))
    book = rulebook(tmp_path, "book", 50)
    findings = await found(history_url, capsys, "--inventory", str(path), "--rulebook", book)
    assert findings["unknown_devices"] == 1
    assert [each["root"] for each in findings["incidents"]] == [[probes[1].code]]


async def test_a_period_without_rows_is_told_with_what_there_is(
    history_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(history_url, "--from", "2026-11-20", "--to", "2026-11-21") == FAILED
    said = capsys.readouterr().err
    # Whatever zone they were given or stored in.
    assert "no row that was received from 2026-11-19 23:30:00 to 2026-11-21 00:00:00;" in said
    assert f"link reports from {local_text(BEGAN)} to " in said
    assert said.endswith(" (Asia/Ho_Chi_Minh)\n")


def test_a_long_backtest_says_now_and_then_how_far_it_is() -> None:
    now, said = [0.0], io.StringIO()
    progress = Progress(Period(BEGAN, BEGAN + LASTS), "outages", said, lambda: now[0])
    for share in (0.1, 0.5, 0.6, 0.9):
        now[0] += 7
        progress.read((BEGAN + LASTS * share).timestamp(), round(1000 * share))
    assert said.getvalue().splitlines() == [
        f"outages: read up to {local_text(BEGAN + LASTS * 0.5)}, 50%, 500 rows, 14 s",
        f"outages: read up to {local_text(BEGAN + LASTS * 0.9)}, 90%, 900 rows, 28 s",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "2026-11-22", "--to", "2026-11-21"], "is not before --to"),
        (["--from", "2026-11-22", "--to", "2026-11-22"], "is not before --to"),
        ([*PERIOD, "--inventory", "missing.jsonl"], "--inventory missing.jsonl: no such file"),
        ([*PERIOD, "--rulebook", "missing"], "--rulebook missing: no such file"),
        ([*PERIOD, "--against", "other"], "name the first rulebook by --rulebook"),
    ],
)
def test_what_cannot_be_asked_is_told_before_anything_is_read(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    assert main(["backtest", *arguments], nowhere) == USAGE
    assert said in capsys.readouterr().err


def test_a_time_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["backtest", "--from", "yesterday", "--to", "2026-11-22"], {})
    assert stopped.value.code == USAGE
    assert "'yesterday' is not a time such as 2026-11-23T07:00" in capsys.readouterr().err


async def test_a_database_that_was_not_migrated_is_told(
    empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with await connect(DatabaseAddress.from_url(empty_database_url), "tests") as opened:
        await opened.execute("CREATE EXTENSION timescaledb")
    assert await run(empty_database_url, *PERIOD) == FAILED
    assert "python -m runtime.database migrate" in capsys.readouterr().err


async def test_a_database_without_an_inventory_is_told(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run(database_url, *PERIOD) == FAILED
    assert "name a file with --inventory" in capsys.readouterr().err


async def decide_live(
    connection: AsyncConnection, name: str, kind: str, rule: str, like: dict[str, Any]
) -> None:
    """Have the rules have decided an incident at the time of another."""
    await connection.execute(
        """
        INSERT INTO incidents (incident_id, class, severity, status, root, root_kind, onset_at,
            opened_at, changed_at, ended_at, planned, notified, flapping, reason, rule, villages,
            links, households, communes, operators, revision)
        VALUES (%s, %s, %s, 'open', %s, 'device', %s, %s, %s, NULL, false, true, false, 'test',
            %s, 0, 0, 0, '{}', '{}', 1)
        """,
        [
            *(name, kind, like["severity"], like["root"]),
            *(like["onset"], like["opened"], like["opened"], rule),
        ],
    )
