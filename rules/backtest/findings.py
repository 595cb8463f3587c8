"""Findings: all that a backtest has to say, and its plain form."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rules.backtest.comparison import Comparison, Pair
from rules.backtest.lacks import LACKS
from rules.backtest.period import Period
from rules.backtest.run import Outcome
from rules.backtest.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found.

    Attributes:
        outcome: of the run.
        incidents: of the engine and the first rulebook.
        against: the name of what it is compared with; None if it is not.
        others: incidents of that.
        comparison: how `incidents` become `others`.
    """

    period: Period
    outcome: Outcome
    incidents: tuple[Verdict, ...]
    against: str | None = None
    others: tuple[Verdict, ...] = ()
    comparison: Comparison | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as plain values, for JSON; docs/operations/backtest.md describes them."""
        outcome = self.outcome
        found: dict[str, Any] = {
            "from": instant(self.period.starts_at.timestamp()),
            "to": instant(self.period.ends_at.timestamp()),
            "read_from": instant(self.period.reads_from.timestamp()),
            "read_to": instant(outcome.last_at),
            "rows": outcome.rows,
            "events": outcome.events,
            "seconds": round(outcome.seconds, 3),
            "unknown_devices": outcome.strangers,
            "gaps": [[instant(start), instant(end)] for start, end in outcome.gaps],
            "unseen_instruments": list(outcome.unseen),
            "lacks": list(LACKS),
            "incidents": plain_verdicts(self.incidents),
        }
        if self.comparison is not None:
            found |= {"against": self.against, "comparison": plain_comparison(self.comparison)}
        return found


def plain_comparison(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain values."""
    return {
        "gained": plain_verdicts(comparison.gained),
        "lost": plain_verdicts(comparison.lost),
        "moved": [_plain_pair(pair) for pair in comparison.moved],
        "severity": [_plain_pair(pair) for pair in comparison.severity],
        "same": len(comparison.same),
    }


def plain_verdicts(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Return verdicts as plain values."""
    return [
        {
            "incident": verdict.incident,
            "class": verdict.incident_class,
            "rule": verdict.rule,
            "root": list(verdict.root),
            "severity": verdict.severity,
            "onset": instant(verdict.onset),
            "opened": instant(verdict.opened_at),
            "ended": None if verdict.ended_at is None else instant(verdict.ended_at),
            "villages": verdict.villages,
            "planned": verdict.planned,
            "notified": verdict.notified,
        }
        for verdict in verdicts
    ]


def instant(at: float) -> str:
    """Return an instant as RFC 3339 text in UTC."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _plain_pair(pair: Pair) -> dict[str, Any]:
    before, after = plain_verdicts((pair.before, pair.after))
    return {"before": before, "after": after}
