"""Recovery: ingest was away while devices went on, and has to catch up."""

import asyncio
from dataclasses import dataclass, field

from tests.bench.floors import Floors
from tests.bench.load import Load, publish
from tests.bench.stored import stored, until_settled
from tests.world import World


@dataclass(frozen=True, slots=True)
class Recovery:
    """A load while ingest is away.

    Attributes:
        name: for the reader.
        load: what is published meanwhile.
        floors: what the figures are printed beside.
    """

    name: str
    load: Load
    floors: Floors = field(default_factory=Floors)

    async def measure(self, world: World, seconds: int) -> list[str]:
        """Make a backlog, start ingest, and return how it caught up, a line each."""
        await world.subscribe_once()
        sent = await publish(world, self.load, seconds)
        began = asyncio.get_running_loop().time()
        await world.ingest.start(ready=False)
        await until_settled(world, sent.messages, 60 + seconds)
        took = asyncio.get_running_loop().time() - began
        found = await stored(world, sent)
        await world.check_accounts()
        rate = self.floors.judge_rate(found.reports / took)
        return [
            found.compare(sent),
            f"caught up in {took:.1f} s, the start of the process included: {rate}",
            f"ingest's peak memory {self.floors.judge_memory(world.ingest.peak_memory_bytes())}",
        ]
