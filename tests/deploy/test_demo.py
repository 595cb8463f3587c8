"""The demo, as a newcomer runs it: once, and once more."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from deploy.incidents import Incidents, describe_fault
from deploy.locks import locked
from deploy.log_lines import News
from deploy.mosquitto import Mosquitto
from deploy.postgres import Postgres
from deploy.pulse import describe, parse
from deploy.toolchain import Toolchain
from tests.waiting import DEADLINE, eventually

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture
def home(toolchain: Toolchain, tmp_path: Path) -> Path:
    """A home of the demo's own, with the programs that are here already."""
    toolchain.versions()
    tree = toolchain.home / "debian13"
    if tree.exists():
        (tmp_path / "debian13").symlink_to(tree)
    return tmp_path


COMMAND = (
    *(sys.executable, "-m", "deploy", "demo"),
    *("--devices", "50", "--interval", "1s", "--scale", "0.05"),
)


def call_demo(home: Path, *more: str) -> tuple[int, str]:
    """Run the demo for a second; return its exit code and all that it said."""
    answer = subprocess.run(
        [*COMMAND, "--seconds", "1", *more],
        cwd=CHECKOUT,
        env={"PATH": os.environ["PATH"], "SREPOK_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.returncode, answer.stdout + answer.stderr


def stored(said: str) -> list[int]:
    """Return how many rows a demo said were stored, each time it said so."""
    return [int(count) for count in re.findall(r"stored (\d+)", said)]


def check_said(code: int, said: str, end: str, *, tls: str = "") -> None:
    """Check what a demo said, up to this last line, while rows arrived.

    Args:
        code: its exit code.
        said: all of it.
        end: the last line.
        tls: `s` where broker and gateway speak TLS.
    """
    assert code == 0, said
    assert f"mqtt{tls}://USER@127.0.0.1:" in said
    assert "postgresql://srepok@127.0.0.1:" in said
    gateways = set(re.findall(r"(\w+)://127\.0\.0\.1:\d+(?:/v1|/api|$)", said, re.MULTILINE))
    assert gateways == {f"http{tls}"}
    assert ("export CURL_CA_BUNDLE=" in said) == bool(tls)
    assert said.count("SELECT") == 4
    assert said.index("python -m gateway token create") < said.index("python -m rules incident")
    rejected = [int(count) for count in re.findall(r"rejected (\d+)", said)]
    assert stored(said)[-1] > 100
    assert set(rejected) == {0}
    assert said.rstrip().splitlines()[-1] == end


def running(postgres: Postgres, broker: Mosquitto) -> tuple[bool, bool]:
    return postgres.running, broker.running


class Running:
    """A demo that runs until it is told to stop."""

    def __init__(self, home: Path, *more: str) -> None:
        self._said = home / "said"
        self.adapters = home / "adapters"
        self.adapters.mkdir(exist_ok=True)
        with self._said.open("wb") as output:
            self.process = subprocess.Popen(
                [*COMMAND, *more],
                cwd=CHECKOUT,
                env={
                    "PATH": os.environ["PATH"],
                    "SREPOK_HOME": str(home),
                    "GATEWAY_ADAPTERS": os.path.relpath(self.adapters, CHECKOUT),
                },
                stderr=output,
            )

    def service(self, name: str) -> int:
        """Return the number of one of its services' processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        (found,) = [
            int(pid)
            for pid in children.split()
            if f"-m\0{name}\0run" in Path(f"/proc/{pid}/cmdline").read_text()
        ]
        return found

    async def says(self, words: str) -> None:
        """Wait until it has said something.

        Raises:
            AssertionError: it has ended instead.
        """

        def said_or_ended() -> bool:
            return words in self.said or self.process.poll() is not None

        await eventually(said_or_ended)
        assert words in self.said, self.said

    async def stores(self) -> None:
        """Wait until it has said that more than a hundred rows are stored."""
        await eventually(lambda: stored(self.said)[-1:] > [100])

    def stop(self) -> int:
        """Tell it to stop; return its exit code."""
        self.process.terminate()
        return self.process.wait(DEADLINE)

    @property
    def said(self) -> str:
        """All that it has said."""
        return self._said.read_text()


def settings_of(pid: int) -> list[str]:
    """Return the environment that a process was started with."""
    return Path(f"/proc/{pid}/environ").read_text().split("\0")


async def page_of(demo: Running) -> tuple[int, str]:
    """Return what the page of the login answers at the address that the demo printed.

    The authority is the one that its guide names.
    """
    (address,) = re.findall(r"open (\S+) and log in", demo.said)
    (authority,) = re.findall(r"export CURL_CA_BUNDLE=(\S+)", demo.said)
    context = ssl.create_default_context(cafile=authority)
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{address}/login", ssl=context) as answer,
    ):
        return answer.status, await answer.text()


async def run_demo_and_kill_its_parts(home: Path, postgres: Postgres, broker: Mosquitto) -> None:
    """Run a demo in which everything dies once, and check that it is told and comes back."""
    demo = Running(home, "--tls")
    try:
        await demo.says("scenario calm begins")
        await demo.says("the boards as pages, drawn anew every 60 s:\n  file://")
        assert "Province wall" in (home / "demo/boards/wall.html").read_text()
        ports = [home / "demo" / f"{name}-probe-port" for name in ("ingest", "rules", "gateway")]
        before = [path.read_text() for path in ports]
        ours = [demo.service(name) for name in ("rules", "ingest", "gateway")]
        assert f"GATEWAY_ADAPTERS={demo.adapters}" in settings_of(ours[-1])
        for pid in (*ours, broker.pid, postgres.pid):
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
        for name in ("rules", "ingest", "gateway", "mosquitto", "postgres"):
            await demo.says(f"{name} is back after ")
        assert [path.read_text() for path in ports] == before
        status, page = await page_of(demo)
        assert (status, "srepok" in page.lower()) == (200, True)
        await demo.stores()
    finally:
        code = demo.stop()
    check_said(code, demo.said, "servers stopped; data stays, the next run continues", tls="s")
    for name in ("rules", "ingest", "gateway"):
        assert demo.said.count(f"{name} was killed by signal 9; starting it again\n") == 1
    for name in ("mosquitto", "postgres"):
        assert demo.said.count(f"{name} has died; starting it again\n") == 1


async def test_the_demo_shows_rows_arriving_stops_all_it_started_and_continues(
    home: Path,
) -> None:
    toolchain = Toolchain(home)
    postgres, broker = (
        Postgres(toolchain, home / "postgres"),
        Mosquitto(toolchain, home / "mosquitto"),
    )
    await run_demo_and_kill_its_parts(home, postgres, broker)
    assert running(postgres, broker) == (False, False)
    postgres.start()
    try:
        broker.start()
        again = Running(home)
        try:
            await again.stores()
        finally:
            code = again.stop()
        end = "postgres and mosquitto ran before and go on; data stays"
        check_said(code, again.said, end)
        assert running(postgres, broker) == (True, True)
        # One that was told for how long stops by itself.
        code, said = call_demo(home)
        assert (code, said.rstrip().splitlines()[-1]) == (0, end)
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
    describe = Incidents().describe
    assert describe(logged(event="connected to broker")) is None
    assert describe(b"Traceback (most recent call last):\n") is None
    assert describe(logged()) is not None
    told = describe(logged(event="incident cleared", lasted_seconds=90, planned=True))
    assert told is not None
    assert told.startswith("+ ")
    assert told.partition("cleared ")[2] == (
        "261125czsq-2  major outage: power_feeder 24193-feeder1  21 villages, 650 households"
        "  3 fell silent together  lasted 90 s  planned"
    )


def test_what_was_open_before_the_demo_is_told_as_such_when_it_ends() -> None:
    incidents = Incidents()
    cleared = incidents.describe(logged(event="incident cleared"))
    again = incidents.describe(logged(event="incident opened again"))
    assert cleared is not None
    assert again is not None
    assert cleared.endswith("  open since before this demo")
    assert again.startswith("! ")
    assert "opened again 261125czsq-2" in again
    assert "before" not in again


def test_the_coming_fault_is_told_with_its_time_and_said_when_it_comes() -> None:
    starts = {
        "timestamp": "2026-11-25T17:08:55Z",
        "event": "run starts",
        "scenario": "feeder-cut",
        "faults": 1,
        "first_fault_at": "2026-11-25T17:09:55Z",
    }
    told = describe_fault(json.dumps(starts).encode())
    assert told is not None
    assert re.sub(r"\d\d:\d\d:", "", told) == (
        "* 55 scenario feeder-cut begins: one fault, at 55, in 60 s"
    )
    nothing = describe_fault(json.dumps(starts | {"faults": 0}).encode())
    assert nothing is not None
    assert nothing.endswith("nothing breaks in it")
    begins = {
        "timestamp": "2026-11-25T17:09:55Z",
        "event": "fault begins",
        "fault_kind": "mains_off",
        "root": "24193-feeder1",
        "villages": 21,
        "text": "the mains of a feeder fail",
    }
    assert describe_fault(json.dumps(starts | {"event": "run"}).encode()) is None
    told = describe_fault(json.dumps(begins).encode())
    assert told is not None
    assert told.endswith("fault begins  the mains of a feeder fail: 24193-feeder1  21 villages")


def test_incidents_are_told_once_and_whole(tmp_path: Path) -> None:
    log = tmp_path / "rules.log"
    log.write_bytes(logged(incident="before"))
    incidents = News(log, Incidents().describe)
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


def test_a_scenario_that_is_not_there_is_refused_before_anything_starts(home: Path) -> None:
    code, said = call_demo(home, "--scenario", "feeder-cutt")
    assert code == 1
    assert "there is no scenario 'feeder-cutt'; did you mean 'feeder-cut'?" in said
    assert not (home / "demo" / "inventory.jsonl").exists()
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
    # As after a start of ingest, whose counters begin anew.
    younger = parse("srepok_ingest_records_stored_total 3.0\n", at=12)
    assert describe(answer, younger).startswith("      - messages/s  stored 3 ")
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
