"""The two servers of the local stack, together."""

import random
import shlex
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from deploy.certificates import Certificates, keep_certificates
from deploy.mosquitto import Mosquitto
from deploy.mosquitto_options import MosquittoOptions, TlsListener
from deploy.ports import keep_port
from deploy.postgres import Postgres
from deploy.status import ServerStatus
from deploy.toolchain import Toolchain

DATABASE: Final = "srepok"
POSTGRES: Final = "postgres"
MOSQUITTO: Final = "mosquitto"


class Stack:
    """A database server and a broker below one directory.

    Args:
        toolchain: has the programs; the servers live in its home.
        options: of the broker.
        certificates: what speaks TLS has these; None: nothing does.

    Attributes:
        toolchain: has the programs.
        postgres: the database server.
        mosquitto: the broker.
        certificates: of what speaks TLS; None: nothing does.
    """

    def __init__(
        self,
        toolchain: Toolchain,
        options: MosquittoOptions | None = None,
        certificates: Certificates | None = None,
    ) -> None:
        self.toolchain = toolchain
        self.certificates = certificates
        self.postgres = Postgres(toolchain, toolchain.home / "postgres")
        self.mosquitto = Mosquitto(toolchain, toolchain.home / "mosquitto", options=options)

    def up(self) -> None:
        """Start what does not run, and make the database if it is missing.

        Raises:
            DeployError: something does not start.
        """
        self.postgres.start()
        self.postgres.create_database(DATABASE, exist_ok=True)
        self.mosquitto.start()

    def down(self, keep: Collection[str] = ()) -> None:
        """Stop the broker, which then saves what nobody fetched, and the database behind it.

        Args:
            keep: names of servers, as in `status`, that go on.

        Raises:
            ServerError: one does not stop.
        """
        try:
            if MOSQUITTO not in keep:
                self.mosquitto.stop()
        finally:
            if POSTGRES not in keep:
                self.postgres.stop()

    def status(self) -> list[ServerStatus]:
        """Return what there is to say about each server."""
        return [self.postgres.status(), self.mosquitto.status()]

    def logs(self) -> Mapping[str, Path]:
        """Return the log file of each server, by its name."""
        return {POSTGRES: self.postgres.log, MOSQUITTO: self.mosquitto.log}

    def environment(self) -> dict[str, str]:
        """Return the variables that tell our services where the servers are; no passwords."""
        return {
            "DATABASE_URL": self.postgres.url(DATABASE),
            "DATABASE_PASSWORD_FILE": str(self.postgres.password_file()),
            **self.mosquitto.variables("ingest"),
            "GATEWAY_BROKER_USERS_FILE": str(self.mosquitto.users_file),
            "GATEWAY_BROKER_RELOAD": f"pid:{self.mosquitto.pid_file}",
        }


def with_tls(toolchain: Toolchain) -> Stack:
    """Return the stack with a broker that speaks TLS too; makes certificates if needed.

    Raises:
        ServerError: they cannot be made.
    """
    certificates = keep_certificates(toolchain.home / "tls")
    port = keep_port(toolchain.home / "tls" / "port", random.SystemRandom())
    listener = TlsListener(port, certificates.certificate, certificates.key)
    options = MosquittoOptions(tls=listener, trusted=certificates.ca)
    return Stack(toolchain, options, certificates)


def render_environment(variables: Mapping[str, str]) -> str:
    """Return the variables as lines that a shell can read."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in variables.items())
