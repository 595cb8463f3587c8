"""Every board on days that simulators played, and that ingest, rules and books took in.

What the boards show is compared with what really happened. `python -m tests.bench.dashboards
--simulated` asks the same of 30 days.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
import pytest_asyncio
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.commands.preview import opening_range
from dashboards.expand import expand
from dashboards.preview.asking import ask
from dashboards.query import queries_of
from dashboards.screen import Chosen
from dashboards.text import Language
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.migrate import migrate
from simulators.score.truth import Fault
from tests.dashboards.proof import prove, questions, rightly_empty, worst_screen
from tests.dashboards.simulated.extras import CREST, GAUGE
from tests.dashboards.simulated.past import Past, Plan, simulated_past
from tests.databases import make_database

pytestmark = pytest.mark.servers

DAYS: Final = 3
PLAN: Final = Plan(days=DAYS, scale=0.02, interval=timedelta(minutes=10))
BOARDS: Final = {board.name: board for board in all_boards()}

each_board = pytest.mark.parametrize("name", BOARDS)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def past_and_url(database_server_url: str) -> AsyncIterator[tuple[Past, str]]:
    async with make_database(database_server_url) as url:
        async with await connect(DatabaseAddress.from_url(url), "srepok-tests") as owner:
            await migrate(owner)
        async with simulated_past(url, PLAN, SystemClock(), lambda _: None) as past:
            yield past, url


@pytest.fixture
def past(past_and_url: tuple[Past, str]) -> Past:
    return past_and_url[0]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def as_grafana(past_and_url: tuple[Past, str]) -> AsyncIterator[AsyncConnection]:
    address = DatabaseAddress.from_url(past_and_url[1])
    async with await connect(address, "srepok-tests") as connection:
        await connection.execute("SET ROLE srepok_grafana")
        await connection.execute("SET default_transaction_read_only = on")
        yield connection


@each_board
@pytest.mark.parametrize(
    ("days", "language"), [(None, Language.ENGLISH), (DAYS, Language.VIETNAMESE)]
)
async def test_whatever_a_board_asks_for_is_there_and_fits(
    name: str, days: float | None, language: Language, as_grafana: AsyncConnection, past: Past
) -> None:
    await past.catch_up()
    board = BOARDS[name]
    span = opening_range(board) if days is None else timedelta(days=days)
    screen = await worst_screen(as_grafana, board, span)
    wrong = {
        asked.name: problems
        for asked in questions(board, screen, language)
        if (problems := await prove(as_grafana, asked)) and not rightly_empty(asked.name, DAYS)
    }
    assert wrong == {}


async def test_the_wall_shows_the_villages_that_are_dark(
    as_grafana: AsyncConnection, past: Past
) -> None:
    await past.catch_up()
    (villages,) = await shown(as_grafana, "wall", "villages")
    dark = impaired_now(past, "dark")
    assert dark
    assert villages["dark"] == len(dark)
    assert villages["degraded"] + villages["maintenance"] == len(impaired_now(past, "degraded"))
    assert sum(villages.values()) == len(past.inventory.villages)
    homes = {village.code: village.households for village in past.inventory.villages}
    (told,) = await shown(as_grafana, "wall", "households")
    assert told["households"] == sum(homes[village] for village in dark)


async def test_the_wall_lists_an_incident_for_each_cause(
    as_grafana: AsyncConnection, past: Past
) -> None:
    listed = [row["incident_id"] for row in await shown(as_grafana, "wall", "incidents")]
    cursor = await as_grafana.execute(
        "SELECT DISTINCT unnest(root) FROM incidents WHERE incident_id = ANY (%s)", [listed]
    )
    roots = {root for (root,) in await cursor.fetchall()}
    causes = {fault.root for fault in going_on(past) if fault.expect in {"incident", "record"}}
    # A card that loses packets is told from its splitters by luck alone.
    assert {fault.root for fault in going_on(past, "now-loss")} < causes
    assert causes - {fault.root for fault in going_on(past, "now-loss")} <= roots


async def test_a_village_was_available_as_long_as_it_really_was(
    as_grafana: AsyncConnection, past: Past
) -> None:
    starts_at, ends_at = last_days(past)
    spells = {
        village: [
            (max(state.start, starts_at), min(state.end, ends_at))
            for state in states
            if state.state == "dark" and state.end > starts_at and state.start < ends_at
        ]
        for village, states in past.truth.states_of.items()
    }
    worst = max(spells, key=lambda village: sum(end - start for start, end in spells[village]))
    dark = sum(end - start for start, end in spells[worst]) / (ends_at - starts_at)
    # Each begin and end is seen by reports that are an interval apart.
    error = 2 * len(spells[worst]) * PLAN.interval / timedelta(days=DAYS)
    (told,) = await shown(as_grafana, "village", "available", village=worst)
    assert dark > error
    assert float(told["available"]) == pytest.approx(100 * (1 - dark), abs=100 * error)


async def test_the_books_of_a_day_say_what_the_day_was_like(
    as_grafana: AsyncConnection, past: Past
) -> None:
    homes = {village.code: village.households for village in past.inventory.villages}
    days = await shown(as_grafana, "availability", "daily")
    whole = [row for row in days if is_whole(row["time"], past)]
    assert whole
    for row in whole:
        start = row["time"].timestamp() * 1000
        end = start + timedelta(days=1) / timedelta(milliseconds=1)
        dark = [
            (homes[state.village], min(state.end, end) - max(state.start, start))
            for state in past.truth.states
            if state.state == "dark" and state.end > start and state.start < end
        ]
        minutes = sum(home * lasted for home, lasted in dark) / 60_000 / sum(homes.values())
        slack = sum(home for home, _ in dark) * 2 * PLAN.interval / timedelta(minutes=1)
        assert float(row["gross"]) == pytest.approx(minutes, abs=slack / sum(homes.values()) + 0.01)


async def test_a_link_shows_the_packets_that_it_loses(
    as_grafana: AsyncConnection, past: Past
) -> None:
    (fault,) = going_on(past, "now-loss")
    probed = {device.link for device in past.inventory.devices}
    village = min(
        link.village
        for link in past.inventory.links
        if link.code in fault.links & probed and link.village not in impaired_now(past, "dark")
    )
    rows = await shown(as_grafana, "village", "loss", span=timedelta(hours=6), village=village)
    lossy: set[str] = set()
    others: set[str] = set()
    for metric in {row["metric"] for row in rows}:
        values = [
            row["value"]
            for row in rows
            if row["metric"] == metric
            and row["value"] is not None
            # Later the batteries of its probes are empty.
            and fault.onset < row["time"].timestamp() * 1000 < fault.onset + 90 * 60_000
        ]
        (lossy if 5 < sum(values) / len(values) < 13 else others).add(metric)
    assert len(lossy) == 1
    assert others


async def test_the_river_stands_where_it_was_said_to_stand(as_grafana: AsyncConnection) -> None:
    rows = await shown(as_grafana, "city", "water")
    (station,) = [row for row in rows if row["device_code"] == GAUGE]
    assert station["level_m"] == pytest.approx(CREST, abs=0.1)
    assert station["alarm"] == 2
    alerts = await shown(as_grafana, "city", "alerts")
    assert {"flood/alarm-1", "flood/alarm-2"} <= {row["rule"] for row in alerts}


async def test_sensors_without_power_are_silent(as_grafana: AsyncConnection, past: Past) -> None:
    silent = {row["device_code"] for row in await shown(as_grafana, "city", "silent")}
    unplugged = {device for fault in going_on(past, "now-sensors") for device in fault.devices}
    assert unplugged
    assert unplugged <= silent


async def test_every_message_is_in_the_accounts(as_grafana: AsyncConnection, past: Past) -> None:
    await past.catch_up()
    cursor = await as_grafana.execute(
        "SELECT sum(messages), sum(received) - sum(stored) - sum(duplicate) - sum(rejected),"
        " sum(rejected), sum(duplicate) FROM ingest_minutes"
    )
    messages, missing, rejected, duplicate = await cursor.fetchone() or ()
    assert (messages, missing) == (past.messages, 0)
    assert min(rejected, duplicate) > 0


async def shown(
    connection: AsyncConnection,
    board: str,
    query: str,
    *,
    span: timedelta = timedelta(days=DAYS),
    **chosen: str,
) -> Sequence[Mapping[str, Any]]:
    """Return what a query of a board answers, a mapping a row."""
    screen = await worst_screen(connection, BOARDS[board], span)
    values = {name: Chosen((value,), several=False) for name, value in chosen.items()}
    screen = replace(screen, chosen={**screen.chosen, **values})
    sql = queries_of(board)[query].replace("{language}", "en")
    answer = await ask(connection, expand(sql, screen))
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


def last_days(past: Past) -> tuple[int, int]:
    """Return the begin and end of the time on the screen, in milliseconds."""
    end = round(past.present.timestamp() * 1000)
    return end - round(timedelta(days=DAYS) / timedelta(milliseconds=1)), end


def is_whole(midnight: datetime, past: Past) -> bool:
    """Return whether the local day that begins then was simulated from begin to end."""
    # The first minutes of a story are for devices to begin in.
    return past.start + timedelta(hours=1) < midnight < past.present - timedelta(days=1)


def going_on(past: Past, name: str = "now") -> list[Fault]:
    """Return the faults of the story that go on, of a name and with a number behind it."""
    return [fault for fault in past.truth.faults if fault.fault.startswith(name)]


def impaired_now(past: Past, state: str) -> set[str]:
    """Return the villages that really are in a state."""
    now = past.present.timestamp() * 1000
    return {
        each.village
        for each in past.truth.states
        if each.state == state and each.start <= now < each.end
    }
