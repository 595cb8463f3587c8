"""The canary: does this broker really keep a session for us while we are away?

A broker grants subscriptions and sessions that it then does not honour: an access list that
delivers nothing, an expiry capped at zero, persistence switched off. So a throw-away session
with our options subscribes, leaves, is sent a message while it is away, and must find it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from province.topics import CANARY_ROOT
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerError
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.clock import Clock


class CanaryError(BrokerError):
    """The broker does not keep our session, or does not let us read."""


async def check_session_is_kept(
    address: BrokerAddress, options: SessionOptions, clock: Clock, token: str
) -> None:
    """Leave a session, have a message sent to it, come back for it.

    Args:
        address: the broker, and who we are there.
        options: of the session that will be used; the canary's own gets another name.
        clock: stamps messages.
        token: something this canary message alone holds.

    Raises:
        CanaryError: saying which step failed and what to look at.
        BrokerError: the broker cannot be reached or refuses us.
    """
    name = f"{options.client_id}-canary"
    topic = f"{CANARY_ROOT}/{options.client_id}"
    kept = replace(options, client_id=name, filters=(), session_expiry=timedelta(minutes=5))
    found: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def deliver(message: Message) -> None:
        if message.payload == token.encode() and not found.done():
            found.set_result(None)

    def connection(chosen: SessionOptions, *, clean_start: bool) -> Connection:
        return Connection(0, address, chosen, deliver, clock, clean_start=clean_start)

    first = connection(kept, clean_start=True)
    try:
        await first.open()
        await first.subscribe([topic])
    finally:
        await first.close()
    await _publish(connection, replace(kept, client_id=f"{name}-sender"), topic, token)
    second = connection(kept, clean_start=False)
    try:
        connack = await second.open()
        if not connack.session_present:
            raise CanaryError(
                f"{address} forgot session {name!r} as soon as it left: whatever is published "
                "while ingest is away would be lost. Look at the broker's session expiry limit "
                "(Mosquitto: persistent_client_expiration)"
            )
        async with asyncio.timeout(options.connect_timeout.total_seconds()):
            await found
    except TimeoutError:
        raise CanaryError(
            f"{address} delivered nothing on {topic!r}: it granted the subscription, so look at "
            f"its access list for user {address.username!r} and at its queue limits"
        ) from None
    finally:
        await second.close()
        await _forget(connection, kept)


async def _publish(
    connection: Callable[..., Connection], options: SessionOptions, topic: str, token: str
) -> None:
    sender = connection(replace(options, session_expiry=timedelta(0)), clean_start=True)
    try:
        await sender.open()
        await sender.publish(topic, token.encode())
    finally:
        await sender.close()


async def _forget(connection: Callable[..., Connection], options: SessionOptions) -> None:
    last = connection(replace(options, session_expiry=timedelta(0)), clean_start=True)
    try:
        await last.open()
    finally:
        await last.close()
