"""Reading ahead: while the rules decide, the database already looks for what comes next."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Final, TypeVar

from rules.backtest.history import History, Row
from rules.backtest.period import Period
from rules.backtest.progress import Progress
from rules.backtest.steps import Step, Steps

_Item = TypeVar("_Item")

_AHEAD: Final = 4


async def each_in_thread(items: AsyncIterator[_Item], work: Callable[[_Item], None]) -> None:
    """Have a thread work on items, one after the other, while the next ones are waited for.

    The first error of either side ends both.
    """
    waiting: asyncio.Queue[_Item | None] = asyncio.Queue(_AHEAD)

    async def read() -> None:
        async for item in items:
            await waiting.put(item)
        await waiting.put(None)

    async with asyncio.TaskGroup() as group:
        group.create_task(read(), name="rules.backtest.read")
        while (item := await waiting.get()) is not None:
            await asyncio.to_thread(work, item)


async def decide_over(
    history: History,
    period: Period,
    steps: Steps,
    decide: Callable[[Step], None],
    progress: Progress,
) -> None:
    """Read a period, and have a thread decide over each of its steps."""

    def take(rows: list[Row]) -> None:
        for step in steps.take(rows):
            decide(step)
        progress.read(steps.last_at, steps.rows)

    async with aclosing(history.read(period.reads_from, period.ends_at)) as rows:
        await each_in_thread(rows, take)
