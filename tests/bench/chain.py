"""The whole chain under load: publisher, broker, ingest, database."""

from dataclasses import dataclass, field

from tests.bench.cost import cpu_seconds
from tests.bench.floors import Floors
from tests.bench.load import Load, publish
from tests.bench.stored import stored, until_settled
from tests.world import World


@dataclass(frozen=True, slots=True)
class Run:
    """A load on a running chain.

    Attributes:
        name: for the reader.
        load: what is published.
        floors: what the figures are printed beside.
    """

    name: str
    load: Load
    floors: Floors = field(default_factory=Floors)

    async def measure(self, world: World, seconds: int) -> list[str]:
        """Load the chain and return what it did, a line each."""
        await world.ingest.start()
        before = cpu_seconds(world)
        sent = await publish(world, self.load, seconds)
        await until_settled(world, sent.messages, 60 + 2 * seconds)
        after = cpu_seconds(world)
        found = await stored(world, sent)
        await world.check_accounts()
        spent = {name: after[name] - before[name] for name in after}
        spent["publisher"] = sent.cpu_seconds
        per_report = {name: 1e6 * value / sent.reports for name, value in spent.items()}
        costs = ", ".join(f"{name} {cost:.1f}" for name, cost in per_report.items())
        rate = self.floors.judge_rate(found.reports / found.lasted)
        median, p99 = f"{1e3 * found.median:.0f} ms median", self.floors.judge_p99(found.p99)
        return [
            found.compare(sent),
            f"stored {rate} within {found.lasted:.1f} s",
            f"sent to committed: {median}, {p99}, longest {1e3 * found.worst:.0f} ms",
            f"CPU microseconds a report: {costs}; whole chain {sum(per_report.values()):.1f}",
            f"ingest's peak memory {self.floors.judge_memory(world.ingest.peak_memory_bytes())}",
        ]
