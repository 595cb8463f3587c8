"""A Mosquitto broker, in a directory of its own."""

import random
from collections.abc import Mapping
from pathlib import Path
from signal import SIGHUP
from typing import Final

from deploy.errors import ServerError
from deploy.files import make_private_directory, read_tail, write_private
from deploy.locks import locked
from deploy.mosquitto_options import ACL_FILE, SQLITE_PLUGIN, MosquittoOptions
from deploy.mosquitto_users import Users
from deploy.ports import check_free
from deploy.processes import Launch, listens
from deploy.programs import MOSQUITTO
from deploy.server import Server
from deploy.toolchain import Toolchain

_RELOADED: Final = "Reloading config."
_HEALTH: Final = "health"
_CONNECT: Final = 0x10
_DISCONNECT: Final = b"\xe0\x00"


class Mosquitto(Server):
    """One broker; a running one is taken over, whoever started it.

    Args:
        toolchain: has the programs.
        directory: of this broker; made at the first start.
        port: on 127.0.0.1; by default a free one is chosen once and kept.
        options: how it is set up.
        chance: chooses the port.
    """

    title = "Mosquitto"
    name = program = "mosquitto"

    def __init__(
        self,
        toolchain: Toolchain,
        directory: Path,
        port: int | None = None,
        options: MosquittoOptions | None = None,
        chance: random.Random | None = None,
    ) -> None:
        super().__init__(directory, port, chance)
        self._toolchain = toolchain
        self._options = options or MosquittoOptions()
        self._users = Users(self.directory)

    @property
    def greeting(self) -> bytes:
        """A login and a farewell of the user `health`."""
        word = self.password_file(_HEALTH).read_text(encoding="utf-8").rstrip("\n")
        # MQTT 3.1.1, a clean session of no name, user and password, keepalive of 30 s.
        parts = ("", _HEALTH, word)
        body = b"\x00\x04MQTT\x04\xc2\x00\x1e" + b"".join(map(_counted, parts))
        return bytes([_CONNECT, len(body)]) + body + _DISCONNECT

    def password_file(self, user: str) -> Path:
        """Return the file, mode 0600, with the password of one of our services' users.

        Raises:
            ServerError: that user is none of them.
        """
        return self._users.password_file(user)

    @property
    def users_file(self) -> Path:
        """The broker's password file."""
        return self.directory / "users"

    @property
    def pid_file(self) -> Path:
        """The file with the process's number, by which it is told to read that one again."""
        return self.directory / "pid"

    def variables(self, user: str) -> dict[str, str]:
        """Return what tells a service of ours to be this user, by TLS if the broker speaks it."""
        variables = {
            "MQTT_URL": self.url(user),
            "MQTT_PASSWORD_FILE": str(self.password_file(user)),
        }
        return variables | self.trust(user)

    def trust(self, user: str | None = None) -> dict[str, str]:
        """Return what has a client of ours use TLS; nothing if the broker speaks none.

        Args:
            user: in the address; None: each client has its own.
        """
        tls, ca = self._options.tls, self._options.trusted
        if tls is None or ca is None:
            return {}
        at = "" if user is None else f"{user}@"
        return {"MQTT_URL": f"mqtts://{at}127.0.0.1:{tls.port}", "MQTT_CA_FILE": str(ca)}

    def url(self, user: str, *, with_password: bool = False) -> str:
        """Return the broker's address; without the password it is safe to show."""
        secret = ""
        if with_password:
            secret = ":" + self.password_file(user).read_text(encoding="utf-8").rstrip("\n")
        return f"mqtt://{user}{secret}@127.0.0.1:{self.port}"

    def set_users(self, passwords: Mapping[str, str]) -> None:
        """Let these users in beside our services, and nobody else; a running broker is told news.

        Args:
            passwords: in clear, by user name; a device's user name is its code.

        Raises:
            ServerError: a name cannot be, or the broker does not reload.
        """
        make_private_directory(self.directory)
        self._tell(news=self._users.replace(passwords))

    def add_users(self, passwords: Mapping[str, str]) -> None:
        """Let these users in too, if they are not known yet; a running broker is told news.

        Args:
            passwords: in clear, by user name; a device's user name is its code.

        Raises:
            ServerError: a name cannot be, or the broker does not reload.
        """
        make_private_directory(self.directory)
        self._tell(news=self._users.add(passwords))

    def start(self, timeout_seconds: float = 30) -> None:
        """Start the broker unless it runs; return when it takes connections.

        Raises:
            PortTakenError: another program has its port.
            ServerError: it does not come up; the message ends with its last log lines.
        """
        with locked(self.directory):
            if self.running:
                self._check_tls()
                return
            self._configure()
            what = f"Mosquitto in {self.directory}"
            check_free(self.port, what, self.port_file)
            self._launch(timeout_seconds)

    def stop(self, timeout_seconds: float = 60) -> None:
        """Stop the broker if it runs, saving what it holds; return when it has ended.

        Raises:
            ServerError: it goes on after the time.
        """
        self.end(timeout_seconds)

    def restart(self) -> None:
        """Stop and start it."""
        self.stop()
        self.start()

    def reload(self, timeout_seconds: float = 10) -> None:
        """Have it read users and access list again; return when new connections obey them.

        Raises:
            ServerError: it does not run, or does not answer in time.
        """
        process = self.find()
        if process is None:
            raise ServerError(f"Mosquitto in {self.directory} does not run, so it cannot reload")
        start = self.log.stat().st_size
        process.signal(SIGHUP)
        process.close()
        # It says so first and reads then, but in one go: a connection after this line waits.
        self.wait_until(lambda: _RELOADED in read_tail(self.log, start), "reload", timeout_seconds)

    def _tell(self, *, news: bool) -> None:
        # Mosquitto 2.0.21 damages its list of sessions that end by time when it reloads before
        # those that it kept over a restart are taken up again. Later it then cuts off others.
        if news and self.running:
            self.reload()

    def _check_tls(self) -> None:
        pid, tls = self.pid, self._options.tls
        if pid is not None and tls is not None and not listens(pid, tls.port):
            raise ServerError(
                f"{self.title} in {self.directory} (pid {pid}) runs without TLS: stop it with"
                " python -m deploy down, and start it again"
            )

    def _configure(self) -> None:
        directory = self.directory
        make_private_directory(directory)
        make_private_directory(directory / "data")
        self._users.keep()
        write_private(directory / "acl", ACL_FILE.read_text(encoding="utf-8"))
        sqlite = self._toolchain.root.has(SQLITE_PLUGIN)
        text = self._options.render(directory, self.port, sqlite=sqlite)
        write_private(directory / "mosquitto.conf", text)

    def _launch(self, timeout_seconds: float) -> None:
        tls = self._options.tls
        command = self._toolchain.command(
            [MOSQUITTO, "-c", str(self.directory / "mosquitto.conf")],
            cwd=self.directory,
            writable=sorted({path.parent for path in tls.paths}) if tls else [],
            lasting=True,
        )
        launch = Launch(command, self.log, self._toolchain.environment())
        try:
            self.wait_until(self.ready, "take connections", timeout_seconds, launch)
        finally:
            launch.close()


def _counted(text: str) -> bytes:
    return len(text).to_bytes(2) + text.encode()
