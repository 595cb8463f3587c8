"""The demo's boards in a Grafana: in one that the environment names, or one started from PATH.

A demo without boards is still a demo: what goes wrong here is told and stops nothing.
"""

import os
import shutil
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom
from types import MappingProxyType
from typing import Final

from deploy.commands import BOARD_FILES, BOARDS, LOGIN, fill
from deploy.errors import ServerError
from deploy.files import keep_password, make_private_directory, write_private
from deploy.ports import check_free, keep_port
from deploy.pulse import fetch
from deploy.services import CHECKOUT, Service, run_step

URL_VARIABLE: Final = "GRAFANA_URL"
TOKEN_VARIABLE: Final = "GRAFANA_TOKEN"  # noqa: S105 - a name, not a secret
TOKEN_FILE_VARIABLE: Final = "GRAFANA_TOKEN_FILE"  # noqa: S105 - the same

WALL: Final = "d/srepok-wall"
"""Where a Grafana has the board to begin with."""

_GATEWAY_VARIABLE: Final = "DASHBOARDS_GATEWAY_URL"
_PROGRAMS: Final = (("grafana", "server"), ("grafana-server",))
_HOMES: Final = (Path("/usr/share/grafana"), Path("/usr/local/share/grafana"))
_SOURCES: Final = CHECKOUT / "deploy" / "compose" / "grafana" / "datasources.yml"
_STARTS_SECONDS: Final = 120
_STOP_SECONDS: Final = 30
_LOOK_SECONDS: Final = 0.1
_OK: Final = 200
_QUIET: Final = MappingProxyType(
    {
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_LOG_MODE": "console",
        # Whoever reaches this machine's own address may look, and no more.
        "GF_AUTH_ANONYMOUS_ENABLED": "true",
        "GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
        # Nothing is fetched from or sent to the internet.
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        "GF_NEWS_NEWS_FEED_ENABLED": "false",
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "GF_SECURITY_DISABLE_GRAVATAR": "true",
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """The database that the boards ask, and where they lead.

    Attributes:
        url: of the login `grafana`.
        port: the server's.
        database: its name.
        owner: settings with which the owner makes that login.
        gateway: where the boards' links to it lead, if the environment names no other place.
    """

    url: str
    port: int
    database: str
    owner: Mapping[str, str]
    gateway: str

    def links(self, environ: Mapping[str, str]) -> dict[str, str]:
        """Return the setting that says where links to the gateway lead."""
        return {_GATEWAY_VARIABLE: environ.get(_GATEWAY_VARIABLE, self.gateway)}


class GrafanaServer(Service):
    """A Grafana of this machine's own, with the boards from their files.

    Args:
        program: how it is called.
        home: where its pages and defaults are.
        source: the database.
        links: settings of the boards, with which they are written.
        password_file: with the password of the login `grafana`.
        directory: its data, its boards, its log and its password go here.

    Attributes:
        port: on 127.0.0.1; the same after each start.
    """

    def __init__(
        self,
        program: tuple[str, ...],
        home: Path,
        source: Source,
        links: Mapping[str, str],
        password_file: Path,
        directory: Path,
    ) -> None:
        make_private_directory(directory)
        self.port = keep_port(directory / "port", SystemRandom())
        check_free(self.port, "grafana", directory / "port")
        admin = directory / "admin.password"
        keep_password(admin)
        boards = directory / "boards"
        run_step(fill(BOARD_FILES, path=str(boards)), links)
        variables = {
            **_QUIET,
            "GF_SERVER_HTTP_PORT": str(self.port),
            "GF_SECURITY_ADMIN_PASSWORD__FILE": str(admin),
            "GF_PATHS_DATA": str(directory / "data"),
            "GF_PATHS_LOGS": str(directory / "logs"),
            "GF_PATHS_PLUGINS": str(directory / "plugins"),
            "GF_PATHS_PROVISIONING": str(_provision(source, boards, password_file, directory)),
        }
        super().__init__("grafana", (), variables, directory / "grafana.log")
        self._command = [*program, "--homepath", str(home)]

    def answers(self) -> bool:
        """Whether it answers."""
        return fetch(self.port, "api/health")[0] == _OK

    def ready(self) -> bool:
        """Whether it says that it does its work."""
        return self.answers()

    def wait_until_ready(self) -> None:
        """Wait until it answers; its first start makes a database of its own.

        Raises:
            ServerError: it has ended, or does not answer in time.
        """
        deadline = time.monotonic() + _STARTS_SECONDS
        while not self.ready():
            self.check()
            if time.monotonic() > deadline:
                raise ServerError(f"grafana does not answer after {_STARTS_SECONDS} s: {self.log}")
            time.sleep(_LOOK_SECONDS)


@dataclass(frozen=True, slots=True)
class Boards:
    """What became of the boards.

    Attributes:
        told: what to tell a person.
        shown: a Grafana has them.
        server: the Grafana, if it was started here.
    """

    told: str
    shown: bool = False
    server: GrafanaServer | None = None


def show_boards(
    stack: ExitStack, source: Source, directory: Path, environ: Mapping[str, str] = os.environ
) -> Boards:
    """Bring the boards to a Grafana, if there is one.

    Args:
        stack: stops the server.
        source: the database that the boards ask.
        directory: of the demo's files.
        environ: may name a Grafana and its token.
    """
    try:
        if environ.get(URL_VARIABLE):
            return Boards(_pushed(source, directory, environ), shown=True)
        program, home = _program(environ), _home(environ)
        if program is None:
            return Boards(_how_to_get_one())
        if home is None:
            told = f"a Grafana is on PATH, but not its files: set GF_PATHS_HOME. {_NO_BOARDS}"
            return Boards(told)
        login, links = make_login(source, directory), source.links(environ)
        server = GrafanaServer(program, home, source, links, login, directory / "grafana")
        server.start()
        stack.callback(server.stop, _STOP_SECONDS)
        server.wait_until_ready()
    except (ServerError, OSError) as error:
        return Boards(f"{error}\n{_NO_BOARDS}")
    admin = directory / "grafana" / "admin.password"
    told = f"  http://127.0.0.1:{server.port}/{WALL}   (to change things: admin, {admin})"
    return Boards(told, shown=True, server=server)


_NO_BOARDS: Final = "So no Grafana shows the boards; the demo goes on without."


def _pushed(source: Source, directory: Path, environ: Mapping[str, str]) -> str:
    url = environ[URL_VARIABLE].rstrip("/")
    settings = source.links(environ) | {
        "DASHBOARDS_GRAFANA_URL": url,
        "DASHBOARDS_TOKEN_FILE": str(_token_file(directory, environ)),
    }
    command = fill(BOARDS, database=source.url, path=str(make_login(source, directory)))
    said = run_step(command, settings).rstrip().splitlines()
    told = [line for line in said if line.startswith("data source")] + said[-1:]
    return "\n".join([f"  {url}/{WALL}", *(f"  {line}" for line in told)])


def _token_file(directory: Path, environ: Mapping[str, str]) -> Path:
    if named := environ.get(TOKEN_FILE_VARIABLE):
        return Path(named).absolute()
    token = environ.get(TOKEN_VARIABLE)
    if not token:
        raise ServerError(
            f"{URL_VARIABLE} is set, and neither {TOKEN_FILE_VARIABLE} nor {TOKEN_VARIABLE}: make "
            "a token for a service account with the role Admin, or Editor if the data source "
            "`srepok` is there already"
        )
    path = directory / "grafana.token"
    write_private(path, f"{token}\n")
    return path


def make_login(source: Source, directory: Path) -> Path:
    """Make the login that may only read; return the file with its password.

    Raises:
        ServerError: it cannot be made.
    """
    path = directory / "grafana-login.password"
    keep_password(path)
    run_step(fill(LOGIN, name="grafana", role="grafana", path=str(path)), source.owner)
    return path


def _program(environ: Mapping[str, str]) -> tuple[str, ...] | None:
    for name, *arguments in _PROGRAMS:
        found = shutil.which(name, path=environ.get("PATH"))
        if found is not None:
            return found, *arguments
    return None


def _home(environ: Mapping[str, str]) -> Path | None:
    """Return where a Grafana has its files; an unpacked archive has them beside `bin`."""
    program = _program(environ)
    unpacked = [] if program is None else [Path(program[0]).resolve().parent.parent]
    named = [Path(environ["GF_PATHS_HOME"])] if "GF_PATHS_HOME" in environ else []
    for home in (*named, *unpacked, *_HOMES):
        if (home / "conf" / "defaults.ini").exists():
            return home
    return None


def _provision(source: Source, boards: Path, password_file: Path, directory: Path) -> Path:
    """Write the files from which it takes data source and boards; return their directory.

    They are as docker-compose has them, with this machine's places.
    """
    provisioning = directory / "provisioning"
    providers = boards / "provisioning" / "dashboards.yml"
    made = {
        "datasources": _SOURCES.read_text(encoding="utf-8")
        .replace("url: database:5432", f"url: 127.0.0.1:{source.port}")
        .replace("database: srepok", f"database: {source.database}")
        .replace("/run/secrets/database_grafana", str(password_file)),
        "dashboards": providers.read_text(encoding="utf-8").replace(
            "/etc/srepok/dashboards", str(boards / "dashboards")
        ),
    }
    for kind, text in made.items():
        make_private_directory(provisioning / kind)
        write_private(provisioning / kind / "srepok.yml", text)
    return provisioning


def _how_to_get_one() -> str:
    return f"""\
There is no Grafana here. With one of version 12.4 or 13 the next demo shows the boards in it: have
grafana-server on PATH, or set {URL_VARIABLE} and {TOKEN_FILE_VARIABLE} (docs/dashboards.md)."""
