"""The doorkeeper: says whose credential it is, at once, while the database comes and goes.

It keeps the book of who may come in and reads it again every few seconds, and at once when the
database announces a change. What the book does not know is no reason to turn anybody away before
it was read anew: a token works the moment it is made. All who wait for that share one reading, so
that whoever guesses costs the database no more than a few queries a second.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

import psycopg
from aiohttp import web
from psycopg import sql

from gateway.access.audit import AccessEntry, Backlog, EntryKind
from gateway.access.book import Book, load_book
from gateway.access.credentials import Credential
from gateway.access.guesses import ADDRESS_TRIES, Guesses
from gateway.access.identity import Identity
from gateway.access.queries import query
from gateway.access.refusals import locked_out, nobody, unknowable
from gateway.access.settings import AccessSettings
from runtime.backoff import Backoff, BackoffPolicy
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.kept import KeptConnection
from runtime.database.relations import ACCESS_CHANNEL
from runtime.logs import get_logger

log = get_logger(__name__)

_PAUSE: Final = timedelta(milliseconds=250)
"""Between two readings of the book, however many ask for one."""
_BACKOFF: Final = BackoffPolicy(first=timedelta(milliseconds=100), cap=timedelta(seconds=3))
_STATEMENT: Final = timedelta(seconds=4)
"""For one statement of a reading, within the patience of those who wait for it."""
_PATIENCE: Final = timedelta(seconds=5)
"""How long a request waits for the book to be read anew."""


_LISTEN: Final = sql.SQL("LISTEN {}").format(sql.Identifier(ACCESS_CHANNEL))
_NOT_YET: Final = "not asked yet"


@dataclass(frozen=True, slots=True)
class AccessOptions:
    """How long what is remembered is good.

    Attributes:
        refresh: how often the book is read again; a revocation works after so long at the most.
        trust: how long the last book goes on being good while the database is away.
        session_life: of a login of the page.
    """

    refresh: timedelta = timedelta(seconds=5)
    trust: timedelta = timedelta(hours=1)
    session_life: timedelta = timedelta(hours=12)

    @classmethod
    def of(cls, settings: AccessSettings) -> "AccessOptions":
        """Return what the settings say."""
        return cls(settings.access_refresh, settings.access_trust, settings.session_life)


class Doorkeeper:
    """Knows who may come in.

    Args:
        database: for two connections of its own: one on which changes are announced, and one to
            read the book, so that no crowd of requests keeps a revocation from working.
        options: how long what is remembered is good.
        clock: tells the time.
        random: spreads attempts to connect.

    Attributes:
        guesses: who is made to wait.
        backlog: refusals to be written down.
        failure: why the book cannot be read; None: it can.
    """

    def __init__(
        self,
        database: DatabaseAddress,
        options: AccessOptions,
        clock: Clock,
        random: Random,
    ) -> None:
        self._database = database
        self._desk = KeptConnection(database, "srepok-gateway-book", _STATEMENT)
        self.options = options
        self.clock = clock
        self._backoff = Backoff(_BACKOFF, random)
        self._book: Book | None = None
        self._wake = asyncio.Event()
        self._waiters: list[asyncio.Future[bool]] = []
        self._asking: Counter[str] = Counter()
        self._used: set[str] = set()
        self._dropped = 0
        self._after_look: list[Callable[[], None]] = []
        self.guesses = Guesses()
        self.backlog = Backlog()
        self.failure: str | None = _NOT_YET

    async def run(self) -> None:
        """Keep the book until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(), name="gateway.access.listen")
            tasks.create_task(self._refresh(), name="gateway.access.refresh")

    # -- asking -----------------------------------------------------------------------

    async def identify(self, credential: Credential, address: str) -> Identity:
        """Return whose credential it is.

        Args:
            credential: what was shown.
            address: of whoever did, as guesses are counted by.

        Raises:
            Problem: 401: it does not hold; 429: too many wrong ones came from there; 503: the
                database is away, and the book does not know it.
        """
        now = self.clock.now()
        if wait := self.guesses.locked_seconds(address, credential.name, now):
            raise locked_out(wait)

        def find(book: Book) -> Identity | None:
            identity = book.find(credential, now)
            if identity is None and book.held_once(credential, now):
                # Whoever still shows it guesses at nothing; and as nothing that held once ever
                # holds again, the database need not be asked.
                what = "key" if credential.is_device else "token"
                raise nobody(f"This {what} holds no longer", is_device=credential.is_device)
            return identity

        identity = await self._ask(find, address)
        if identity is None:
            self.note_guess(address, credential.name)
            if credential.is_device:
                raise nobody("This key is not the device's", is_device=True)
            raise nobody("This token is not good: it is wrong, expired or revoked")
        self.guesses.note_right(address, credential.name)
        if not credential.is_device:
            self._used.add(credential.name)
        return identity

    async def identify_session(self, cookie: str, address: str) -> Identity | None:
        """Return whose login of the page it is; None: it has ended, or never was.

        Raises:
            Problem: 429: too many unknown ones at once; 503: the database is away, and the book
                does not know it.
        """
        now = self.clock.now()
        identity = await self._ask(lambda book: book.find_session(cookie, now), address)
        if identity is not None:
            self._used.add(identity.token_id)
        return identity

    def holds(self, identity: Identity) -> bool:
        """Return whether what somebody came in with still lets him in; for long answers."""
        book = self._good_book()
        return book is not None and book.holds(identity, self.clock.now())

    def after_look(self, act: Callable[[], None]) -> None:
        """Have `act` called whenever the book was read, or could not be: who held may not now."""
        self._after_look.append(act)

    def note_guess(self, address: str, name: str) -> None:
        """Count a wrong secret; the first of a lock-out goes to the audit."""
        now = self.clock.now()
        if self.guesses.note_wrong(address, name, now):
            self.backlog.note(AccessEntry(now, EntryKind.LOCKED_OUT, address, name))

    async def look_again(self) -> None:
        """Have the book read anew; return when it was.

        Raises:
            Problem: 503: the database is away.
        """
        self._wake.set()
        if self.failure not in {None, _NOT_YET}:
            # It was away a moment ago: nobody waits to hear it again.
            raise unknowable()
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        was_read = False
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                was_read = await waiter
        if not was_read:
            raise unknowable()

    async def _ask(self, find: Callable[[Book], Identity | None], address: str) -> Identity | None:
        book = self._good_book()
        if book is not None:
            identity = find(book)
            if identity is not None:
                return identity
            # Guesses count when they turn out wrong: without this, any number at once is one try.
            if self._asking[address] >= ADDRESS_TRIES:
                raise locked_out(1)
        self._asking[address] += 1
        try:
            await self.look_again()
        finally:
            self._asking[address] -= 1
            if not self._asking[address]:
                del self._asking[address]
        book = self._good_book()
        return None if book is None else find(book)

    def _good_book(self) -> Book | None:
        book = self._book
        if book is None or self.clock.now() - book.loaded_at > self.options.trust:
            return None
        return book

    # -- keeping the book -------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            with suppress(psycopg.Error, OSError):
                async with await connect(self._database, "srepok-gateway-access") as connection:
                    await connection.execute(_LISTEN)
                    self._backoff.reset()
                    # What changed before we listened was not announced to us.
                    self._wake.set()
                    async for _ in connection.notifies():
                        self._wake.set()
            await asyncio.sleep(self._backoff.delay().total_seconds())

    async def _refresh(self) -> None:
        try:
            await self._read_for_ever()
        finally:
            await self._desk.close()

    async def _read_for_ever(self) -> None:
        while True:
            self._wake.clear()
            waiters, self._waiters = self._waiters, []
            await self._read()
            for waiter in waiters:
                if not waiter.done():
                    waiter.set_result(self.failure is None)
            for act in self._after_look:
                act()
            await asyncio.sleep(_PAUSE.total_seconds())
            with suppress(TimeoutError):
                async with asyncio.timeout(self.options.refresh.total_seconds()):
                    await self._wake.wait()

    async def _read(self) -> None:
        try:
            await self._desk.run(self._read_book)
        except (psycopg.Error, OSError) as error:
            if self.failure in {None, _NOT_YET}:
                log.warning("tokens and keys cannot be read, trying on", reason=str(error))
            self.failure = f"{self._database}: {type(error).__name__}"
        else:
            self.failure = None

    async def _read_book(self, connection: psycopg.AsyncConnection) -> None:
        self._book = await load_book(connection, self.clock.now(), self._book)
        await self._write_down(connection)

    async def _write_down(self, connection: psycopg.AsyncConnection) -> None:
        await self.backlog.write(connection)
        if self.backlog.dropped > self._dropped:
            log.warning("refusals were not written down", dropped=self.backlog.dropped)
            self._dropped = self.backlog.dropped
        if self._used:
            used = sorted(self._used)
            hour = self.clock.now().replace(minute=0, second=0, microsecond=0)
            await connection.execute(query("note_use"), {"token_ids": used, "hour": hour})
            self._used.difference_update(used)


ACCESS: Final = web.AppKey("ACCESS", Doorkeeper)
