"""Shutdown."""

import asyncio
from datetime import timedelta

from runtime.shutdown import ShutdownStep, cancel, shut_down


async def test_every_step_runs_in_order_even_behind_a_failed_and_a_stuck_one() -> None:
    done: list[str] = []

    async def note(name: str) -> None:
        done.append(name)

    async def fail() -> None:
        done.append("fail")
        raise RuntimeError("broken")

    async def hang() -> None:
        done.append("hang")
        await asyncio.Event().wait()

    steps = [
        ShutdownStep("first", lambda: note("first"), timedelta(seconds=5)),
        ShutdownStep("fail", fail, timedelta(seconds=5)),
        ShutdownStep("hang", hang, timedelta(milliseconds=10)),
        ShutdownStep("last", lambda: note("last"), timedelta(seconds=5)),
    ]
    assert await shut_down(steps) is False
    assert done == ["first", "fail", "hang", "last"]


async def test_a_clean_shutdown_says_so() -> None:
    async def nothing() -> None:
        pass

    assert await shut_down([ShutdownStep("only", nothing, timedelta(seconds=5))]) is True


async def test_a_task_that_loses_a_cancellation_is_told_again() -> None:
    lost = 0

    async def stubborn() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost == 2:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await cancel(task)
    assert task.cancelled()
    assert lost == 2
