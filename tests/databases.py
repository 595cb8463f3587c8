"""Fixtures: databases on the test server, each migrated, each a test's own.

A template is migrated once a session and cloned for each test, which takes a tenth of the
time of migrating. TimescaleDB has a process connected to every database with the extension,
and a template must have no connections: so the template takes none once it is made. In the
clones that process is stopped, so that no policy runs while a test looks. A clone has all
that is inside of its template, but not the grants on the database itself.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit
from uuid import uuid4

import pytest_asyncio
from psycopg import AsyncConnection, sql

from runtime.database.capabilities import Capabilities, detect_capabilities
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.migrate import migrate

ConnectAs = Callable[[str], Awaitable[AsyncConnection]]
"""Connects to the test's database with the rights of a group, such as srepok_ingest."""


@pytest_asyncio.fixture(scope="session")
async def database_template(database_server_url: str) -> AsyncIterator[str]:
    """Name of a migrated database that takes no connections."""
    async with _database(database_server_url) as name:
        async with await _connect(_url_of(database_server_url, name)) as connection:
            await migrate(connection)
        await _administer(database_server_url, "ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        # The process that looks after the database may have connected in the meantime.
        await _disconnect(database_server_url, name)
        yield name


@pytest_asyncio.fixture
async def database_url(database_server_url: str, database_template: str) -> AsyncIterator[str]:
    """URL of a migrated, empty database; its user may do anything."""
    async with clone_database(database_server_url, database_template) as url:
        yield url


@pytest_asyncio.fixture
async def empty_database_url(database_server_url: str) -> AsyncIterator[str]:
    """URL of a database in which nothing was made, not even the extension."""
    async with make_database(database_server_url) as url:
        yield url


@pytest_asyncio.fixture
async def connection(database_url: str) -> AsyncIterator[AsyncConnection]:
    """A connection to `database_url`, as the owner of everything; commits by itself."""
    async with await _connect(database_url) as opened:
        yield opened


@pytest_asyncio.fixture
async def capabilities(connection: AsyncConnection) -> Capabilities:
    """What the test server can do."""
    return await detect_capabilities(connection)


@pytest_asyncio.fixture
async def connect_as(database_url: str) -> AsyncIterator[ConnectAs]:
    """Connects to `database_url` with the rights of a group; closed after the test."""
    async with AsyncExitStack() as stack:

        async def connect_with_rights(group: str) -> AsyncConnection:
            opened = await stack.enter_async_context(await _connect(database_url))
            await opened.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(group)))
            return opened

        yield connect_with_rights


@asynccontextmanager
async def clone_database(server_url: str, template: str) -> AsyncIterator[str]:
    """Make a database from a migrated template; gives its URL, and drops it in the end."""
    async with _database(server_url, template=template) as name:
        url = _url_of(server_url, name)
        async with await _connect(url) as connection:
            await _stop_policies(connection)
        yield url


@asynccontextmanager
async def make_database(server_url: str) -> AsyncIterator[str]:
    """Make a database in which nothing is; gives its URL, and drops it in the end."""
    async with _database(server_url) as name:
        yield _url_of(server_url, name)


@asynccontextmanager
async def _database(server_url: str, template: str | None = None) -> AsyncIterator[str]:
    name = f"srepok_test_{uuid4().hex[:12]}"
    if template is None:
        await _administer(server_url, "CREATE DATABASE {}", name)
    else:
        await _administer(server_url, "CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        yield name
    finally:
        await _administer(server_url, "DROP DATABASE {} WITH (FORCE)", name)


async def _administer(server_url: str, statement: str, *names: str) -> None:
    async with await _connect(server_url) as connection:
        await connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


async def _disconnect(server_url: str, name: str) -> None:
    async with await _connect(server_url) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )


async def _stop_policies(connection: AsyncConnection) -> None:
    await connection.execute("SELECT _timescaledb_functions.stop_background_workers()")


async def _connect(url: str) -> AsyncConnection:
    return await connect(DatabaseAddress.from_url(url), "srepok-tests")


def _url_of(server_url: str, database: str) -> str:
    return urlsplit(server_url)._replace(path=f"/{database}").geturl()
