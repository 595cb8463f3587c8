"""One PostgreSQL cluster's directory: what is where in it, and how it is made."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deploy.files import keep_password, make_private_directory, write_private
from deploy.programs import POSTGRES_BIN
from deploy.scram import scram_verifier
from deploy.toolchain import Toolchain

SUPERUSER: Final = "postgres"
OWNER: Final = "srepok"
"""Owns our databases and runs the migrations; makes roles, for they make some; no superuser."""

_LOCAL: Final = Path(__file__).with_name("local")


class PostgresDirectory:
    """The files of one cluster; `data` in it is PostgreSQL's own.

    Args:
        path: the directory; made, open to its owner only, when the cluster is.
        settings: of `postgresql.conf`, in place of the shared ones.
    """

    def __init__(self, path: Path, settings: Mapping[str, str]) -> None:
        self.path = path
        self.data = path / "data"
        self.pid_file = self.data / "postmaster.pid"
        self.pass_file = path / "pgpass"
        self._settings = settings

    @property
    def exists(self) -> bool:
        """Whether the cluster has been made."""
        return self.data.is_dir()

    def password_file(self, user: str) -> Path:
        """Return the file with a user's password."""
        return self.path / "passwords" / user

    def make(self, toolchain: Toolchain) -> None:
        """Make the cluster with its two users, all at once: an interrupted try leaves nothing.

        Raises:
            ServerError: initdb failed; the message has what it said.
        """
        make_private_directory(self.path)
        keep_password(self.password_file(SUPERUSER))
        partial = self.path / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        options = [
            f"--pgdata={partial}",
            f"--username={SUPERUSER}",
            f"--pwfile={self.password_file(SUPERUSER)}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # PostgreSQL's own locale sorts the same on every machine and release.
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--data-checksums",
        ]
        toolchain.run([f"{POSTGRES_BIN}/initdb", *options], cwd=self.path)
        verifier = scram_verifier(keep_password(self.password_file(OWNER)))
        toolchain.run(
            [f"{POSTGRES_BIN}/postgres", "--single", "-D", str(partial), "postgres"],
            cwd=self.path,
            text=f"CREATE ROLE {OWNER} LOGIN CREATEROLE PASSWORD '{verifier}'\n",
        )
        partial.rename(self.data)

    def configure(self, port: int) -> None:
        """Write the configuration files, which are ours alone to write.

        Args:
            port: to listen on.
        """
        shared = (_LOCAL / "postgresql.conf").read_text(encoding="utf-8")
        own = "".join(f"{name} = '{value}'\n" for name, value in self._settings.items())
        write_private(self.data / "postgresql.conf", f"{shared}\nport = {port}\n{own}")
        access = (_LOCAL / "pg_hba.conf").read_text(encoding="utf-8")
        write_private(self.data / "pg_hba.conf", access)
        # libpq's password file: no password in an argument or a variable.
        lines = [
            f"127.0.0.1:{port}:*:{user}:{keep_password(self.password_file(user))}\n"
            for user in (SUPERUSER, OWNER)
        ]
        write_private(self.pass_file, "".join(lines))

    def read_pid_file(self) -> tuple[int, str] | None:
        """Return the main process's number and state (`ready`, `starting`) as it noted them."""
        try:
            lines = self.pid_file.read_text(encoding="utf-8").splitlines()
            return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""  # noqa: PLR2004
        except (FileNotFoundError, IndexError, ValueError):
            return None
