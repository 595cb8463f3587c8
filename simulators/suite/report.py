"""The report of a suite: scenarios by watchers, then every metric side by side."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulators.score.composite import compose
from simulators.score.evidence import Evidence, pooled
from simulators.score.metrics import metrics
from simulators.score.report import as_json, columns, gates, number, target
from simulators.suite.service import Result


def pool_by_watcher(results: Sequence[Result]) -> Mapping[str, Evidence]:
    """Return the evidence of all runs together, by watcher."""
    names = dict.fromkeys(name for result in results for name in result.evidence)
    return {
        name: pooled(result.evidence[name] for result in results if name in result.evidence)
        for name in names
    }


def as_text(results: Sequence[Result]) -> str:
    """Return the report for people."""
    watchers = pool_by_watcher(results)
    if not watchers:
        return "no run could be made"
    blocks = [_scenarios(results, watchers), _parts(watchers), _gates(watchers), _metrics(watchers)]
    return "\n\n".join("\n".join(columns(list(block))) for block in blocks)


def as_object(results: Sequence[Result], scale: float) -> dict[str, Any]:
    """Return the report as an object of JSON."""
    return {
        "scale": scale,
        "runs": [
            {
                "scenario": result.task.scenario.name,
                "seed": result.task.seed,
                "problems": list(result.problems),
                "watchers": {name: as_json(evidence) for name, evidence in result.evidence.items()},
            }
            for result in results
        ],
        "watchers": {
            name: as_json(evidence) for name, evidence in pool_by_watcher(results).items()
        },
    }


def _scenarios(
    results: Sequence[Result], watchers: Mapping[str, Evidence]
) -> Iterator[Sequence[str]]:
    yield ["scenario", *watchers]
    for name in dict.fromkeys(result.task.scenario.name for result in results):
        runs = [result for result in results if result.task.scenario.name == name]
        pools = pool_by_watcher(runs)
        yield [name, *(cell(pools.get(watcher)) for watcher in watchers)]
    yield ["ALL, pooled", *(cell(evidence) for evidence in watchers.values())]


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
