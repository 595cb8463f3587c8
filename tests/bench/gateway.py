"""`python -m tests.bench.gateway`: how many uploads a second one gateway process takes here.

Devices keep their connections and send one small report at a time, each with its own key: the next
when the one before was answered with 202, which is when the broker has confirmed it.
"""

import argparse
import asyncio
import base64
import statistics
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from deploy.mosquitto import Mosquitto
from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from province.devices import DeviceKind
from simulators.generate import generate_inventory
from tests.gateway.gateway_process import make_gateway
from tests.gateway.gateway_world import KEY
from tests.world import make_world

_ACCEPTED: Final = b"HTTP/1.1 202"
_GOAL: Final = 2_000


@dataclass
class Answers:
    """What the devices were answered.

    Attributes:
        accepted: how many uploads with 202.
        others: first lines of other answers.
        seconds: from sending to each 202.
    """

    accepted: int = 0
    others: list[bytes] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Device(asyncio.Protocol):
    """One device: uploads, waits for the answer, uploads the next."""

    def __init__(self, code: str, answers: Answers, until: float) -> None:
        self._head = (
            "POST /v1/telemetry HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n"
            f"Authorization: Basic {base64.b64encode(f'{code}:{KEY}'.encode()).decode()}\r\n"
            "Content-Length: "
        ).encode()
        self._answers = answers
        self._until = until
        self._seq = 0
        self._sent = 0.0
        self._buffer = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._buffer = b""
        now = time.perf_counter()
        if head.startswith(_ACCEPTED):
            self._answers.accepted += 1
            self._answers.seconds.append(now - self._sent)
        else:
            self._answers.others.append(head.split(b"\r\n")[0])
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(exc)

    def _send(self) -> None:
        self._seq += 1
        body = (
            f'{{"observed_at":{time.time_ns() // 1_000_000},"boot_id":1,"seq":{self._seq},'
            '"interval_s":30,"values":{"power":"mains","probes_sent":10,"probes_ok":10,'
            '"rtt_p50_ms":12.5,"loss_percent":0}}'
        ).encode()
        self._sent = time.perf_counter()
        self._transport.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def upload(port: int, codes: list[str], seconds: float) -> Answers:
    """Have each of these devices upload for so long, all at once."""
    answers, loop = Answers(), asyncio.get_running_loop()
    until = time.perf_counter() + seconds
    devices = [Device(code, answers, until) for code in codes]
    for device in devices:
        await loop.create_connection(partial(_itself, device), "127.0.0.1", port)
    await asyncio.gather(*(device.done for device in devices))
    return answers


def _itself(device: Device) -> Device:
    return device


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gateway", description=__doc__)
    parser.add_argument("--seconds", type=int, default=15, help="of each run (default 15)")
    parser.add_argument("--devices", type=int, default=200, help="at a time (default 200)")
    options = parser.parse_args()
    asyncio.run(_bench(options.seconds, options.devices))


async def _bench(seconds: int, count: int) -> None:
    toolchain = Toolchain(find_home())
    inventory = generate_inventory(1, scale=0.2)
    probes = [each.code for each in inventory.devices if each.kind is DeviceKind.LINK_PROBE]
    with tempfile.TemporaryDirectory(prefix="srepok-bench-") as name:
        directory = Path(name)
        broker = Mosquitto(toolchain, directory / "broker")
        postgres = Postgres(toolchain, directory / "postgres")
        async with make_world(broker, postgres, inventory, directory) as world:
            gateway = await make_gateway(world)
            for with_ingest in (False, True):
                await gateway.start()
                if with_ingest:
                    await world.ingest.start()
                beside = "broker and ingest" if with_ingest else "the broker alone"
                print(f"\nuploads beside {beside}, {count} devices, {seconds} s", flush=True)
                await upload(gateway.uploads_port, probes[:count], 2)
                before = gateway.cpu_seconds()
                answers = await upload(gateway.uploads_port, probes[:count], seconds)
                used = gateway.cpu_seconds() - before
                for line in _figures(answers, seconds, used):
                    print(f"  {line}", flush=True)
                await gateway.stop()


def _figures(answers: Answers, seconds: int, used: float) -> list[str]:
    rate = answers.accepted / seconds
    cuts = statistics.quantiles(answers.seconds, n=100)
    verdict = "ok" if rate >= _GOAL else f"BELOW the goal of {_GOAL}"
    kinds = ", ".join(sorted({line.decode() for line in answers.others}))
    others = f"{len(answers.others)} others: {kinds}" if kinds else "no others"
    half, most = cuts[49] * 1000, cuts[98] * 1000
    each = used / answers.accepted * 1e6
    return [
        f"{rate:.0f} uploads/s answered with 202 ({verdict}), {others}",
        f"after {half:.1f} ms in the median, {most:.1f} ms at the 99th percentile",
        f"gateway: {used / seconds * 100:.0f} % of a core, {each:.0f} us an upload",
    ]


if __name__ == "__main__":
    main()
