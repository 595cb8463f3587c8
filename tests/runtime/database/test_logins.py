"""Logins: members of one group, made again without harm, never anybody else's user."""

from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from psycopg import AsyncConnection, sql
from pydantic import SecretStr

from runtime.database.errors import LoginError
from runtime.database.logins import ROLES, make_login

pytestmark = pytest.mark.servers

PASSWORD = SecretStr("a pass'word; with -- all sorts")


@pytest_asyncio.fixture
async def name(connection: AsyncConnection) -> AsyncIterator[str]:
    """A name that no user of the server has; dropped in the end, for users are the server's."""
    chosen = f"login-{uuid4().hex[:12]}"
    yield chosen
    await connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(chosen)))


async def describe(connection: AsyncConnection, name: str) -> tuple[bool, int, str, list[str]]:
    cursor = await connection.execute(
        """
        SELECT rolcanlogin, rolconnlimit, rolpassword, setconfig
        FROM pg_authid LEFT JOIN pg_db_role_setting ON setrole = pg_authid.oid
        WHERE rolname = %s
        """,
        [name],
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2], row[3]


async def test_a_board_login_reads_only_and_not_for_long(
    connection: AsyncConnection, name: str
) -> None:
    await make_login(connection, name, ROLES["grafana"], PASSWORD)

    can_login, limit, password, settings = await describe(connection, name)
    assert can_login
    assert limit == 32
    assert password.startswith("SCRAM-SHA-256$")
    assert {"statement_timeout=15s", "default_transaction_read_only=on"} <= set(settings)


async def test_a_login_made_again_takes_the_new_password(
    connection: AsyncConnection, name: str
) -> None:
    await make_login(connection, name, ROLES["ingest"], PASSWORD)
    first = await describe(connection, name)
    await make_login(connection, name, ROLES["ingest"], SecretStr("another"))
    second = await describe(connection, name)

    assert first[2] != second[2]
    assert first[3] == second[3]


async def test_a_login_has_the_rights_of_its_group(connection: AsyncConnection, name: str) -> None:
    await make_login(connection, name, ROLES["grafana"], PASSWORD)

    await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(name)))
    await connection.execute("SELECT * FROM link_reports")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await connection.execute("SELECT roll_up(1)")
    await connection.execute("RESET ROLE")


@pytest.mark.parametrize("role", ["grafana", "rules"])
async def test_a_login_of_another_role_is_left_alone(
    connection: AsyncConnection, name: str, role: str
) -> None:
    await make_login(connection, name, ROLES["ingest"], PASSWORD)
    before = await describe(connection, name)

    with pytest.raises(LoginError, match=rf"{name}.*srepok_ingest instead of srepok_{role}"):
        await make_login(connection, name, ROLES[role], SecretStr("another"))

    assert await describe(connection, name) == before


async def test_a_user_made_for_another_purpose_is_left_alone(connection: AsyncConnection) -> None:
    user = connection.info.user

    with pytest.raises(LoginError, match=f"'{user}' exists already, with no group"):
        await make_login(connection, user, ROLES["ingest"], PASSWORD)


@pytest.mark.parametrize("taken", ["srepok_ingest", "pg_monitor", "srepok_mine"])
async def test_names_of_groups_are_refused(connection: AsyncConnection, taken: str) -> None:
    with pytest.raises(LoginError, match=f"'{taken}'"):
        await make_login(connection, taken, ROLES["ingest"], PASSWORD)


async def test_the_password_never_reaches_the_server_in_clear(
    connection: AsyncConnection, name: str
) -> None:
    notices: list[str] = []
    connection.add_notice_handler(lambda notice: notices.append(str(notice.message_primary)))
    await connection.execute("SET log_statement = 'all'")
    await connection.execute("SET client_min_messages = 'log'")

    await make_login(connection, name, ROLES["ingest"], PASSWORD)

    assert any("CREATE ROLE" in notice for notice in notices)
    assert not any("pass'word" in notice or "pass''word" in notice for notice in notices)
