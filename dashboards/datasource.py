"""The one data source of all boards."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import SecretStr

from dashboards.errors import DataSourceError

UID: Final = "srepok"
"""Its uid, fixed in deploy/compose/grafana/datasources.yml too."""

TYPE: Final = "grafana-postgresql-datasource"
"""Its type in Grafana 12 and 13."""

_TYPES: Final = frozenset({TYPE, "postgres"})
"""The second is its name of old, which a Grafana still takes for the first."""

REFERENCE: Final[dict[str, Any]] = {"type": TYPE, "uid": UID}
"""How dashboards name it."""

_PORT: Final = 5432


def data_source(database: str, password: SecretStr | None) -> dict[str, Any]:
    """Return the data source of a database, as the API takes it.

    Args:
        database: `postgresql://USER@HOST:PORT/DATABASE`, as Grafana's server reaches it.
        password: of the user.

    Raises:
        DataSourceError: it is no such address.
    """
    url = urlsplit(database)
    if url.password:
        raise DataSourceError("no password belongs into the database's address; it has its file")
    name = url.path.strip("/")
    if url.scheme not in {"postgresql", "postgres"} or not (url.hostname and url.username and name):
        raise DataSourceError(
            f"{database!r}: an address such as postgresql://grafana@HOST:5432/srepok is needed"
        )
    secret = {} if password is None else {"password": password.get_secret_value()}
    return {
        "name": "Srepok",
        "uid": UID,
        "type": TYPE,
        "access": "proxy",
        "url": f"{url.hostname}:{url.port or _PORT}",
        "user": url.username,
        "jsonData": {
            "database": name,
            "sslmode": "disable"
            if url.hostname in {"127.0.0.1", "localhost", "::1"}
            else "require",
            "postgresVersion": 1500,
            "timescaledb": True,
            "maxOpenConns": 10,
            "maxIdleConns": 2,
            "connMaxLifetime": 14400,
        },
        "secureJsonData": secret,
    }


def leads_to(source: Mapping[str, Any]) -> str:
    """Return the database that a data source leads to, as `HOST:PORT/DATABASE`."""
    settings = source.get("jsonData") or {}
    return f"{source.get('url', '?')}/{settings.get('database', source.get('database', '?'))}"


def unfit(source: Mapping[str, Any]) -> str | None:
    """Return why the boards cannot ask a data source, behind its name; none: they can."""
    kind, settings = source.get("type"), source.get("jsonData")
    if kind not in _TYPES:
        return f"is of the type {kind!r}, not {TYPE!r}"
    # Without any settings, this token may not see them.
    if settings and not settings.get("timescaledb"):
        return "has timescaledb off, which the queries need"
    return None
