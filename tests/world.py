"""A small Srepok of its own: broker, database, ingest, publisher."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from pydantic import SecretStr

from deploy.locks import locked
from deploy.mosquitto import Mosquitto
from deploy.mosquitto_options import MosquittoOptions
from deploy.postgres import Postgres
from deploy.toolchain import Toolchain
from province.inventory import Inventory
from province.metrics import catalogue
from runtime.broker.address import BrokerAddress
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.logins import ROLES, make_login
from runtime.database.migrate import migrate
from tests.publisher import Publisher
from tests.servers import running_postgres
from tests.traffic import Key, Ledger, Traffic
from tests.waiting import DEADLINE, eventually, eventually_true

_COUNT = """
    SELECT (SELECT count(*) FROM link_reports) + (SELECT count(*) FROM sensor_readings)
        + (SELECT count(*) FROM presence_events)
"""
_STORED = """
    SELECT relation, device_code, what, seq, claimed_at, count(*)
    FROM (
        SELECT 'link_reports' AS relation, device_id, '' AS what, seq, NULL::timestamptz
        FROM link_reports
        UNION ALL
        SELECT 'presence_events', device_id, kind, seq, NULL FROM presence_events
        UNION ALL
        SELECT 'sensor_readings', device_id, metric, NULL, coalesce(device_time, observed_at)
        FROM sensor_readings JOIN metrics USING (metric_id)
    ) AS records (relation, device_id, what, seq, claimed_at) JOIN devices USING (device_id)
    GROUP BY 1, 2, 3, 4, 5
"""


class Service:
    """`python -m PACKAGE run` as a process of its own."""

    def __init__(self, package: str, environ: dict[str, str], directory: Path) -> None:
        self._package = package
        self._environ = environ
        self._log = directory / f"{package}.log"
        self._port_file = directory / f"{package}-probe-port"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *, ready: bool = True) -> None:
        self._port_file.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", self._package, "run"),
                env=self._environ
                | {f"{self._package.upper()}_PROBE_PORT_FILE": str(self._port_file)},
                stdout=log,
                stderr=log,
            )
        # Long enough for an interpreter that shares its processor with many others.
        await eventually(lambda: self._port_file.exists() or self.has_ended)
        if ready:
            await self.until_ready()

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.returncode is not None

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await self.end()

    async def end(self) -> int:
        """Return what it ends with by itself."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), DEADLINE)

    async def until_ready(self, seconds: float = DEADLINE) -> None:

        async def ready() -> bool:
            return (await self._get("readyz"))[0] == 200

        await eventually_true(ready, seconds)

    async def metric(self, name: str) -> float:
        _, text = await self._get("metrics")
        values = [
            float(line.rpartition(" ")[2])
            for line in text.splitlines()
            if line.startswith((f"{name} ", f"{name}{{"))
        ]
        assert values, f"no metric {name} in:\n{text}"
        return sum(values)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port_file.read_text().strip()}/{path}"

    def peak_memory_bytes(self) -> int:
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024

    async def _get(self, path: str) -> tuple[int, str]:
        assert not self.has_ended, f"{self._package} ended:\n{self.log[-4000:]}"
        async with aiohttp.ClientSession() as http, http.get(self.url(path)) as answer:
            return answer.status, await answer.text()


class Ingest(Service):
    """`python -m ingest run` as a process of its own."""

    def __init__(self, environ: dict[str, str], directory: Path) -> None:
        super().__init__("ingest", environ, directory)


