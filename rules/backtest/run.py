"""One backtest: from the database to verdicts."""

import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime

from psycopg import AsyncConnection

from province.inventory import Inventory
from rules.backtest.course import Course, Tell
from rules.backtest.history import History, Row
from rules.backtest.inventory import read_device_codes, read_metric_codes
from rules.backtest.period import Period, local_text
from rules.backtest.progress import Progress
from rules.backtest.reading import each_in_thread
from rules.backtest.sampling import Sampling
from rules.backtest.statements import EXTENT
from rules.backtest.translation import Translation
from rules.backtest.verdicts import Verdict, within
from rules.backtest.windows import read_windows
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.errors import RulesError
from rules.incidents.fold import Desk
from rules.incidents.geography import Geography
from rules.incidents.scopes import Scopes
from rules.rulebook.book import RuleBook
from rules.rulebook.engine import RuleBookEngine
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
    books: Sequence[RuleBook],
    tell: Tell,
    progress: Progress | None = None,
) -> Outcome:
    """Decide over a period of stored history.

    Args:
        connection: in no transaction; may read readings and what the rules wrote.
        period: what to decide over.
        inventory: what there was.
        books: rulebooks, each of which decides for itself.
        tell: hears every transition of the engine.
        progress: is told how far it is.

    Raises:
        RulesError: nothing is stored of the period.
    """
    began = time.monotonic()
    sampling = Sampling(books, await read_metric_codes(connection))
    codes = await read_device_codes(connection)
    network, geography = Network(inventory), Geography(inventory)
    windows = await read_windows(connection, period, Scopes(geography, network))
    translation = Translation(inventory, codes, windows)
    course = Course(
        Engine(network),
        Desk(geography),
        [RuleBookEngine(book, inventory) for book in books],
        sampling,
        tell,
    )

    def decide(rows: list[Row]) -> None:
        for step in translation.take(rows):
            course.take(step, translation.codes)
        if progress is not None:
            progress.read(translation.last_at, translation.rows)

    history = History(connection, sampling.columns, sampling.metrics)
    async with aclosing(history.read(period.reads_from, period.ends_at)) as rows:
        await each_in_thread(rows, decide)
    if not translation.rows:
        raise RulesError(await _nothing(connection, period))
    return _outcome(period, translation, course, sampling, time.monotonic() - began)


def _outcome(
    period: Period, translation: Translation, course: Course, sampling: Sampling, seconds: float
) -> Outcome:
    def of(verdicts: Mapping[str, Verdict]) -> tuple[Verdict, ...]:
        start, end = period.starts_at.timestamp(), period.ends_at.timestamp()
        return tuple(within(verdicts, start, end))

    return Outcome(
        outages=of(course.outages),
        alerts=tuple(of(alerts) for alerts in course.alerts),
        rows=translation.rows,
        events=translation.events,
        strangers=len(translation.strangers),
        gaps=tuple(translation.gaps),
        last_at=translation.last_at,
        unseen=sampling.unseen,
        seconds=seconds,
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
