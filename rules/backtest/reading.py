"""Reading ahead: while the rules decide, the database already looks for what comes next."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Final, TypeVar

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
