"""Fixtures: real servers, started for the tests and stopped after them.

`TEST_DATABASE_URL` and `TEST_MQTT_URL` name servers to use instead of the shared ones; their
users must be able to do what `database_server_url` and `broker_url` promise. Another user of
that broker is in `TEST_MQTT_FLEET_URL` and the like. Tests that kill servers make their own
and never touch those.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

import pytest

from deploy.alertmanager import Alertmanager, AlertmanagerOptions
from deploy.mosquitto import Mosquitto
from deploy.mosquitto_options import MosquittoOptions
from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from runtime.broker.address import BrokerAddress

DATABASE_VARIABLE: Final = "TEST_DATABASE_URL"
BROKER_VARIABLE: Final = "TEST_MQTT_URL"
USER_VARIABLE: Final = "TEST_MQTT_{}_URL"

_MANY_DATABASES: Final = {
    # TimescaleDB keeps a worker in every database, and each test has a database.
    "timescaledb.max_background_workers": "32",
    "max_worker_processes": "48",
    # Nobody takes the power from a server that is thrown away afterwards.
    "fsync": "off",
    # No database lives long enough to need it, and each would be looked at.
    "autovacuum": "off",
    # Databases come and go, so a checkpoint is never far; the log of all of them would pile up.
    "max_wal_size": "256MB",
    "min_wal_size": "64MB",
}

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a directory of our own is made in there
_MEMORY_NEEDED: Final = 2 * 1024**3
"""Bytes that must be free for shared servers to live in memory: several processes may have one."""


class MakePostgres(Protocol):
    """Starts a PostgreSQL of the test's own."""

    def __call__(self, *, start: bool = True, **settings: str) -> Postgres: ...


class MakeMosquitto(Protocol):
    """Starts a Mosquitto of the test's own."""

    def __call__(
        self, options: MosquittoOptions | None = None, *, start: bool = True
    ) -> Mosquitto: ...


class MakeAlertmanager(Protocol):
    """Starts an Alertmanager of the test's own."""

    def __call__(
        self, options: AlertmanagerOptions | None = None, *, start: bool = True
    ) -> Alertmanager: ...


def pytest_report_header() -> list[str]:
    """Say what the tests run against; never a password."""
    clients = ("aiohttp", "paho-mqtt", "psycopg", "pydantic")
    lines = ["libraries: " + ", ".join(f"{name} {version(name)}" for name in clients)]
    toolchain = Toolchain(find_home())
    if toolchain.ready:
        found = toolchain.versions().items()
        lines.append("servers: " + ", ".join(f"{name} {number}" for name, number in found))
    else:
        lines.append("servers: to be fetched at their first use, once (needs the network)")
    return lines + [
        f"servers: {name} is set, so its server is used where tests share one"
        for name in (DATABASE_VARIABLE, BROKER_VARIABLE)
        if name in os.environ
    ]


@contextmanager
def running_postgres(
    toolchain: Toolchain, template: Path, place: Path | None = None, /, **settings: str
) -> Iterator[Postgres]:
    """A PostgreSQL in a temporary directory; not started yet, and stopped in the end.

    It begins as a copy of `template`, which takes a tenth of the time of making one.
    """
    with TemporaryDirectory(prefix="srepok-postgres-", dir=place) as directory:
        shutil.copytree(template, Path(directory, "server"))
        server = Postgres(toolchain, Path(directory, "server"), settings=settings)
        try:
            yield server
        finally:
            # Its data is thrown away: no need for it to write a checkpoint.
            server.kill()


@contextmanager
def running_mosquitto(
    toolchain: Toolchain, options: MosquittoOptions | None = None
) -> Iterator[Mosquitto]:
    """A Mosquitto in a temporary directory; not started yet, and stopped in the end."""
    with TemporaryDirectory(prefix="srepok-mosquitto-") as directory:
        server = Mosquitto(toolchain, Path(directory, "server"), options=options)
        try:
            yield server
        finally:
            server.kill()


@contextmanager
def running_alertmanager(
    toolchain: Toolchain, options: AlertmanagerOptions | None = None
) -> Iterator[Alertmanager]:
    """An Alertmanager in a temporary directory; not started yet, and stopped in the end."""
    with TemporaryDirectory(prefix="srepok-alertmanager-") as directory:
        server = Alertmanager(toolchain, Path(directory, "server"), options=options)
        try:
            yield server
        finally:
            server.kill()


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """The server programs; fetched at the first use."""
    return Toolchain(find_home())


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Directory for what is made once and copied; all processes of a run have the same one."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "templates"


