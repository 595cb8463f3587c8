"""Shutdown: one ordered, bounded procedure, each step named in the log."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from runtime.logs import get_logger

log = get_logger(__name__)

_AGAIN_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class ShutdownStep:
    """One step.

    Attributes:
        name: what it does, for the log.
        action: does it; must be safe to cancel when its time is up.
        bound: its time.
    """

    name: str
    action: Callable[[], Awaitable[None]]
    bound: timedelta


async def wait_for_stop(stop: asyncio.Event, *tasks: asyncio.Task[None]) -> None:
    """Wait for the stop, or for the first task to fail; raise what it failed with."""
    stopping = asyncio.create_task(stop.wait(), name="stop")
    waiting: set[asyncio.Task[object]] = {stopping, *tasks}
    try:
        while not stopping.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        stopping.cancel()


async def cancel(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks and wait until all have ended, however they end.

    A library that waits with Python 3.11's `wait_for` may lose a cancellation that comes as what it
    waits for is done; its task would go on for ever, so it is told again. Unlike a `gather`, this
    can itself be cut short.
    """
    left = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN_SECONDS)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # whoever waits for the task has told of it


async def shut_down(steps: Sequence[ShutdownStep]) -> bool:
    """Run the steps in order; return whether all finished in time and without an error.

    A step that fails or runs out of time is logged, and the next one runs.
    """
    clean = True
    for step in steps:
        try:
            async with asyncio.timeout(step.bound.total_seconds()):
                await step.action()
        except TimeoutError:
            clean = False
            log.warning("shutdown step ran out of time", step=step.name, bound=str(step.bound))
        except Exception:
            clean = False
            log.exception("shutdown step failed", step=step.name)
        else:
            log.info("shutdown step done", step=step.name)
    return clean


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set `stop` at SIGTERM or SIGINT; a second signal is the same wish and changes nothing."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, stop, number)


def _stop(stop: asyncio.Event, number: signal.Signals) -> None:
    if not stop.is_set():
        log.info("stopping", signal=number.name)
        stop.set()
