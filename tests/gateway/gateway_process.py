"""The gateway as a process of its own, in a small Srepok."""

from pathlib import Path

from pydantic import SecretStr

from gateway.access.credentials import digest
from runtime.database.connection import connect
from runtime.database.logins import ROLES, make_login
from tests.gateway.gateway_world import KEY, KEYS
from tests.world import Service, World

_TICKS_A_SECOND = 100


class GatewayProcess(Service):
    """`python -m gateway run`, whose uploads take the port that a file names."""

    def __init__(self, environ: dict[str, str], directory: Path) -> None:
        self._uploads_file = directory / "gateway-port"
        more = {"GATEWAY_PORT_FILE": str(self._uploads_file)}
        super().__init__("gateway", environ | more, directory)

    @property
    def uploads_port(self) -> int:
        return int(self._uploads_file.read_text())

    def cpu_seconds(self) -> float:
        """Return what it has used so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


async def make_gateway(world: World, **settings: str) -> GatewayProcess:
    """Return a gateway of a world, not started yet; every device of it has the key `KEY`."""
    async with await connect(world.database, "tests") as connection:
        await make_login(connection, "gateway", ROLES["gateway"], SecretStr("gateway-password"))
        await connection.execute(KEYS, [digest(KEY)])
    environ = world.environ | {
        "DATABASE_URL": world.environ["DATABASE_URL"].replace(
            "ingest:ingest-password@", "gateway:gateway-password@"
        ),
        "MQTT_URL": world.broker.url("gateway"),
        "MQTT_PASSWORD_FILE": str(world.broker.password_file("gateway")),
        "GATEWAY_PORT": "0",
        "GATEWAY_PROBE_PORT": "0",
        # Tests upload as fast as they can.
        "GATEWAY_UPLOAD_RATE": "10000",
        "GATEWAY_UPLOAD_BURST": "100000",
    }
    return GatewayProcess(environ | settings, world.directory)
