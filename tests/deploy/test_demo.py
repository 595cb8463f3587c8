"""The demo, as a newcomer runs it: once, and once more."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.incidents import Incidents
from deploy.incidents import describe as describe_incident
from deploy.locks import locked
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


def call_demo(home: Path) -> tuple[int, str]:
    """Run the demo for some seconds; return its exit code and all that it said."""
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
    return answer.returncode, answer.stdout + answer.stderr


def run_demo(home: Path, end: str) -> list[int]:
    """Run the demo to this last line; return what it said was stored, each time it said so."""
    code, said = call_demo(home)
    assert code == 0, said
    assert "mqtt://USER@127.0.0.1:" in said
    assert "postgresql://srepok@127.0.0.1:" in said
    assert said.count("SELECT") == 4
    stored = [int(count) for count in re.findall(r"stored (\d+)", said)]
    rejected = [int(count) for count in re.findall(r"rejected (\d+)", said)]
    assert stored, said
    assert set(rejected) == {0}
    assert said.rstrip().splitlines()[-1] == end
    return stored


def running(postgres: Postgres, broker: Mosquitto) -> tuple[bool, bool]:
    return postgres.running, broker.running


def test_the_demo_shows_rows_arriving_stops_all_it_started_and_continues(home: Path) -> None:
    toolchain = Toolchain(home)
    postgres, broker = (
        Postgres(toolchain, home / "postgres"),
        Mosquitto(toolchain, home / "mosquitto"),
    )
    assert run_demo(home, "servers stopped; data stays, the next run continues")[-1] > 100
    assert running(postgres, broker) == (False, False)
    postgres.start()
    try:
        broker.start()
        assert run_demo(home, "postgres and mosquitto ran before and go on; data stays")[-1] > 100
        assert running(postgres, broker) == (True, True)
        (rows,) = postgres.psql("SELECT count(*) FROM link_reports", "srepok").split()
        (received,) = postgres.psql("SELECT sum(received) FROM ingest_minutes", "srepok").split()
    finally:
        broker.stop()
        postgres.stop()
    assert int(rows) > 200
    assert int(received) >= int(rows)


def logged(**changes: object) -> bytes:
    line = {
        "timestamp": "2026-11-25T17:08:55.000000Z",
        "event": "incident opened",
        "incident": "261125czsq-2",
        "class": "outage",
        "severity": "major",
        "root": "24193-feeder1",
        "root_kind": "power_feeder",
        "villages": 21,
        "households": 650,
        "reason": "3 fell silent together",
    }
    return json.dumps(line | changes).encode() + b"\n"


def test_an_incident_is_one_line_with_what_a_person_wants_to_know() -> None:
    told = describe_incident(logged(event="incident cleared", lasted_seconds=90, planned=True))
    assert told is not None
    assert told.startswith("+ ")
    assert told.partition("cleared ")[2] == (
        "261125czsq-2  major outage: power_feeder 24193-feeder1  21 villages, 650 households"
        "  3 fell silent together  lasted 90 s  planned"
    )
    assert describe_incident(logged(event="connected to broker")) is None
    assert describe_incident(b"Traceback (most recent call last):\n") is None


def test_incidents_are_told_once_and_whole(tmp_path: Path) -> None:
    log = tmp_path / "rules.log"
    log.write_bytes(logged(incident="before"))
    incidents = Incidents(log)
    whole, half = logged(incident="whole"), logged(incident="half")
    with log.open("ab", buffering=0) as file:
        file.write(whole + half[:20])
        assert ["whole" in line for line in incidents.fresh()] == [True]
        file.write(half[20:])
        assert ["half" in line for line in incidents.fresh()] == [True]
        assert list(incidents.fresh()) == []


def test_a_second_demo_in_one_place_is_refused_with_what_to_do(home: Path) -> None:
    with locked(home / "demo"):
        code, said = call_demo(home)
    assert code == 1
    assert said.startswith(f"deploy: a demo runs in {home} already: end it with Ctrl-C")
    assert not Postgres(Toolchain(home), home / "postgres").running


def test_the_pulse_of_an_ingest_that_does_not_answer_is_a_dash() -> None:
    silent = parse("", at=10)
    answer = parse(
        "srepok_ingest_messages_received_total 5000.0\n"
        "srepok_ingest_records_stored_total 4000.0\n"
        "srepok_ingest_lag_seconds_sum 1.0\nsrepok_ingest_lag_seconds_count 4\n",
        at=11,
    )
    assert describe(answer, silent) == (
        "      - messages/s  stored -  in flight -  rejected -  lag -"
    )
    assert describe(silent, answer) == (
        "      - messages/s  stored 4000  in flight 0  rejected 0  lag -"
    )


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
