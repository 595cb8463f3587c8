"""The report of a suite: scenarios by watchers, then every metric side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from simulators.score.composite import compose
from simulators.score.evidence import Evidence, pooled
from simulators.score.metrics import metrics
from simulators.score.report import as_json, columns, gates, number, target
from simulators.suite.service import Result

FAILED: Final = "failed"
"""Stands where a score would, of a watcher that did not get to the end."""


def pool_by_watcher(results: Sequence[Result]) -> Mapping[str, Evidence]:
    """Return the evidence of all runs together, by watcher; none of those that failed in one.

    Without the run in which it failed a watcher would look better than it is.
    """
    names = dict.fromkeys(name for result in results for name in result.evidence)
    return {
        name: pooled(result.evidence[name] for result in results if name in result.evidence)
        for name in names
        if name not in failed(results)
    }


def failed(results: Sequence[Result]) -> frozenset[str]:
    """Return the watchers that did not get to the end of a run."""
    return frozenset(name for result in results for name in result.failed)


def as_text(results: Sequence[Result]) -> str:
    """Return the report for people."""
    watchers = pool_by_watcher(results)
    problems = [problem for result in results for problem in result.problems]
    if not watchers:
        return "\n".join(["no run could be made", *problems])
    blocks = [_scenarios(results), _parts(watchers), _gates(watchers), _metrics(watchers)]
    texts = ["\n".join(columns(list(block))) for block in blocks]
    if problems:
        texts.append("\n".join(["what went wrong", *(f"  {problem}" for problem in problems)]))
    return "\n\n".join(texts)


def as_object(results: Sequence[Result], scale: float) -> dict[str, Any]:
    """Return the report as an object of JSON."""
    return {
        "scale": scale,
        "runs": [
            {
                "scenario": result.task.scenario.name,
                "seed": result.task.seed,
                "problems": list(result.problems),
                "failed": sorted(result.failed),
                "watchers": {name: as_json(evidence) for name, evidence in result.evidence.items()},
            }
            for result in results
        ],
        "failed": sorted(failed(results)),
        "watchers": {
            name: as_json(evidence) for name, evidence in pool_by_watcher(results).items()
        },
    }


def _scenarios(results: Sequence[Result]) -> Iterator[Sequence[str]]:
    names = dict.fromkeys(
        name for each in results for name in (*each.evidence, *sorted(each.failed))
    )
    yield ["scenario", *names]
    for scenario in dict.fromkeys(result.task.scenario.name for result in results):
        runs = [result for result in results if result.task.scenario.name == scenario]
        yield [scenario, *_cells(runs, names)]
    yield ["ALL, pooled", *_cells(results, names)]


def _cells(results: Sequence[Result], names: Iterable[str]) -> Iterator[str]:
    pools, gone = pool_by_watcher(results), failed(results)
    for name in names:
        yield FAILED if name in gone else cell(pools.get(name))


def cell(evidence: Evidence | None) -> str:
    """Return a score for a table, marked with `!` if a gate failed.

    Where nothing was to be told, a score is all or nothing, and the number of wrong incidents
    says more.
    """
    if evidence is None:
        return "-"
    composite = compose(evidence)
    mark = "!" if composite.gated else " "
    if not evidence.notices.expected:
        return f"{evidence.notices.opened:,} wrong {mark}"
    return f"{composite.score or 0:.1f} {mark}"


def _parts(watchers: Mapping[str, Evidence]) -> Iterator[Sequence[str]]:
    yield ["part", *watchers, "weight"]
    composites = [compose(evidence) for evidence in watchers.values()]
    for parts in zip(*(composite.parts for composite in composites), strict=True):
        credit = [number(part.credit) for part in parts]
        yield [parts[0].name, *credit, f"{parts[0].weight:g}"]
    ungated = [number(composite.ungated) for composite in composites]
    yield ["without the gates", *ungated, "100"]


def _gates(watchers: Mapping[str, Evidence]) -> Iterator[Sequence[str]]:
    yield ["gate", *watchers]
    for row in zip(*(gates(evidence) for evidence in watchers.values()), strict=True):
        verdicts = [
            f"{gate.offences:,} offences" if gate.offences else gate.verdict for _, gate in row
        ]
        yield [row[0][0], *verdicts]


def _metrics(watchers: Mapping[str, Evidence]) -> Iterator[Sequence[str]]:
    yield ["metric", *watchers, "target", "deadman"]
    for row in zip(*(metrics(evidence) for evidence in watchers.values()), strict=True):
        if any(metric.value is not None for metric in row):
            values = [number(metric.value, metric.unit) for metric in row]
            yield [row[0].name, *values, target(row[0]), row[0].naive]
