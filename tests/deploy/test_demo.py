"""The demo, as a newcomer runs it: once, and once more."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.mosquitto import Mosquitto
from deploy.postgres import Postgres
from deploy.pulse import describe, parse
from deploy.toolchain import Toolchain

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def home(toolchain: Toolchain, tmp_path: Path) -> Path:
    """A home of the demo's own, with the programs that are here already."""
    toolchain.versions()
    tree = toolchain.home / "debian13"
    if tree.exists():
        (tmp_path / "debian13").symlink_to(tree)
    return tmp_path


def run_demo(home: Path) -> list[int]:
    """Run the demo for some seconds; return what it said was stored, each time it said so."""
    answer = subprocess.run(
        [
            *(sys.executable, "-m", "deploy", "--home", str(home), "demo"),
            *("--seconds", "6", "--devices", "50", "--interval", "1s", "--scale", "0.05"),
        ],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    said = answer.stdout + answer.stderr
    assert answer.returncode == 0, said
    assert "mqtt://USER@127.0.0.1:" in said
    assert "postgresql://srepok@127.0.0.1:" in said
    assert said.count("SELECT") == 3
    stored = [int(count) for count in re.findall(r"stored (\d+)", said)]
    rejected = [int(count) for count in re.findall(r"rejected (\d+)", said)]
    assert stored, said
    assert set(rejected) == {0}
    assert said.rstrip().endswith("the next run continues")
    return stored


def test_the_demo_shows_rows_arriving_stops_all_it_started_and_continues(home: Path) -> None:
    toolchain = Toolchain(home)
    postgres, broker = (
        Postgres(toolchain, home / "postgres"),
        Mosquitto(toolchain, home / "mosquitto"),
    )
    assert run_demo(home)[-1] > 100
    assert not postgres.running
    assert not broker.running
    assert run_demo(home)[-1] > 100
    postgres.start()
    try:
        (rows,) = postgres.psql("SELECT count(*) FROM link_reports", "srepok").split()
        (received,) = postgres.psql("SELECT sum(received) FROM ingest_minutes", "srepok").split()
    finally:
        postgres.stop()
    assert int(rows) > 200
    assert int(received) >= int(rows)


def test_the_pulse_is_read_off_two_looks_at_the_metrics() -> None:
    before = parse(
        "srepok_ingest_messages_received_total 100.0\n"
        "srepok_ingest_lag_seconds_sum 1.0\nsrepok_ingest_lag_seconds_count 4\n",
        at=10,
    )
    now = parse(
        "# HELP srepok_ingest_messages_received_total x\n"
        "srepok_ingest_messages_received_total 150.0\n"
        "srepok_ingest_records_stored_total 140.0\n"
        'srepok_ingest_records_rejected_total{reason="topic"} 2.0\n'
        'srepok_ingest_records_rejected_total{reason="invalid"} 3.0\n'
        "srepok_ingest_messages_in_flight 7.0\n"
        "srepok_ingest_lag_seconds_sum 2.0\nsrepok_ingest_lag_seconds_count 8\n",
        at=12,
    )
    assert describe(before, now) == (
        "   25.0 messages/s  stored 140  in flight 7  rejected 5  lag 250 ms"
    )
