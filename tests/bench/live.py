"""`python -m tests.bench.live`: a thousand open live pages, some of them slow or dead, here."""

import argparse
import asyncio
import contextlib
import os
import socket
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from statistics import quantiles
from typing import Final

from pydantic import SecretStr

from deploy.mosquitto import Mosquitto
from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from gateway.access.identity import Scope
from province.inventory import Inventory
from province.metrics import catalogue
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.logins import ROLES, make_login
from runtime.database.migrate import migrate
from simulators.generate import generate_inventory
from tests.gateway.page.scene import Scene
from tests.waiting import eventually
from tests.world import Service

_EACH: Final = 20
"""Pages that one token may open."""
_AT_ONCE: Final = 32
"""Pages that are opened at once: the kernel keeps a bounded queue of those that knock."""
_SMALL_BUFFER: Final = 4_096


class Pace(Enum):
    """How a page takes what it is sent."""

    QUICK = "quick"
    SLOW = "slow"
    DEAD = "dead"


@dataclass
class Watch:
    """When incidents were written, and how long after that each page had them, in seconds."""

    written: dict[str, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    snapshots: int = 0

    def heard(self, block: bytes) -> None:
        """Take in an event that a page received."""
        now = time.monotonic()
        if b"event: snapshot" in block:
            self.snapshots += 1
        elif b"event: change" in block:
            _, _, rest = block.partition(b'"incidents":{"')
            name = rest.partition(b'"')[0].decode()
            if name in self.written:
                self.delays.append(now - self.written[name])


def main() -> None:
    """Run the measurement and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.live", description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000, help="open (default 1000)")
    parser.add_argument("--slow", type=int, default=50, help="of them slow or dead (default 50)")
    parser.add_argument("--changes", type=int, default=60, help="incidents (default 60)")
    asyncio.run(_bench(parser.parse_args()))


async def _bench(options: argparse.Namespace) -> None:
    inventory = generate_inventory(1)
    with tempfile.TemporaryDirectory(prefix="srepok-bench-live-") as name:
        async with running_gateway(inventory, Path(name)) as (gateway, scene, port):
            print(
                f"{options.pages} live pages, {options.slow} of them slow or dead;"
                f" {len(inventory.villages)} villages, an incident in many communes a second",
                flush=True,
            )
            await _measure(gateway, scene, port, options)


async def _measure(gateway: Service, scene: Scene, port: int, options: argparse.Namespace) -> None:
    await scene.all_is_well()
    tokens = [
        await scene.token(f"bench {number}", Scope.VIEWER)
        for number in range(-(-options.pages // _EACH))
    ]
    before, watch, slots = _memory(gateway), Watch(), asyncio.Semaphore(_AT_ONCE)
    pages = [
        asyncio.create_task(
            _page(port, tokens[number // _EACH], watch, slots, _pace(number, options.slow))
        )
        for number in range(options.pages)
    ]
    quick = options.pages - options.slow
    await eventually(lambda: watch.snapshots >= quick or any(map(_failed, pages)), 120)
    for page in filter(_failed, pages):
        page.result()
    opened, cpu = _memory(gateway), _cpu_seconds(gateway)
    began = time.monotonic()
    for number in range(options.changes):
        name = f"b{number}"
        # From before the write begins: its commit is part of what a person waits for.
        watch.written[name] = time.monotonic()
        await scene.outage(name, scene.inventory.villages[number :: options.changes])
        await asyncio.sleep(1)
    with contextlib.suppress(TimeoutError):
        await eventually(lambda: len(watch.delays) >= quick * options.changes, 30)
    spent = (_cpu_seconds(gateway) - cpu) / (time.monotonic() - began)
    given_up = await gateway.metric("srepok_gateway_live_given_up_total")
    _print(watch, quick * options.changes)
    print(f"  memory: {before:.0f} MB, with the pages {opened:.0f} MB,"
          f" at most {gateway.peak_memory_bytes() / 1e6:.0f} MB")  # fmt: skip
    print(f"  gateway's processor: {100 * spent:.0f} % of a core; {given_up:.0f} pages given up")
    stopped = time.monotonic()
    code = await gateway.stop()
    print(f"  shutdown with all of them open: {time.monotonic() - stopped:.2f} s, exit code {code}")
    for page in pages:
        page.cancel()
    await asyncio.gather(*pages, return_exceptions=True)


def _pace(number: int, slow: int) -> Pace:
    if number >= slow:
        return Pace.QUICK
    return Pace.SLOW if number % 2 else Pace.DEAD


def _failed(page: asyncio.Task[None]) -> bool:
    return page.done() and page.exception() is not None


def _print(watch: Watch, wanted: int) -> None:
    cuts = quantiles(watch.delays, n=100)
    print(
        f"  from write to page: p50 {1000 * cuts[49]:.0f} ms, p99 {1000 * cuts[98]:.0f} ms,"
        f" greatest {1000 * max(watch.delays):.0f} ms; {len(watch.delays)} of {wanted} heard"
    )


async def _page(port: int, token: str, watch: Watch, slots: asyncio.Semaphore, pace: Pace) -> None:
    """Open a page: a slow one takes a hundred bytes a second, a dead one nothing."""
    slow = pace is not Pace.QUICK
    connection = socket.socket()
    if slow:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
    connection.setblocking(False)  # noqa: FBT003 - the socket's own word
    async with slots:
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
        reader, writer = await asyncio.open_connection(
            sock=connection, limit=_SMALL_BUFFER if slow else 2**20
        )
        request = f"GET /live/events HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer {token}\r\n\r\n"
        writer.write(request.encode())
        status = await reader.readline()
        assert b" 200 " in status, status
        if not slow:
            await reader.readuntil(b"\r\n\r\n")
            watch.heard(await reader.readuntil(b"\n\n"))
    try:
        if pace is Pace.DEAD:
            await asyncio.Event().wait()
        if pace is Pace.SLOW:
            await _dawdle(reader)
        while True:
            watch.heard(await reader.readuntil(b"\n\n"))
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def _dawdle(reader: asyncio.StreamReader) -> None:
    while await reader.read(100):  # noqa: ASYNC110 - being slow is the purpose
        await asyncio.sleep(1)


@asynccontextmanager
async def running_gateway(
    inventory: Inventory, directory: Path
) -> AsyncIterator[tuple[Service, Scene, int]]:
    """A gateway process with servers of its own: the process, its scene and its port."""
    toolchain = Toolchain(find_home())
    broker = Mosquitto(toolchain, directory / "broker")
    postgres = Postgres(toolchain, directory / "postgres")
    broker.start()
    postgres.start()
    postgres.create_database("srepok")
    owner = DatabaseAddress.from_url(postgres.url("srepok", "postgres", with_password=True))
    async with await connect(owner, "bench") as connection:
        await migrate(connection)
        now = datetime.now(UTC)
        await import_inventory(connection, inventory, catalogue().values(), source="bench", now=now)
        await make_login(connection, "gateway", ROLES["gateway"], SecretStr("gateway-password"))
    url = postgres.url("srepok", "gateway").replace("gateway@", "gateway:gateway-password@", 1)
    port_file = directory / "port"
    environ = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": url,
        "MQTT_URL": broker.url("gateway"),
        "MQTT_PASSWORD_FILE": str(broker.password_file("gateway")),
        "GATEWAY_PORT": "0",
        "GATEWAY_PORT_FILE": str(port_file),
        # All pages are of this machine.
        "GATEWAY_ADDRESS_CONNECTIONS": "10000",
        "GATEWAY_PROBE_PORT": "0",
    }
    gateway = Service("gateway", environ, directory)
    try:
        await gateway.start()
        scene = Scene(owner, inventory, (now - timedelta(minutes=30)).timestamp())
        yield gateway, scene, int(port_file.read_text())
    finally:
        if not gateway.has_ended:
            await gateway.kill()
        broker.kill()
        postgres.kill()


def _memory(service: Service) -> float:
    """Return what a process holds now, in megabytes."""
    pages = int(Path(f"/proc/{service.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _cpu_seconds(service: Service) -> float:
    fields = Path(f"/proc/{service.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
