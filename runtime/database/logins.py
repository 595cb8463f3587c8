"""Logins: PostgreSQL users of the services, each a member of one group of rights."""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from psycopg import AsyncConnection, sql
from pydantic import SecretStr

from runtime.database.errors import LoginError


@dataclass(frozen=True, slots=True)
class Role:
    """What a login of one kind may do besides what its group is granted.

    Attributes:
        group: the role that migrations grant rights to.
        connection_limit: connections at a time.
        settings: what every session begins with.
    """

    group: str
    connection_limit: int
    settings: tuple[tuple[str, str], ...]


ROLES: Final = MappingProxyType(
    {
        # A writer never waits long inside the database; it backs off and comes again.
        "ingest": Role("srepok_ingest", 16, (("statement_timeout", "60s"),)),
        "rules": Role("srepok_rules", 16, (("statement_timeout", "5min"),)),
        "gateway": Role("srepok_gateway", 32, (("statement_timeout", "30s"),)),
        # A board that asks for a year of raw rows must not slow the writers down.
        "grafana": Role(
            "srepok_grafana",
            32,
            (("statement_timeout", "15s"), ("default_transaction_read_only", "on")),
        ),
    }
)
"""Kinds of login by name."""

_COMMON: Final = (("TimeZone", "UTC"), ("idle_in_transaction_session_timeout", "60s"))


async def make_login(
    connection: AsyncConnection, name: str, role: Role, password: SecretStr
) -> None:
    """Make a login, or bring it to this role's settings and this password.

    The password is hashed here, so the server's log never sees it.

    Raises:
        LoginError: the name belongs to something else than a login of this role.
        psycopg.Error: we may not make roles.
    """
    async with connection.transaction():
        await _check_name(connection, name, role)
        hashed = connection.pgconn.encrypt_password(
            password.get_secret_value().encode(), name.encode(), b"scram-sha-256"
        )
        user, group = sql.Identifier(name), sql.Identifier(role.group)
        options = sql.SQL("LOGIN CONNECTION LIMIT {} PASSWORD {}").format(
            sql.Literal(role.connection_limit), sql.Literal(hashed.decode())
        )
        verb = sql.SQL("ALTER" if await _groups(connection, name) is not None else "CREATE")
        await connection.execute(sql.SQL("{} ROLE {} {}").format(verb, user, options))
        await connection.execute(sql.SQL("GRANT {} TO {}").format(group, user))
        for setting, value in (*_COMMON, *role.settings):
            await connection.execute(
                sql.SQL("ALTER ROLE {} SET {} = {}").format(
                    user, sql.Identifier(setting), sql.Literal(value)
                )
            )


async def _check_name(connection: AsyncConnection, name: str, role: Role) -> None:
    """Refuse to take over a user that somebody made for another purpose."""
    if name.startswith(("pg_", "srepok_")):
        raise LoginError(f"login {name!r}: names with pg_ and srepok_ in front are groups")
    groups = await _groups(connection, name)
    if groups is not None and groups != {role.group}:
        found = ", ".join(sorted(groups)) or "no group"
        raise LoginError(
            f"login {name!r} exists already, with {found} instead of {role.group}: "
            "choose another name, or drop it first"
        )


async def _groups(connection: AsyncConnection, name: str) -> set[str] | None:
    """Return the roles that a role is a direct member of; None if there is no such role."""
    cursor = await connection.execute(
        """
        SELECT array_agg(granted.rolname::text) FILTER (WHERE granted.oid IS NOT NULL)
        FROM pg_roles AS member
        LEFT JOIN pg_auth_members AS membership ON membership.member = member.oid
        LEFT JOIN pg_roles AS granted ON granted.oid = membership.roleid
        WHERE member.rolname = %s
        GROUP BY member.oid
        """,
        [name],
    )
    row = await cursor.fetchone()
    return None if row is None else set(row[0] or ())
