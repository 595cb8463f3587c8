"""Stored history gives the incidents that the events themselves give."""

import pytest
from psycopg import AsyncConnection

from rules.backtest.inventory import read_stored_inventory
from rules.backtest.run import Outcome, backtest
from tests.rules.backtest.stored import Decided, Played, play, replayed, store

INTERVAL = 30.0


async def backtested(connection: AsyncConnection, played: Played) -> Outcome:
    inventory = await read_stored_inventory(connection, played.period.ends_at)
    return await backtest(connection, played.period, inventory, (), lambda _: None)


def decided(outcome: Outcome) -> list[Decided]:
    return [
        Decided(verdict.incident_class, verdict.root, verdict.opened_at, verdict.ended_at is None)
        for verdict in outcome.outages
    ]


@pytest.mark.parametrize(
    "name", ["olt-card", "feeder-cut", "cell-site", "operator-outage", "duplicates-reorder", "backfill", "clock-skew", "lone-devices","sensor-stuck","ingest-restart","broker-restart","broker-crash", "congestion", "flapping-link", "ring-cut", "database-down","clock-step","broker-node-dies","slow-degradation", "two-faults"]
)
async def test_history_gives_the_incidents_of_the_events_themselves(
    name: str, connection: AsyncConnection
) -> None:
    played = play(name)
    await store(connection, played)

    found = decided(await backtested(connection, played))
    wanted = replayed(played)
    print(name, [(d.incident_class, d.root, d.opened_at % 100000, d.goes_on) for d in wanted])
    print(name, [(d.incident_class, d.root, d.opened_at % 100000, d.goes_on) for d in found])

    assert [(each.incident_class, each.root) for each in found] == [
        (each.incident_class, each.root) for each in wanted
    ]
    for one, other in zip(found, wanted, strict=True):
        assert one.opened_at == pytest.approx(other.opened_at, abs=INTERVAL)
        assert one.goes_on == other.goes_on
