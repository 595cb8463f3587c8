"""Where the database is and who we are there; and a connection that notices a dead server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Final

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from runtime.database.failures import FailureKind, classify
from runtime.settings import Duration, Settings, SettingsError, read_secret

__all__ = [
    "DatabaseAddress",
    "DatabaseSettings",
    "FailureKind",
    "classify",
    "connect",
    "connection_parameters",
]

_FORM: Final = "expected postgresql://USER@HOST:PORT/DATABASE"
_SCHEMES: Final = ("postgresql://", "postgres://")

_KEEPALIVES: Final = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_TCP_USER_TIMEOUT: Final = timedelta(seconds=15)
"""Sent bytes that nobody confirms for so long end the connection."""


class DatabaseSettings(Settings):
    """How to reach the database.

    Attributes:
        url: `postgresql://user@host:port/database`, with libpq's parameters behind a `?`. A
            password may stand in it, but a file keeps it out of process listings.
        password_file: a file with the password.
        connect_timeout: for one attempt to connect.
    """

    prefix: ClassVar[str] = "DATABASE_"

    url: SecretStr
    password_file: Path | None = None
    connect_timeout: Duration = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """One database, and the user we are there; `str()` and `repr()` of it are safe to log."""

    parameters: Mapping[str, str] = field(repr=False)
    password: SecretStr | None = field(default=None, repr=False)
    connect_timeout: timedelta = timedelta(seconds=5)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        """Derive the name that logs and errors call it by."""
        user, host, port, database = (
            self.parameters.get(key, "") for key in ("user", "host", "port", "dbname")
        )
        place = f"[{host}]" if ":" in host else host
        at = f"{user}@{place}" if user else place
        name = f"postgresql://{at}{f':{port}' if port else ''}/{database}"
        object.__setattr__(self, "name", name)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def from_url(cls, url: str) -> "DatabaseAddress":
        """Parse a URL; see `from_settings`."""
        return cls.from_settings(DatabaseSettings(url=SecretStr(url)))

    @classmethod
    def from_settings(cls, settings: DatabaseSettings) -> "DatabaseAddress":
        """Parse the URL and read the password file.

        Raises:
            SettingsError: naming the variable; the URL is shown without what may be a secret.
        """
        url = settings.url.get_secret_value()
        if not url.startswith(_SCHEMES):
            raise SettingsError(f"DATABASE_URL={_without_secrets(url)!r}: {_FORM}")
        try:
            parsed = conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # libpq's own message repeats the part it stumbled over.
            shown = _without_secrets(url)
            raise SettingsError(f"DATABASE_URL={shown!r}: not a PostgreSQL URL; {_FORM}") from None
        parameters = {key: str(value) for key, value in parsed.items() if value is not None}
        inline = parameters.pop("password", None)
        password = SecretStr(inline) if inline else None
        if settings.password_file:
            if password:
                raise SettingsError(
                    "DATABASE_URL holds a password and DATABASE_PASSWORD_FILE is set: use one"
                )
            password = read_secret(settings.password_file, "DATABASE_PASSWORD_FILE")
        return cls(parameters, password, settings.connect_timeout)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "DatabaseAddress":
        """Read the `DATABASE_` variables; see `from_settings`."""
        return cls.from_settings(DatabaseSettings.from_environment(environ))


def _without_secrets(url: str) -> str:
    """Return what of a URL is safe to show: a scheme, a user, a place; no password, no parameters.

    What does not look like a URL may be anything, a password among it.
    """
    scheme, colon, rest = url.partition("://")
    if not colon or not scheme.isalpha():
        return "..."
    before, at, place = rest.rpartition("@")
    user = before.partition(":")[0].partition("?")[0]
    host, slash, path = place.partition("?")[0].partition("/")
    name, port_colon, port = host.partition(":")
    # Where the @ was forgotten, what looks like a port is a password.
    shown_port = port_colon + (port if port.isdecimal() else "..." * bool(port_colon))
    return f"{scheme}://{user}{':...' * (':' in before)}{at}{name}{shown_port}{slash}{path}"


async def connect(
    address: DatabaseAddress,
    application_name: str,
    *,
    statement_timeout: timedelta | None = None,
) -> AsyncConnection:
    """Connect; each statement commits by itself outside of `connection.transaction()`.

    Times come back in UTC whatever the server is set to.

    Args:
        address: the database.
        application_name: what the server's lists of connections call us.
        statement_timeout: the server's limit for one statement; the login's own by default.

    Raises:
        psycopg.OperationalError: the server is away, or does not let us in.
    """
    parameters = connection_parameters(
        address, application_name, statement_timeout=statement_timeout
    )
    return await AsyncConnection.connect("", autocommit=True, **parameters)


def connection_parameters(
    address: DatabaseAddress,
    application_name: str,
    *,
    statement_timeout: timedelta | None = None,
    read_only: bool = False,
) -> dict[str, Any]:
    """Return libpq's parameters of a connection, the password among them; see `connect`.

    Args:
        address: the database.
        application_name: what the server's lists of connections call us.
        statement_timeout: the server's limit for one statement; the login's own by default.
        read_only: transactions are read-only unless they ask for more.
    """
    options = [address.parameters.get("options", ""), "-c TimeZone=UTC"]
    if statement_timeout is not None:
        options.append(f"-c statement_timeout={_milliseconds(statement_timeout)}")
    if read_only:
        options.append("-c default_transaction_read_only=on")
    parameters: dict[str, Any] = {
        **_KEEPALIVES,
        "tcp_user_timeout": _milliseconds(_TCP_USER_TIMEOUT),
        # libpq counts whole seconds, and takes 0 for "for ever".
        "connect_timeout": max(1, round(address.connect_timeout.total_seconds())),
        "application_name": application_name,
        **address.parameters,
        "options": " ".join(filter(None, options)),
    }
    if address.password is not None:
        parameters["password"] = address.password.get_secret_value()
    return parameters


def _milliseconds(duration: timedelta) -> int:
    return round(duration.total_seconds() * 1000)
