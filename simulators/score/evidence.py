"""Evidence: all that is known of how a watcher did, in one run or in many together."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Self

from simulators.score.accounts import Accountant, Accounts
from simulators.score.books import keep_books
from simulators.score.calibration import Calibration, CalibrationJudge
from simulators.score.darkness import darkness
from simulators.score.duties import Duties, count_duties
from simulators.score.gates import Gates
from simulators.score.honesty import Honesty, HonestyJudge
from simulators.score.incidents import IncidentLog
from simulators.score.matching import Matching, match
from simulators.score.notices import Notices, count_notices
from simulators.score.outcomes import Outcome, outcomes
from simulators.score.pipeline_gate import pipeline_gate
from simulators.score.restart_gate import restart_gate
from simulators.score.sums import Sums
from simulators.score.time_gate import time_gate
from simulators.score.truth import Truth


@dataclass(frozen=True, slots=True)
class Cost:
    """What a watcher took.

    Attributes:
        cpu_seconds: user and system time.
        peak_mebibytes: the most memory it had at once.
        lines: of events that it read.
    """

    cpu_seconds: float = 0.0
    peak_mebibytes: float = 0.0
    lines: int = 0

    def __add__(self, other: Self) -> "Cost":
        return Cost(
            self.cpu_seconds + other.cpu_seconds,
            max(self.peak_mebibytes, other.peak_mebibytes),
            self.lines + other.lines,
        )

    @property
    def cpu_milliseconds_of_1000(self) -> float | None:
        """CPU milliseconds for 1,000 lines."""
        return 1e6 * self.cpu_seconds / self.lines if self.lines else None


@dataclass(frozen=True, slots=True)
class Evidence(Sums):
    """What a watcher did; the sum of two is what it did in the runs of both."""

    outcomes: tuple[Outcome, ...] = ()
    notices: Notices = Notices()  # noqa: RUF009 - it is frozen, as are those below
    duties: Duties = Duties()  # noqa: RUF009
    accounts: Accounts = Accounts()  # noqa: RUF009
    honesty: Honesty = Honesty()  # noqa: RUF009
    calibration: Calibration = Calibration()  # noqa: RUF009
    gates: Gates = Gates()  # noqa: RUF009
    cost: Cost = Cost()


def gather(
    truth: Truth,
    log: IncidentLog,
    twin: IncidentLog | None = None,
    cost: Cost = Cost(),
    matching: Matching | None = None,
) -> Evidence:
    """Return the evidence of one run.

    Args:
        truth: what happened.
        log: what the watcher said.
        twin: what it said of the same run without faults, where the two must be the same.
        cost: what it took.
        matching: of truth and log, where it is known already.
    """
    matching = matching or match(truth, log)
    accountant, honesty, calibration = (
        Accountant(truth),
        HonestyJudge(truth),
        CalibrationJudge(truth),
    )
    for village, book in keep_books(truth.run.villages, log):
        dark = darkness(truth, village)
        accountant.take(village, book, dark)
        honesty.take(village, book)
        calibration.take(book, dark)
    return Evidence(
        outcomes(truth, matching),
        count_notices(truth, matching),
        count_duties(truth, log),
        accountant.result(),
        honesty.result(),
        calibration.result(),
        Gates(
            pipeline_gate(truth, log, matching),
            time_gate(log, twin),
            restart_gate(truth, log, matching),
        ),
        cost,
    )


def pooled(evidence: Iterable[Evidence]) -> Evidence:
    """Return the evidence of all runs together."""
    return reduce(add, evidence, Evidence())
