"""Progress: how far a long backtest is, for a person who waits."""

import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final, TextIO

from rules.backtest.period import Period, local_text

_EVERY_SECONDS: Final = 10.0


class Progress:
    """Says every ten seconds how far reading is; of a short backtest it says nothing.

    Args:
        period: that is read.
        what: is decided meanwhile.
        stream: where to; standard error by default, so that answers stay clean.
        monotonic: a steady clock, in seconds.
    """

    def __init__(
        self,
        period: Period,
        what: str,
        stream: TextIO | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._period = period
        self._what = what
        self._stream = sys.stderr if stream is None else stream
        self._monotonic = monotonic
        self._began = self._said_at = monotonic()

    def read(self, at: float, rows: int) -> None:
        """Note that so many rows are read, up to one that was received at `at`."""
        now = self._monotonic()
        if now - self._said_at < _EVERY_SECONDS:
            return
        self._said_at = now
        first, last = self._period.reads_from.timestamp(), self._period.ends_at.timestamp()
        share = min(1.0, max(0.0, (at - first) / (last - first)))
        until = local_text(datetime.fromtimestamp(at, self._period.starts_at.tzinfo))
        self._stream.write(
            f"{self._what}: read up to {until}, {share:.0%}, {rows:,} rows,"
            f" {now - self._began:.0f} s\n"
        )
        self._stream.flush()
