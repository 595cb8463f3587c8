"""Reports: a score as JSON for machines, and as a table for people."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from simulators.score.composite import Composite, compose
from simulators.score.evidence import Evidence
from simulators.score.gates import Gate
from simulators.score.metrics import Metric, metrics
from simulators.score.outcomes import Outcome

_SHOWN_FAULTS: Final = 40
_MARK: Final = {True: "+", False: "-", None: " "}


def as_json(evidence: Evidence) -> dict[str, Any]:
    """Return a score as an object of JSON; docs/scoring.md describes it."""
    composite = compose(evidence)
    return {
        "composite": composite.score,
        "composite_without_gates": composite.ungated,
        "parts": {
            part.name: {"weight": part.weight, "credit": part.credit} for part in composite.parts
        },
        "gates": {
            name: {"verdict": gate.verdict, "offences": gate.offences, "example": gate.example}
            for name, gate in gates(evidence)
        },
        "metrics": [{**asdict(metric), "met": metric.met} for metric in metrics(evidence)],
        "faults": [asdict(outcome) for outcome in evidence.outcomes],
    }


def gates(evidence: Evidence) -> Sequence[tuple[str, Gate]]:
    """Return the gates with their names."""
    return (
        ("pipeline safety", evidence.gates.pipeline),
        ("time robustness", evidence.gates.time),
        ("restart", evidence.gates.restart),
    )


def as_table(evidence: Evidence, title: str) -> str:
    """Return a score as text for people."""
    composite = compose(evidence)
    lines = [title, "", f"score {_score(composite)}", ""]
    lines += [
        f"  {part.name:<16} {number(part.credit):>6}  of weight {part.weight:g}"
        for part in composite.parts
    ]
    lines += ["", "gates"]
    lines += [f"  {name:<16} {_verdict(gate)}" for name, gate in gates(evidence)]
    known = [metric for metric in metrics(evidence) if metric.value is not None]
    lines += ["", *_metrics(known)]
    if evidence.outcomes:
        lines += ["", *_faults(evidence.outcomes)]
    return "\n".join(lines)


def number(value: float | None, unit: str = "") -> str:
    """Return a figure in as few digits as tell what matters; `-` for none."""
    if value is None:
        return "-"
    text = f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004 - four digits are enough
    return f"{text} {unit}".rstrip()


def target(metric: Metric) -> str:
    """Return a metric's target as text."""
    if metric.target is None:
        return ""
    sign = ">=" if metric.bound == "at least" else "<="
    return f"{sign} {number(metric.target, metric.unit)}"


def columns(rows: Sequence[Sequence[str]], left: int = 1) -> list[str]:
    """Return rows of cells as lines; the first `left` columns to the left, others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _score(composite: Composite) -> str:
    if composite.score is None:
        return "-: the run gives no evidence"
    text = f"{composite.score:.1f} of 100"
    if composite.gated:
        text += f" (a gate failed; without the gates {composite.ungated:.1f})"
    return text


def _verdict(gate: Gate) -> str:
    if not gate.offences:
        return gate.verdict
    return f"{gate.verdict}: {gate.offences:,}, such as: {gate.example}"


def _metrics(known: Sequence[Metric]) -> Iterator[str]:
    rows = [["metric", "value", "target", "", "deadman"]]
    rows += [
        [
            metric.name,
            number(metric.value, metric.unit),
            target(metric),
            _MARK[metric.met],
            metric.naive,
        ]
        for metric in known
    ]
    yield from columns(rows)


def _faults(outcomes: Sequence[Outcome]) -> Iterator[str]:
    rows = [["fault", "kind", "told after", "notices", "root", "cleared after", "incident"]]
    rows += [_fault(outcome) for outcome in outcomes[:_SHOWN_FAULTS]]
    yield from columns(rows, 2)
    if len(outcomes) > _SHOWN_FAULTS:
        yield f"and {len(outcomes) - _SHOWN_FAULTS} more"


def _fault(outcome: Outcome) -> list[str]:
    def intervals(time: int | None) -> str:
        return number(None if time is None else time / outcome.interval, "T")

    return [
        outcome.fault,
        outcome.cohort,
        intervals(outcome.delay) if outcome.detected else "missed",
        str(outcome.notices),
        "right" if outcome.right_root else "wrong" if outcome.detected else "-",
        intervals(outcome.clear),
        outcome.incident or "-",
    ]
