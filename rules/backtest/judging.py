"""Judging: one pass over history, in which rulebooks decide; it runs in a process of its own."""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from province.inventory import Inventory
from rules.backtest.history import History
from rules.backtest.inventory import read_device_codes, read_metric_codes
from rules.backtest.period import Period
from rules.backtest.progress import Progress
from rules.backtest.reading import decide_over
from rules.backtest.sampling import Sampling
from rules.backtest.steps import Step, Steps
from rules.backtest.translation import codes_of
from rules.backtest.verdicts import Verdict, verdict_of_alert
from rules.model import Own
from rules.rulebook.book import RuleBook
from rules.rulebook.engine import RuleBookEngine
from runtime.database.connection import DatabaseAddress, connect

_NAME: Final = "srepok-rules-judging"
NO_LIMIT: Final = timedelta(0)
"""A cursor over a day is one statement."""
Alerts = dict[str, Verdict]
"""What a rulebook decided, by alert."""


@dataclass(frozen=True, slots=True)
class Judging:
    """What rulebooks are to decide over; each decides for itself."""

    address: DatabaseAddress
    period: Period
    inventory: Inventory
    books: tuple[RuleBook, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What rulebooks decided.

    Attributes:
        alerts: in the order of the rulebooks.
        unseen: instruments of our own that rules are about; they are not stored.
    """

    alerts: tuple[Alerts, ...] = ()
    unseen: tuple[str, ...] = ()


def judge(judging: Judging) -> Judged:
    """Read the period and have the rulebooks decide."""
    return asyncio.run(_judge(judging))


async def _judge(judging: Judging) -> Judged:
    address, period, inventory = judging.address, judging.period, judging.inventory
    async with await connect(address, _NAME, statement_timeout=NO_LIMIT) as connection:
        sampling = Sampling(judging.books, await read_metric_codes(connection))
        codes = codes_of(inventory, await read_device_codes(connection))
        jury = Jury([RuleBookEngine(book, inventory) for book in judging.books], sampling, codes)
        gc.freeze()  # what lives to the end is not walked again and again
        gc.disable()  # rows and samples go by themselves; there are no cycles to look for
        if sampling.wanted:
            history = History(connection, sampling.columns, sampling.metrics)
            progress = Progress(period, "rulebooks")
            await decide_over(history, period, Steps(inventory.devices), jury.take, progress)
    return Judged(tuple(jury.alerts), sampling.unseen)


class Jury:
    """Has rulebooks decide over steps of history.

    Args:
        books: engines of rulebooks; each decides for itself.
        sampling: makes what those are told.
        codes: of devices, by the numbers that rows have.

    Attributes:
        alerts: what each rulebook decided, in the order of the rulebooks.
    """

    def __init__(
        self, books: Sequence[RuleBookEngine], sampling: Sampling, codes: Mapping[int, str]
    ) -> None:
        self._books = books
        self._sampling = sampling
        self._codes = codes
        self.alerts: list[Alerts] = [{} for _ in books]

    def take(self, step: Step) -> None:
        """Decide over the next step."""
        samples = list(self._sampling.take(step.rows, self._codes))
        for book, alerts in zip(self._books, self.alerts, strict=True):
            if step.own is not None:
                _tell_sight(book, step.own)
            for change in book.advance(samples, step.now):
                alerts[change.alert] = verdict_of_alert(change, alerts.get(change.alert))


def _tell_sight(book: RuleBookEngine, own: Own) -> None:
    """Tell a rulebook whether we see: what we do not see is not silent."""
    if own.up:
        book.seeing(own.at)
    else:
        book.blind()
