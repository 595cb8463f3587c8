"""One backtest: from the database to verdicts."""

import asyncio
import time
from dataclasses import dataclass
from datetime import datetime

from psycopg import AsyncConnection

from province.inventory import Inventory
from rules.backtest.aside import in_process
from rules.backtest.course import Course, Tell
from rules.backtest.history import History
from rules.backtest.inventory import read_device_codes
from rules.backtest.judging import Judged, Judging, judge
from rules.backtest.period import Period, local_text
from rules.backtest.progress import Progress
from rules.backtest.reading import decide_over
from rules.backtest.statements import EXTENT
from rules.backtest.steps import Steps
from rules.backtest.translation import Translation
from rules.backtest.verdicts import Verdict, within
from rules.backtest.windows import read_windows
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.errors import RulesError
from rules.incidents.fold import Desk
from rules.incidents.geography import Geography
from rules.incidents.scopes import Scopes
from runtime.database.relations import LOCAL_TIME_ZONE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a backtest found.

    Attributes:
        outages: incidents of the engine, in the order in which they were opened.
        alerts: those of each rulebook.
        rows: how many were read.
        events: how many the engine was told.
        strangers: how many devices had rows that the inventory does not have.
        gaps: when nothing was stored.
        last_at: when the newest row was received.
        unseen: instruments of our own that rules are about; they are not stored.
        seconds: that it took.
    """

    outages: tuple[Verdict, ...]
    alerts: tuple[tuple[Verdict, ...], ...]
    rows: int
    events: int
    strangers: int
    gaps: tuple[tuple[float, float], ...]
    last_at: float
    unseen: tuple[str, ...]
    seconds: float


async def backtest(
    connection: AsyncConnection,
    period: Period,
    inventory: Inventory,
    tell: Tell,
    judging: Judging | None = None,
) -> Outcome:
    """Decide over a period of stored history.

    Args:
        connection: in no transaction; may read readings and what the rules wrote.
        period: what to decide over.
        inventory: what there was.
        tell: hears every transition of the engine.
        judging: rulebooks that decide at the same time, in another process; None without any.

    Raises:
        ExceptionGroup: of what went wrong; RulesError: nothing is stored of the period.
    """
    began = time.monotonic()
    network, geography = Network(inventory), Geography(inventory)
    windows = await read_windows(connection, period, Scopes(geography, network))
    translation = Translation(inventory, await read_device_codes(connection), windows)
    course = Course(Engine(network), Desk(geography), translation, tell)
    steps, judged = Steps(inventory.devices), Judged()
    async with asyncio.TaskGroup() as group:
        if judging is not None:
            aside = group.create_task(in_process(judge, judging), name="rules.backtest.judge")
        progress = Progress(period, "outages")
        await decide_over(History(connection), period, steps, course.take, progress)
        if not steps.rows:
            raise RulesError(await _nothing(connection, period))
        if judging is not None:
            judged = await aside
    start, end = period.starts_at.timestamp(), period.ends_at.timestamp()
    return Outcome(
        outages=tuple(within(course.outages, start, end)),
        alerts=tuple(tuple(within(alerts, start, end)) for alerts in judged.alerts),
        rows=steps.rows,
        events=translation.events,
        strangers=len(translation.strangers),
        gaps=tuple(steps.gaps),
        last_at=steps.last_at,
        unseen=judged.unseen,
        seconds=time.monotonic() - began,
    )


async def _nothing(connection: AsyncConnection, period: Period) -> str:
    cursor = await connection.execute(EXTENT)
    row = await cursor.fetchone()
    first, last = row or (None, None)
    name = connection.info.dbname
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        return f"database {name!r} has no link report at all"
    return (
        f"database {name!r} has no row that was received from {local_text(period.reads_from)} to"
        f" {local_text(period.ends_at)}; it has link reports from {local_text(first)} to"
        f" {local_text(last)} ({LOCAL_TIME_ZONE})"
    )
