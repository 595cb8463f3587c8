"""The table: what a backtest found, for people."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from rules.backtest.comparison import Comparison
from rules.backtest.findings import Findings
from rules.backtest.lacks import LACKS
from rules.backtest.verdicts import Verdict
from runtime.database.relations import LOCAL_TIME_ZONE

_LOCAL: Final = ZoneInfo(LOCAL_TIME_ZONE)
_GAPS_SHOWN: Final = 5


def table(findings: Findings) -> Iterator[str]:
    """Yield the lines of the table; times are the province's."""
    outcome = findings.outcome
    start = findings.period.starts_at.timestamp()
    yield f"{_time(start)} to {_time(outcome.last_at)} (all times: {LOCAL_TIME_ZONE})"
    yield (
        f"{outcome.rows:,} rows, {outcome.events:,} events in {outcome.seconds:.1f} s:"
        f" {outcome.events / max(outcome.seconds, 0.001):,.0f} events/s"
    )
    yield from _remarks(findings)
    yield ""
    yield f"incidents: {_counts(findings.incidents)}"
    yield from _rows(findings.incidents)
    if findings.comparison is not None:
        yield ""
        yield f"against {findings.against}: {_counts(findings.others)}"
        yield from _compared(findings.comparison)
    yield ""
    yield "not stored, and so not known here:"
    for lack in LACKS:
        yield f"  {lack}"


def _remarks(findings: Findings) -> Iterator[str]:
    outcome = findings.outcome
    if outcome.strangers:
        yield f"rows of {outcome.strangers} devices that the inventory does not have: passed over"
    for start, end in outcome.gaps[:_GAPS_SHOWN]:
        yield f"nothing was stored from {_time(start)} to {_time(end)}"
    if len(outcome.gaps) > _GAPS_SHOWN:
        yield f"... nor in {len(outcome.gaps) - _GAPS_SHOWN} more stretches"
    if outcome.unseen:
        yield f"rules about {', '.join(outcome.unseen)} are not judged: not stored"


def _counts(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(str(verdict.incident_class) for verdict in verdicts)
    each = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return f"{len(verdicts)} ({each})" if each else "none"


def _rows(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        yield f"  {_line(verdict)}"


def _compared(comparison: Comparison) -> Iterator[str]:
    for sign, name, verdicts in (
        ("+", "gained", comparison.gained),
        ("-", "lost", comparison.lost),
    ):
        yield f"{name}: {len(verdicts)}"
        for verdict in verdicts:
            yield f"{sign} {_line(verdict)}"
    yield f"moved: {len(comparison.moved)}"
    for pair in comparison.moved:
        yield f"~ {_line(pair.before)}"
        yield f"  now {_times(pair.after)}"
    yield f"changed severity: {len(comparison.severity)}"
    for pair in comparison.severity:
        yield f"! {_line(pair.before)}, now {pair.after.severity}"
    yield f"the same: {len(comparison.same)}"


def _line(verdict: Verdict) -> str:
    villages = f", {verdict.villages} villages" if verdict.villages else ""
    told = "" if verdict.notified else ", nobody told"
    return f"{_times(verdict)} {verdict.severity:13} {verdict.subject}{villages}{told}"


def _times(verdict: Verdict) -> str:
    ended = _time(verdict.ended_at) if verdict.ended_at is not None else "goes on"
    return f"{_time(verdict.opened_at)} to {ended:19}"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, _LOCAL).isoformat(" ", "seconds")[:19]
