"""`python -m tests.bench`: what one ingest process does on this machine."""

import argparse
import asyncio
import tempfile
from pathlib import Path

from deploy.mosquitto import Mosquitto
from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from simulators.generate import generate_inventory
from tests.bench.chain import Run
from tests.bench.floors import Floors
from tests.bench.load import Load
from tests.bench.recovery import Recovery
from tests.world import make_world

_RUNS = (
    Run("12,500 reports/s, one a message", Load(12_500), Floors(rate=12_000)),
    Run("16,000 reports/s, one a message", Load(16_000)),
    Run("40,000 reports/s, ten a message", Load(40_000, reports_per_message=10)),
    Run("2,000 reports/s, one a message", Load(2_000), Floors(p99=1.5)),
    Recovery("recovery: 2,000 reports/s while ingest is away", Load(2_000)),
)
"""Paces, not floods: a publisher that outruns ingest for long fills the broker's queue, and
then the broker drops messages."""


def main() -> None:
    """Run the measurements and print each as it is done."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="of each run (default 60)")
    parser.add_argument("--only", type=int, help="number of the one run to do, from 1")
    options = parser.parse_args()
    runs = _RUNS if options.only is None else _RUNS[options.only - 1 : options.only]
    asyncio.run(_bench(runs, options.seconds))


async def _bench(runs: tuple[Run | Recovery, ...], seconds: int) -> None:
    toolchain = Toolchain(find_home())
    versions = ", ".join(f"{name} {number}" for name, number in toolchain.versions().items())
    print(f"{versions}; durable commits; broker, database, ingest and publisher on this machine")
    inventory = generate_inventory(1)
    for run in runs:
        with tempfile.TemporaryDirectory(prefix="srepok-bench-") as name:
            directory = Path(name)
            broker = Mosquitto(toolchain, directory / "broker")
            # The time of each commit, so that latency is read off the rows themselves.
            settings = {"track_commit_timestamp": "on"}
            postgres = Postgres(toolchain, directory / "postgres", settings=settings)
            async with make_world(broker, postgres, inventory, directory) as world:
                world.environ["INGEST_FLUSH_INTERVAL"] = "250ms"
                print(f"\n{run.name}, {seconds} s", flush=True)
                for line in await run.measure(world, seconds):
                    print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
