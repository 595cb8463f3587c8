"""The hub: hears of changes in the database and hands them to all open pages.

One connection of its own listens and looks. However many changes are announced while it looks, it
looks once more. Pages are offered what is new and never waited for.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from aiohttp import web
from psycopg import AsyncConnection, Error, IsolationLevel, sql

from gateway.access.identity import Identity
from gateway.page.client import QUEUE, Client
from gateway.page.errors import FullError
from gateway.page.feed import Feed
from gateway.page.instruments import LiveInstruments
from gateway.page.picture import Picture, load_picture
from runtime.backoff import Backoff, BackoffPolicy
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.relations import INCIDENTS_CHANNEL, RULES_CHANNEL, SPELLS_CHANNEL
from runtime.logs import get_logger

log = get_logger(__name__)

_CHANNELS: Final = (INCIDENTS_CHANNEL, RULES_CHANNEL, SPELLS_CHANNEL)
_BACKOFF: Final = BackoffPolicy(first=timedelta(milliseconds=100), cap=timedelta(seconds=3))
_AWAY: Final = (Error, OSError, TimeoutError)
_FORGOTTEN: Final = 20
"""A feed without clients is kept for so many pictures: its pages may come back."""


@dataclass(frozen=True, slots=True)
class HubOptions:
    """How much a hub does.

    Attributes:
        gap: least time between two looks, however many changes are announced.
        refresh: a look without an announcement: acknowledgements run out by themselves.
        patience: how long a look may take; then the database counts as away.
        ping: how often a page hears something when nothing is new.
        write_timeout: a page that takes nothing for so long is given up.
        most: open pages.
        most_each: open pages of one identity.
        queue: changes that wait for one page.
    """

    gap: timedelta = timedelta(milliseconds=300)
    refresh: timedelta = timedelta(seconds=15)
    patience: timedelta = timedelta(seconds=5)
    ping: timedelta = timedelta(seconds=15)
    write_timeout: timedelta = timedelta(seconds=20)
    most: int = 2_000
    most_each: int = 20
    queue: int = QUEUE


class Hub:
    """Knows how things stand, and who wants to know.

    Args:
        database: to listen and look in.
        application_name: what the database's list of connections calls us.
        clock: tells the time.
        random: spreads retries, and names this run.
        instruments: what it counts.
        options: how much it does.

    Attributes:
        instruments: what it counts.
        options: how much it does.
        looked_at: when things were last seen as they are; None: never yet.
    """

    def __init__(
        self,
        database: DatabaseAddress,
        application_name: str,
        clock: Clock,
        random: Random,
        instruments: LiveInstruments,
        options: HubOptions | None = None,
    ) -> None:
        self._database = database
        self._name = application_name
        self._clock = clock
        self._backoff = Backoff(_BACKOFF, random)
        # No other run has this name, whatever the generator was seeded with.
        self._run = f"{round(clock.now().timestamp() * 1000):x}{random.getrandbits(32):08x}"
        self.instruments = instruments
        self._feeds_made = 0
        self._feeds: dict[frozenset[str] | None, Feed] = {}
        self._clients: dict[Client, Identity] = {}
        self._picture: Picture | None = None
        self._is_stale = True
        self._failure: type[Exception] | None = None
        self._closed = False
        self.options = options or HubOptions()
        self.looked_at: datetime | None = None

    async def run(self) -> None:
        """Listen and look until cancelled; the database may be away."""
        while True:
            try:
                await self._listen()
            except Exception as error:  # noqa: BLE001 - uploads go on, whatever is wrong with a page
                self._go_stale(error)
            await asyncio.sleep(self._backoff.delay().total_seconds())

    def attach(self, identity: Identity, last_event: str = "") -> Client:
        """Return a client for a page that was opened.

        Args:
            identity: who opened it.
            last_event: identifier of the last event that the page has; empty: none.

        Raises:
            FullError: too many are open.
        """
        self._check_room(identity)
        feed = self._feeds.get(identity.communes)
        if feed is None:
            feed = self._feeds[identity.communes] = self._new_feed(identity.communes)
        client = feed.attach(last_event)
        self._clients[client] = identity
        self.instruments.clients.set(len(self._clients))
        return client

    def detach(self, client: Client) -> None:
        """Forget a client whose page is gone."""
        identity = self._clients.pop(client, None)
        if identity is not None:
            self._feeds[identity.communes].clients.discard(client)
        self.instruments.clients.set(len(self._clients))

    def end_lapsed(self, holds: Callable[[Identity], bool]) -> None:
        """Let the streams of those end who may look no longer; their pages come back and are told.

        Args:
            holds: says whether somebody may still look.
        """
        for client, identity in self._clients.items():
            if not holds(identity):
                client.end()

    def close(self) -> None:
        """Let all streams end, and take no more."""
        self._closed = True
        for client in self._clients:
            client.end()

    def _check_room(self, identity: Identity) -> None:
        if self._closed:
            raise FullError("This gateway is stopping")
        if len(self._clients) >= self.options.most:
            raise FullError(f"{self.options.most} live pages are open, and no more can be")
        own = sum(each.token_id == identity.token_id for each in self._clients.values())
        if own >= self.options.most_each:
            raise FullError(f"{identity.name} has {own} live pages open, and may have no more")

    def _new_feed(self, communes: frozenset[str] | None) -> Feed:
        self._feeds_made += 1
        feed = Feed(f"{self._run}.{self._feeds_made}", communes, self.options.queue)
        if self._picture is not None:
            feed.show(self._picture)
        if self._is_stale:
            feed.go_stale(self._since())
        return feed

    async def _listen(self) -> None:
        async with await connect(self._database, self._name) as connection:
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            for channel in _CHANNELS:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            while True:
                async with asyncio.timeout(self.options.patience.total_seconds()):
                    self._show(await load_picture(connection, self._clock.now()))
                # What is announced from here on until the next look is in that look.
                await asyncio.sleep(self.options.gap.total_seconds())
                await _heard(connection, self.options.refresh)

    def _show(self, picture: Picture) -> None:
        if self._is_stale:
            log.info("live page is fresh")
        self._is_stale, self._failure = False, None
        self._picture, self.looked_at = picture, picture.at
        self._backoff.reset()
        self.instruments.looks.inc()
        behind = sum(feed.show(picture) for feed in self._feeds.values())
        self.instruments.behind.inc(behind)
        for communes in [key for key, feed in self._feeds.items() if feed.idle > _FORGOTTEN]:
            del self._feeds[communes]

    def _go_stale(self, error: Exception) -> None:
        if self._failure is type(error):
            return
        self._failure = type(error)
        reason = self._failure.__name__
        # A fault of ours is worth its trace; a database that is away has none to show.
        trace = None if isinstance(error, _AWAY) else error
        log.warning("live page is stale, trying on", reason=reason, exc_info=trace)
        if self._is_stale:
            return
        self._is_stale = True
        for feed in self._feeds.values():
            feed.go_stale(self._since())

    def _since(self) -> str | None:
        at = self.looked_at
        return None if at is None else at.isoformat(timespec="seconds")


async def _heard(connection: AsyncConnection, patience: timedelta) -> None:
    """Wait until something is announced, or for so long; take in all that was announced."""
    async for _ in connection.notifies(timeout=patience.total_seconds(), stop_after=1):
        pass


LIVE: Final = web.AppKey("live", Hub)
"""What hands changes to the open pages."""
