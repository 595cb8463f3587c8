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
from deploy.files import read_tail
from deploy.locks import locked
from deploy.ports import check_free
from deploy.postgres_directory import OWNER, SUPERUSER, PostgresDirectory
from deploy.processes import Launch, Process, find_processes, listens
from deploy.programs import POSTGRES_BIN
from deploy.status import ServerStatus
from deploy.toolchain import Toolchain

StopMode = Literal["smart", "fast", "immediate"]
"""Wait for clients to leave; end their sessions; end without a checkpoint."""

_STOP_SIGNALS: Final = MappingProxyType({"smart": SIGTERM, "fast": SIGINT, "immediate": SIGQUIT})
_PROGRAM: Final = "postgres"
_LOOK_SECONDS: Final = 0.05


class Postgres:
    """One server; a running one is taken over, whoever started it.

    Args:
        toolchain: has the programs.
        directory: of this cluster; made at the first start.
        port: on 127.0.0.1; by default a free one is chosen once and kept.
        settings: of `postgresql.conf`, in place of those in deploy/local.
        chance: chooses the port.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        directory: Path,
        port: int | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
        chance: random.Random | None = None,
    ) -> None:
        self._toolchain = toolchain
        chance = chance or random.SystemRandom()
        self._files = PostgresDirectory(directory.resolve(), port, settings, chance)

    @property
    def log(self) -> Path:
        """The server's log file."""
        return self._files.log

    @property
    def port(self) -> int:
        """The port of 127.0.0.1 that it listens on."""
        return self._files.port

    @property
    def pid(self) -> int | None:
        """The main process's number; None if the server does not run."""
        main = self._main()
        if main is None:
            return None
        main.close()
        return main.pid

    @property
    def running(self) -> bool:
        """Whether its main process lives."""
        return self.pid is not None

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
                files.configure()
                self._clear_remains()
                check_free(files.port, f"PostgreSQL in {files.path}", files.port_file)
                self._launch(timeout_seconds)

    def stop(self, mode: StopMode = "fast", timeout_seconds: float = 60) -> None:
        """Stop the server if it runs; return when it has ended.

        Raises:
            ServerError: it goes on after the time; the message says what is left to do.
        """
        main = self._main()
        if main is None:
            return
        try:
            main.signal(_STOP_SIGNALS[mode])
            if not main.wait(timeout_seconds):
                raise ServerError(
                    f"PostgreSQL in {self._files.path} (pid {main.pid}) still runs "
                    f"{timeout_seconds:.0f} s after a {mode} stop; see {self.log}"
                )
        finally:
            main.close()

    def kill(self) -> None:
        """End every process of the cluster as a crash would: nothing is written, nobody told."""
        main = self._main()
        if main is not None:
            # A stopped main process makes no more children while they are looked for.
            main.signal(SIGSTOP)
            main.close()
        while found := find_processes(_PROGRAM, self._files.data):
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

    def status(self) -> ServerStatus:
        """Return what there is to say about the server."""
        main = self._main()
        if main is not None:
            main.close()
        return ServerStatus(
            name=_PROGRAM,
            pid=main.pid if main else None,
            started_at=main.started_at if main else None,
            port=self.port if self._files.exists else None,
            directory=self._files.path,
        )

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
        main = self._main()
        if main is None:
            return False
        deadline = time.monotonic() + timeout_seconds
        try:
            while not self._ready():
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
        launch = Launch(command, files.log, self._toolchain.environment())
        deadline = time.monotonic() + timeout_seconds
        try:
            while not self._ready():
                if launch.wait(_LOOK_SECONDS):
                    raise ServerError(self._failure("ended while it started", launch))
                if time.monotonic() > deadline:
                    what = f"takes no connections after {timeout_seconds:.0f} s"
                    raise ServerError(self._failure(what, launch))
        finally:
            launch.close()

    def _failure(self, what: str, launch: Launch) -> str:
        said = read_tail(self.log, launch.log_start)
        return f"PostgreSQL in {self._files.path} {what}. Its log, {self.log}, ends:\n{said}"

    def _ready(self) -> bool:
        noted = self._files.read_pid_file()
        if noted is None or noted[1] != "ready":
            return False
        pid = self.pid
        return pid is not None and listens(pid, self.port)

    def _main(self) -> Process | None:
        """Find the main process: the one in the pid file, if it is really ours."""
        noted = self._files.read_pid_file()
        main = None
        for process in find_processes(_PROGRAM, self._files.data):
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
