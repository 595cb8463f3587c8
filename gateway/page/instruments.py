"""The live page's own counters and gauges, as /metrics shows them."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class LiveInstruments:
    """Counts what the live page does.

    Args:
        registry: of the process.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.clients = Gauge(
            "srepok_gateway_live_clients", "Live pages that are open", registry=registry
        )
        self.looks = Counter(
            "srepok_gateway_live_looks", "Looks at the database for live pages", registry=registry
        )
        self.behind = Counter(
            "srepok_gateway_live_behind",
            "Changes that were dropped because a page was slow; it gets a snapshot instead",
            registry=registry,
        )
        self.given_up = Counter(
            "srepok_gateway_live_given_up",
            "Live pages that took nothing for too long and were cut off",
            registry=registry,
        )
