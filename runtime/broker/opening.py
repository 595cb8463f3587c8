"""Opening a connection: paho's blocking part in a thread, then the broker's answer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import timedelta
from typing import TypeVar

from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerUnreachableError

Answer = TypeVar("Answer")
End = TypeVar("End")


async def connect_in_thread(
    address: BrokerAddress,
    connect: Callable[[], None],
    abort: Callable[[str], None],
    threads: Executor | None = None,
) -> None:
    """Look the name up, connect and shake hands, none of which paho does without blocking.

    Args:
        address: for messages.
        connect: the blocking part.
        abort: closes the socket; called if nobody waits for it any more.
        threads: where it runs; the event loop's own by default.

    Raises:
        BrokerUnreachableError: nobody answered, or not in time.
    """

    def connected_too_late(connecting: asyncio.Future[None]) -> None:
        if not connecting.cancelled():
            connecting.exception()  # nobody waits for it any more
        abort("cancelled while connecting")

    connecting = asyncio.get_running_loop().run_in_executor(threads, connect)
    try:
        await asyncio.shield(connecting)
    except (OSError, ValueError) as error:
        raise BrokerUnreachableError(f"{address}: {error}") from error
    except asyncio.CancelledError:
        # The thread cannot be stopped; see that its socket is closed when it is done.
        connecting.add_done_callback(connected_too_late)
        raise


async def wait_accepted(
    address: BrokerAddress,
    accepted: asyncio.Future[Answer],
    ended: asyncio.Future[End],
    within: timedelta,
) -> Answer:
    """Return what the broker answered to CONNECT.

    Raises:
        BrokerRefusedError: the broker said no, where `accepted` was set to it.
        BrokerUnreachableError: the connection ended, or no answer came in time.
    """
    await asyncio.wait(
        (accepted, ended),
        timeout=within.total_seconds(),
        return_when=asyncio.FIRST_COMPLETED,
    )
    if accepted.done():
        return accepted.result()
    reason = str(ended.result()) if ended.done() else "no CONNACK in time"
    raise BrokerUnreachableError(f"{address}: {reason}")
