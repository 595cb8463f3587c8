"""A PostgreSQL server with TimescaleDB, in a directory of its own."""

import os
import random
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGQUIT, SIGSTOP, SIGTERM
from types import MappingProxyType
from typing import Final, Literal

from deploy.errors import ServerError
from deploy.locks import locked
from deploy.ports import check_free
from deploy.postgres_directory import OWNER, SUPERUSER, PostgresDirectory
from deploy.processes import Launch, Process, find_processes
from deploy.programs import POSTGRES_BIN
from deploy.server import Server
from deploy.toolchain import Toolchain

StopMode = Literal["smart", "fast", "immediate"]
"""Wait for clients to leave; end their sessions; end without a checkpoint."""

_STOP_SIGNALS: Final = MappingProxyType({"smart": SIGTERM, "fast": SIGINT, "immediate": SIGQUIT})
_LOOK_SECONDS: Final = 0.05


class Postgres(Server):
    """One server; a running one is taken over, whoever started it.

    Args:
        toolchain: has the programs.
        directory: of this cluster; made at the first start.
        port: on 127.0.0.1; by default a free one is chosen once and kept.
        settings: of `postgresql.conf`, in place of those in deploy/local.
        chance: chooses the port.
    """

    title = "PostgreSQL"
    name = program = "postgres"

    def __init__(
        self,
        toolchain: Toolchain,
        directory: Path,
        port: int | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
        chance: random.Random | None = None,
    ) -> None:
        super().__init__(directory, port, chance)
        self._toolchain = toolchain
        self._files = PostgresDirectory(self.directory, settings)

    @property
    def greeting(self) -> bytes:
        """A request for TLS: the server says yes or no in one byte, to anybody."""
        return b"\x00\x00\x00\x08\x04\xd2\x16\x2f"

    @property
    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return self._files.exists

    def password_file(self, user: str = OWNER) -> Path:
        """Return the file, mode 0600, with the password of `srepok` or `postgres`."""
        return self._files.password_file(user)

    def url(self, database: str, user: str = OWNER, *, with_password: bool = False) -> str:
        """Return the database's address; without the password it is safe to show."""
        secret = ""
        if with_password:
            secret = ":" + self.password_file(user).read_text(encoding="utf-8").rstrip("\n")
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        """Make the cluster, with its users and passwords, unless it exists; start nothing.

        Raises:
            ServerError: initdb failed; the message has what it said.
        """
        with locked(self._files.path):
            if not self._files.exists:
                self._files.make(self._toolchain)

    def start(self, timeout_seconds: float = 60) -> None:
        """Start the server unless it runs; return when it takes connections.

        After a crash the time includes recovery, which grows with what was written last.

        Raises:
            PortTakenError: another program has its port.
            ServerError: it does not come up; the message ends with its last log lines.
        """
        files = self._files
        with locked(files.path):
            if not files.exists:
                files.make(self._toolchain)
            if not self._comes_up(timeout_seconds):
                files.configure(self.port)
                self._clear_remains()
                check_free(self.port, f"PostgreSQL in {files.path}", self.port_file)
                self._launch(timeout_seconds)

    def stop(self, mode: StopMode = "fast", timeout_seconds: float = 60) -> None:
        """Stop the server if it runs; return when it has ended.

        Raises:
            ServerError: it goes on after the time; the message says what is left to do.
        """
        self.end(timeout_seconds, _STOP_SIGNALS[mode], f"a {mode} stop")

    def kill(self) -> None:
        """End every process of the cluster as a crash would: nothing is written, nobody told."""
        main = self.find()
        if main is not None:
            # A stopped main process makes no more children while they are looked for.
            main.signal(SIGSTOP)
            main.close()
        while found := find_processes(self.program, self._files.data):
            for process in found:
                process.signal(SIGKILL)
            for process in found:
                process.wait(10)
                process.close()

    def create_database(self, name: str, *, exist_ok: bool = False) -> None:
        """Create a database that `srepok` owns.

        Raises:
            ServerError: the server refuses; the message has its words.
        """
        existing = self.psql("SELECT datname FROM pg_database").splitlines()
        if exist_ok and name in existing:
            return
        self.psql(f"CREATE DATABASE {_identifier(name)} OWNER {OWNER}")

    def psql(self, script: str, database: str = SUPERUSER, user: str = SUPERUSER) -> str:
        """Run SQL; return the rows, one a line, fields parted by `|`.

        Raises:
            ServerError: an error in it, with the server's words; what follows is not run.
        """
        argv, variables = self._psql(["-qAtf", "-"], database, user)
        return self._toolchain.run(argv, cwd=self._files.path, text=script, variables=variables)

    def psql_command(
        self, arguments: Sequence[str], database: str, cwd: Path
    ) -> tuple[list[str], dict[str, str]]:
        """Return the command and the environment of a psql for a person, as the owner.

        Args:
            arguments: more of psql's own.
            database: to connect to.
            cwd: the person's working directory, for files that are read and written.
        """
        argv, variables = self._psql(arguments, database, OWNER)
        variables["PSQL_HISTORY"] = str(self._files.path / "psql_history")
        variables["PAGER"] = "less"
        variables["TERM"] = os.environ.get("TERM", "dumb")
        writable = [self._files.path]
        command = self._toolchain.command(argv, cwd=cwd, writable=writable)
        return command, self._toolchain.environment(**variables)

    def _psql(
        self, arguments: Sequence[str], database: str, user: str
    ) -> tuple[list[str], dict[str, str]]:
        address = self.url(database, user)
        argv = [f"{POSTGRES_BIN}/psql", "-X", "-v", "ON_ERROR_STOP=1", "-d", address, *arguments]
        return argv, {"PGPASSFILE": str(self._files.pass_file)}

    def _comes_up(self, timeout_seconds: float) -> bool:
        """Wait for a main process that is there already; tell whether it takes connections.

        It may still be starting, because whoever started it was interrupted, or be on its way
        out; then it ends here, and another one is to be started.
        """
        main = self.find()
        if main is None:
            return False
        deadline = time.monotonic() + timeout_seconds
        try:
            while not self.ready():
                if main.wait(_LOOK_SECONDS):
                    return False
                if time.monotonic() > deadline:
                    raise ServerError(
                        f"PostgreSQL in {self._files.path} (pid {main.pid}) runs but takes no "
                        f"connections after {timeout_seconds:.0f} s; see {self.log}"
                    )
        finally:
            main.close()
        return True

    def _launch(self, timeout_seconds: float) -> None:
        files = self._files
        command = self._toolchain.command(
            [f"{POSTGRES_BIN}/postgres", "-D", str(files.data)], cwd=files.path, lasting=True
        )
        launch = Launch(command, self.log, self._toolchain.environment())
        try:
            self.wait_until(self.ready, "take connections", timeout_seconds, launch)
        finally:
            launch.close()

    def ready(self) -> bool:
        """Whether it takes connections, recovery done."""
        noted = self._files.read_pid_file()
        if noted is None or noted[1] != "ready":
            return False
        return super().ready()

    def find(self) -> Process | None:
        """Return the main process: the one in the pid file, if it is really ours."""
        noted = self._files.read_pid_file()
        main = None
        for process in find_processes(self.program, self._files.data):
            if noted and process.pid == noted[0]:
                main = process
            else:
                process.close()
        return main

    def _clear_remains(self) -> None:
        """Make way after a crash, of the server or of the machine."""
        # What the main process left behind ends by itself, but perhaps not at once.
        self.kill()
        noted = self._files.read_pid_file()
        # PostgreSQL sees for itself that a pid is gone. It gives up if the number has been
        # given to somebody else meanwhile, as happens after a reboot: then the note is stale.
        if noted and Path(f"/proc/{noted[0]}").exists():
            self._files.pid_file.unlink()


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
