"""The canary: does this broker really keep a session for us while we are away?

A broker grants subscriptions and sessions that it then does not honour: an access list that
delivers nothing, an expiry capped at zero, persistence switched off. So a throw-away session
with our options subscribes, leaves, is sent a message while it is away, and must find it.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from ingest.instruments import Instruments
from province.topics import CANARY_ROOT
from runtime.backoff import Backoff, BackoffPolicy
from runtime.broker.address import BrokerAddress
from runtime.broker.answers import Connack
from runtime.broker.connection import Connection
from runtime.broker.errors import (
    BrokerError,
    BrokerRefusedError,
    BrokerUnreachableError,
    PublishRefusedError,
)
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)

_BACKOFF: Final = BackoffPolicy(first=timedelta(seconds=1), cap=timedelta(minutes=1))


class CanaryError(BrokerError):
    """The broker does not keep our session, or does not let us use it."""


class Canary:
    """Finds out whether the broker keeps sessions, and says so.

    Args:
        address: the broker, and who we are there.
        options: of the session in use; the canary's own goes by another name.
        session: the session in use; the canary waits for its connection.
        instruments: show what was found.
        clock: stamps messages.
        random: spreads retries.
    """

    def __init__(
        self,
        address: BrokerAddress,
        options: SessionOptions,
        session: BrokerSession,
        instruments: Instruments,
        clock: Clock,
        random: Random,
    ) -> None:
        self._address = address
        self._options = options
        self._session = session
        self._gauge = instruments.session_kept
        self._clock = clock
        self._backoff = Backoff(_BACKOFF, random)
        self._said: str | None = None

    async def run(self) -> None:
        """Look until the broker is seen to keep a session.

        A broker that could not be asked is asked again; one that was seen not to keep a session
        is asked again when it was away, for then it may have been mended.
        """
        while True:
            await self._session.connected.wait()
            try:
                await check_session_is_kept(
                    self._address, self._options, self._clock, secrets.token_hex(8)
                )
            except CanaryError as error:
                # The service goes on: a province half blind is worse served by none.
                self._gauge.set(0)
                self._say(log.error, "broker does not keep sessions", error)
                await self._session.away.wait()
            except BrokerError as error:
                self._say(log.warning, "cannot see yet whether the broker keeps sessions", error)
                await asyncio.sleep(self._backoff.delay().total_seconds())
            else:
                self._gauge.set(1)
                log.info("broker keeps sessions")
                return

    def _say(self, write: Callable[..., object], event: str, error: BrokerError) -> None:
        if self._said != event:
            write(event, reason=str(error))
            self._said = event


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
        CanaryError: saying what the broker does not do and what to look at.
        BrokerError: the broker could not be asked: it was away, or did not let us in.
    """
    kept = replace(
        options,
        client_id=f"{options.client_id}-canary",
        filters=(),
        session_expiry=timedelta(minutes=5),
    )
    passing = replace(kept, session_expiry=timedelta(0))
    topic = f"{CANARY_ROOT}/{options.client_id}"
    found = asyncio.Event()

    def deliver(message: Message) -> None:
        if message.payload == token.encode():
            found.set()

    @contextlib.asynccontextmanager
    async def connected(
        chosen: SessionOptions, *, clean_start: bool
    ) -> AsyncIterator[tuple[Connection, Connack]]:
        connection = Connection(0, address, chosen, deliver, clock, clean_start=clean_start)
        try:
            yield connection, await connection.open()
        finally:
            await connection.close()

    async with connected(kept, clean_start=True) as (first, _):
        await _subscribe(first, topic)
    sender_options = replace(passing, client_id=f"{kept.client_id}-sender")
    async with connected(sender_options, clean_start=True) as (sender, _):
        await _send(sender, topic, token)
    try:
        async with connected(kept, clean_start=False) as (second, connack):
            if not connack.session_present:
                raise CanaryError(
                    f"{address} forgot session {kept.client_id!r} as soon as it left: whatever is"
                    " published while ingest is away would be lost. Look at the broker's session"
                    " expiry limit (Mosquitto: persistent_client_expiration)"
                )
            await _find(second, found, address, topic, options.connect_timeout)
    finally:
        # Should this fail, the session ends by itself five minutes later.
        with contextlib.suppress(BrokerError):
            async with connected(passing, clean_start=True):
                pass


async def _subscribe(connection: Connection, topic: str) -> None:
    try:
        await connection.subscribe([topic])
    except BrokerRefusedError as error:
        raise CanaryError(f"{error}: look at the broker's access list") from None


async def _send(connection: Connection, topic: str, token: str) -> None:
    try:
        await connection.publish(topic, token.encode())
    except PublishRefusedError as error:
        raise CanaryError(f"{error}: look at the broker's access list") from None


async def _find(
    connection: Connection,
    found: asyncio.Event,
    address: BrokerAddress,
    topic: str,
    bound: timedelta,
) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(bound.total_seconds()):
            await found.wait()
    if found.is_set():
        return
    if connection.has_ended:
        raise BrokerUnreachableError(f"{address}: {connection.reason}")
    raise CanaryError(
        f"{address} delivered nothing on {topic!r}: it granted the subscription, so look at its"
        f" access list for user {address.username!r} and at its queue limits"
    )
