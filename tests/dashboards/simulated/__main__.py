"""`python -m tests.dashboards.simulated`: fill a database by all parts of Srepok."""

import argparse
import asyncio
import os
import time
from datetime import timedelta

from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.migrate import migrate
from tests.dashboards.simulated.past import Plan, simulated_past


def main() -> None:
    """Fill the database, and say with what."""
    name = "python -m tests.dashboards.simulated"
    parser = argparse.ArgumentParser(prog=name, description=__doc__)
    add = parser.add_argument
    add("--days", type=float, default=30, help="before the present (default 30)")
    add("--scale", type=float, default=0.1, help="of the province (default 0.1)")
    add("--minutes", type=float, default=10, help="between reports of a link (default 10)")
    add("--seed", type=int, default=1, help="of all that is drawn (default 1)")
    add("--url", default=os.environ.get("DATABASE_URL"), help="of an empty database, as its owner")
    options = parser.parse_args()
    if options.url is None:
        parser.error("give --url, or DATABASE_URL")
    asyncio.run(_fill(options))


async def _fill(options: argparse.Namespace) -> None:
    async with await connect(DatabaseAddress.from_url(options.url), "simulated") as connection:
        await migrate(connection)
    plan = Plan(options.days, options.scale, timedelta(minutes=options.minutes), options.seed)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:7.0f} s  {text}", flush=True)

    async with simulated_past(options.url, plan, SystemClock(), say) as past:
        say(f"{past.messages:,} messages of {len(past.inventory.devices):,} devices, up to now")


if __name__ == "__main__":
    main()
