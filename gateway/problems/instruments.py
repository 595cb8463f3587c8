"""Refusals, counted by their reason."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter


class RefusalCounter:
    """Counts answers that are errors.

    Args:
        registry: of the process.
        reasons: that there are from the beginning, so that their first one is a rise.
    """

    def __init__(self, registry: CollectorRegistry, reasons: Iterable[str]) -> None:
        self._refusals = Counter(
            "srepok_gateway_refusals",
            "Answers that are errors, by reason",
            ["reason"],
            registry=registry,
        )
        for reason in reasons:
            self._refusals.labels(reason)

    def count(self, reason: str) -> None:
        """Count one."""
        self._refusals.labels(reason).inc()