@pytest.fixture(scope="session")
def postgres_template(toolchain: Toolchain, templates: Path) -> Path:
    """A PostgreSQL cluster that was made and never started, to be copied."""
    template = templates / "made"
    Postgres(toolchain, template).make()
    return template


@pytest.fixture(scope="session")
def postgres(toolchain: Toolchain, postgres_template: Path) -> Iterator[Postgres]:
    """The PostgreSQL that tests share; they make databases in it and leave it running."""
    place = _find_place()
    with running_postgres(toolchain, postgres_template, place, **_MANY_DATABASES) as server:
        server.start()
        yield server


def _find_place() -> Path | None:
    """Return memory as the place where databases are made, if there is enough; None: the disk.

    Hundreds of databases of a thousand small files each are most of what such a server does.
    """
    try:
        free = shutil.disk_usage(_MEMORY).free
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        (available,) = (int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError):
        return None
    enough = min(free, available * 1024) >= _MEMORY_NEEDED
    return _MEMORY if enough and os.access(_MEMORY, os.W_OK | os.X_OK) else None


@pytest.fixture(scope="session")
def mosquitto(toolchain: Toolchain) -> Iterator[Mosquitto]:
    """The Mosquitto that tests share; they use client names and topics of their own."""
    with running_mosquitto(toolchain) as server:
        server.start()
        yield server


@pytest.fixture(scope="session")
def database_server_url(request: pytest.FixtureRequest) -> str:
    """URL of a database server, as a superuser, password included."""
    if url := os.environ.get(DATABASE_VARIABLE):
        return url
    server: Postgres = request.getfixturevalue("postgres")
    return server.url("postgres", "postgres", with_password=True)


@pytest.fixture(scope="session")
def broker_url_of(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """URL of the shared broker as one of its users, password included.

    Users and rights are those of deploy/mosquitto/acl: `ingest`, `fleet`, `gateway`.
    """

    def url_of(user: str) -> str:
        if BROKER_VARIABLE not in os.environ:
            server: Mosquitto = request.getfixturevalue("mosquitto")
            return server.url(user, with_password=True)
        if url := os.environ.get(USER_VARIABLE.format(user.upper())):
            return url
        if user == "ingest":
            return os.environ[BROKER_VARIABLE]
        variable = USER_VARIABLE.format(user.upper())
        pytest.fail(f"{BROKER_VARIABLE} is set, so {variable} must be: a test is {user} there")

    return url_of


@pytest.fixture(scope="session")
def broker_url(broker_url_of: Callable[[str], str]) -> str:
    """URL of a broker, as ingest: may read what devices publish, and use srepok/canary."""
    return broker_url_of("ingest")


@pytest.fixture(scope="session")
def broker_address_of(broker_url_of: Callable[[str], str]) -> Callable[[str], BrokerAddress]:
    """`broker_url_of` as our services take it."""
    return lambda user: BrokerAddress.from_environment({"MQTT_URL": broker_url_of(user)})


@pytest.fixture(scope="session")
def broker_address(broker_address_of: Callable[[str], BrokerAddress]) -> BrokerAddress:
    """`broker_url` as our services take it."""
    return broker_address_of("ingest")


@pytest.fixture
def make_postgres(toolchain: Toolchain, postgres_template: Path) -> Iterator[MakePostgres]:
    """Makes servers that the test may stop, kill and starve; all end with it."""
    with ExitStack() as stack:

        def make(*, start: bool = True, **settings: str) -> Postgres:
            server = stack.enter_context(running_postgres(toolchain, postgres_template, **settings))
            if start:
                server.start()
            return server

        yield make


@pytest.fixture
def make_mosquitto(toolchain: Toolchain) -> Iterator[MakeMosquitto]:
    """Makes brokers that the test may stop, kill and starve; all end with it."""
    with ExitStack() as stack:

        def make(options: MosquittoOptions | None = None, *, start: bool = True) -> Mosquitto:
            server = stack.enter_context(running_mosquitto(toolchain, options))
            if start:
                server.start()
            return server

        yield make


@pytest.fixture
def make_alertmanager(toolchain: Toolchain) -> Iterator[MakeAlertmanager]:
    """Makes Alertmanagers that the test may stop and kill; all end with it."""
    with ExitStack() as stack:

        def make(options: AlertmanagerOptions | None = None, *, start: bool = True) -> Alertmanager:
            server = stack.enter_context(running_alertmanager(toolchain, options))
            if start:
                server.start()
            return server

        yield make