@dataclass
class World:
    """All of it together."""

    broker: Mosquitto
    postgres: Postgres
    inventory: Inventory
    directory: Path
    environ: dict[str, str]
    database: DatabaseAddress
    ingest: Ingest

    def publisher(self, per_second: int = 1000) -> Publisher:
        return Publisher(self.broker_address("gateway"), Traffic(self.inventory), per_second)

    def broker_address(self, user: str) -> BrokerAddress:
        return BrokerAddress.from_environment(
            {"MQTT_URL": self.broker.url(user, with_password=True)}
        )

    async def subscribe_once(self) -> None:
        """Have ingest make its session: before the first one the broker keeps nothing for it."""
        await self.ingest.start()
        await self.ingest.stop()

    async def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - SQL's
        async with await connect(self.database, "tests") as connection:
            cursor = await connection.execute(statement.encode(), values)
            return await cursor.fetchall()

    async def stored(self) -> Counter[Key]:
        """Return how often each record is stored."""
        rows = await self.rows(_STORED)
        return Counter(
            {
                (relation, device, what, seq if claimed_at is None else claimed_at): count
                for relation, device, what, seq, claimed_at, count in rows
            }
        )

    async def settle(self, keys: Iterable[Key], seconds: float = DEADLINE) -> None:
        """Wait until these records are stored, or the time is up: the caller compares."""
        wanted = set(keys)

        async def arrived() -> bool:
            ((count,),) = await self.rows(_COUNT)
            return count >= len(wanted) and wanted <= set(await self.stored())

        with contextlib.suppress(TimeoutError):
            await eventually_true(arrived, seconds)

    async def check_nothing_lost_or_twice(self, ledger: Ledger) -> None:
        """Compare the ledger with the tables, and the accounts with both."""
        lost, twice = await self.differences(ledger)
        assert not lost, f"lost {len(lost)} of {len(ledger.records)}, such as {list(lost)[:5]}"
        assert not twice, f"stored twice: {list(twice)[:5]}"
        await self.check_accounts()

    async def differences(self, ledger: Ledger) -> tuple[set[Key], set[Key]]:
        stored = await self.stored()
        lost = set(ledger.records) - set(stored)
        return lost, {key for key, count in stored.items() if count > 1}

    async def check_accounts(self) -> None:
        """Run `python -m ingest check`, on the process too if it runs."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "ingest", "check", "--since", "1d"),
            *(() if self.ingest.has_ended else ("--metrics", self.ingest.url("metrics"))),
            env=self.environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        assert process.returncode == 0, said.decode()


@asynccontextmanager
async def make_world(
    broker: Mosquitto, postgres: Postgres, inventory: Inventory, directory: Path
) -> AsyncIterator[World]:
    """Put a database and an ingest process (not yet started) between two servers."""
    broker.start()
    postgres.start()
    owner = await _make_schema(postgres)
    async with await connect(owner, "tests") as connection:
        await import_inventory(
            connection, inventory, catalogue().values(), source="tests", now=datetime.now(UTC)
        )
        await make_login(connection, "ingest", ROLES["ingest"], SecretStr("ingest-password"))
    url = postgres.url("srepok", "ingest").replace("ingest@", "ingest:ingest-password@")
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "MQTT_URL": broker.url("ingest"),
        "MQTT_PASSWORD_FILE": str(broker.password_file("ingest")),
        "LOG_FORMAT": "json",
        "INGEST_PROBE_PORT": "0",
        "INGEST_FLUSH_INTERVAL": "50ms",
    }
    ingest = Ingest(environ, directory)
    world = World(broker, postgres, inventory, directory, environ, owner, ingest)
    try:
        yield world
    finally:
        if not ingest.has_ended:
            await ingest.kill()
        broker.kill()
        postgres.kill()


async def _make_schema(postgres: Postgres) -> DatabaseAddress:
    postgres.create_database("srepok", exist_ok=True)
    owner = DatabaseAddress.from_url(postgres.url("srepok", "postgres", with_password=True))
    async with await connect(owner, "tests") as connection:
        await migrate(connection)
    return owner


@pytest_asyncio.fixture(scope="session")
async def world_template(toolchain: Toolchain, postgres_template: Path, templates: Path) -> Path:
    """A PostgreSQL cluster with a migrated database, stopped in good order, to be copied."""
    template = templates / "migrated"
    with locked(templates):
        if not template.exists():
            with running_postgres(toolchain, postgres_template) as server:
                server.start()
                await _make_schema(server)
                server.stop()
                # Each copy chooses its own.
                server.port_file.unlink()
                shutil.move(server.directory, template)
    return template


@pytest.fixture
def broker_options() -> MosquittoOptions:
    """How the world's broker is set up; a test module may say otherwise."""
    return MosquittoOptions()


@pytest_asyncio.fixture
async def world(
    toolchain: Toolchain,
    world_template: Path,
    inventory: Inventory,
    tmp_path: Path,
    broker_options: MosquittoOptions,
) -> AsyncIterator[World]:
    """A broker, a database with an inventory, and an ingest that is not started yet."""
    broker = Mosquitto(toolchain, tmp_path / "broker", options=broker_options)
    shutil.copytree(world_template, tmp_path / "postgres")
    postgres = Postgres(toolchain, tmp_path / "postgres")
    async with make_world(broker, postgres, inventory, tmp_path) as made:
        yield made
