"""What people write for us: the rulebook and the routes, read again when they change."""

import asyncio
import signal
from pathlib import Path
from typing import Final

from rules.errors import UsageError
from rules.rulebook.book import RuleBook
from rules.rulebook.reader import SHIPPED, parse_rulebook, rulebook_files
from rules.service.files import Contents, WrittenFiles
from rules.service.notices import Notices, Tellers
from rules.service.watcher import Watcher
from rules.settings import RulesSettings

RULEBOOK: Final = "rulebook"
ROUTES: Final = "routes"


class Written:
    """Exchanges rulebook and routes while the service runs, for better ones only.

    Args:
        settings: name the files.
        directory: of the state, where what was read well last is kept.
        notices: use the routes.
    """

    def __init__(self, settings: RulesSettings, directory: Path, notices: Notices) -> None:
        self._every = settings.ask_interval.total_seconds()
        self._notices = notices
        self._watcher: Watcher | None = None
        self._asked = asyncio.Event()
        rulebook, routes = settings.rulebook or SHIPPED, settings.routes
        self._book = WrittenFiles(
            RULEBOOK, lambda: rulebook_files([rulebook]), _parse_book, directory / "rulebook.kept"
        )
        self._routes = WrittenFiles(
            ROUTES,
            lambda: [routes] if routes else [],
            notices.parse,
            directory / "routes.kept",
        )

    @property
    def problems(self) -> dict[str, str | None]:
        """What is wrong with the present files, by what they are; None where nothing is."""
        return {RULEBOOK: self._book.problem, ROUTES: self._routes.problem}

    def first(self) -> tuple[RuleBook, Tellers]:
        """Return what the files say; where they are wrong, what they said last.

        Raises:
            UsageError: they are wrong, and nothing was kept.
        """
        return self._book.first(), self._routes.first()

    def begin(self, watcher: Watcher) -> None:
        """Tell this watcher from now on of another rulebook."""
        self._watcher = watcher

    async def run(self) -> None:
        """Look for changes every few seconds, and at SIGHUP, until cancelled."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGHUP, self._asked.set)
        try:
            while True:
                asked = await self._wait()
                book = self._book.changed(force=asked)
                if book is not None and self._watcher is not None:
                    self._watcher.decider.use_book(book)
                tellers = self._routes.changed(force=asked)
                if tellers is not None:
                    self._notices.exchange(tellers)
        finally:
            loop.remove_signal_handler(signal.SIGHUP)

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(self._every):
                await self._asked.wait()
        except TimeoutError:
            return False
        self._asked.clear()
        return True


def _parse_book(contents: Contents) -> RuleBook:
    if not contents:
        raise UsageError("the rulebook has no file")
    return parse_rulebook(contents)
