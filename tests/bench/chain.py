"""The whole chain under load: publisher, broker, ingest, database."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from province.inventory import write_inventory
from tests.waiting import eventually_true
from tests.world import World

_TICKS = os.sysconf("SC_CLK_TCK")

_LATENCY = """
    SELECT count(*),
        extract(epoch FROM max(pg_xact_commit_timestamp(xmin)) - min(observed_at))::float8,
        percentile_cont(ARRAY[0.5, 0.99, 1.0]) WITHIN GROUP (ORDER BY
            extract(epoch FROM pg_xact_commit_timestamp(xmin) - observed_at)::float8)
    FROM link_reports WHERE boot_id = %s
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One load.

    Attributes:
        name: for the reader.
        rate: reports a second, whatever becomes of them.
        reports_per_message: reports in one payload.
    """

    name: str
    rate: int
    reports_per_message: int


async def measure(world: World, run: Run, seconds: int) -> list[str]:
    """Load the chain and return what it did, a line each."""
    inventory = world.directory / "inventory.jsonl"
    write_inventory(inventory, world.inventory)
    await world.ingest.start()
    before = _cpu(world)
    summary = await _load(world, run, seconds, inventory)
    sent = int(summary["sent_reports"])

    async def settled() -> bool:
        metric = "srepok_ingest_messages_settled_total"
        return await world.ingest.metric(metric) >= int(summary["sent_messages"])

    await eventually_true(settled, 60 + 2 * seconds)
    after = _cpu(world)
    ((stored, lasted, (median, p99, worst)),) = await world.rows(_LATENCY, summary["boot_id"])
    await world.check_accounts()
    spent = {name: after[name] - before[name] for name in after}
    spent["publisher"] = float(summary["cpu_seconds"])
    per_report = {name: 1e6 * value / sent for name, value in spent.items()}
    costs = ", ".join(f"{name} {cost:.1f}" for name, cost in per_report.items())
    rate, memory = stored / lasted, world.ingest.peak_memory_bytes() / 2**20
    return [
        f"sent {sent}, stored {stored} within {lasted:.1f} s: {rate:.0f} reports/s",
        f"sent to committed: {1e3 * median:.0f} ms median, {1e3 * p99:.0f} ms p99",
        f"longest wait {1e3 * worst:.0f} ms",
        f"CPU microseconds a report: {costs}; whole chain {sum(per_report.values()):.1f}",
        f"ingest's peak memory {memory:.0f} MiB",
    ]


async def _load(world: World, run: Run, seconds: int, inventory: Path) -> dict[str, Any]:
    rate = str(run.rate // run.reports_per_message)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulators", "load", "--rate", rate),
        *("--inventory", str(inventory), "--devices", "6000", "--duration", f"{seconds}s"),
        *("--reports-per-message", str(run.reports_per_message)),
        env={
            "PATH": os.environ["PATH"],
            "MQTT_URL": world.broker.url("fleet"),
            "MQTT_PASSWORD_FILE": str(world.broker.password_file("fleet")),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    summary: dict[str, Any] = json.loads(said)
    return summary


def _cpu(world: World) -> dict[str, float]:
    """Return the CPU seconds that each part has spent so far."""
    postgres, broker = world.postgres.pid, world.broker.pid
    assert postgres is not None
    assert broker is not None
    return {
        "broker": _process_seconds(broker),
        "database": _process_seconds(postgres)
        + sum(_process_seconds(child) for child in _children(postgres)),
        "ingest": _process_seconds(world.ingest.pid),
    }


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [
        int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()
    ]


def _process_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS
