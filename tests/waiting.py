"""Waiting for a condition that nothing announces."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

DEADLINE: Final = 120.0
"""Seconds that whatever a test waits for may take, on the busiest of machines.

Only a test that fails pays for it. What must come sooner than something else is not told by a
shorter one: the test puts off that something else.
"""


async def eventually(condition: Callable[[], bool], seconds: float = DEADLINE) -> int:
    """Wait until the condition holds; return how often the event loop turned meanwhile.

    Raises:
        TimeoutError: it did not, in time.
    """
    turns = 0
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)
            turns += 1
    return turns


async def eventually_true(
    condition: Callable[[], Awaitable[bool]], seconds: float = DEADLINE
) -> None:
    """Wait until a condition that takes asking holds.

    Raises:
        TimeoutError: it did not, in time.
    """
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.05)
