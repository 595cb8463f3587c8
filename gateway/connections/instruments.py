"""The connections' own counters and gauges."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gateway.connections.crowd import Crowd, Cut

_OPEN: Final = "srepok_gateway_open_connections"
_CUT: Final = "srepok_gateway_connections_cut"


class CrowdCollector(Collector):
    """Shows how a crowd stands whenever it is asked.

    Args:
        crowd: the crowd.
        registry: of the process.
    """

    def __init__(self, crowd: Crowd, registry: CollectorRegistry) -> None:
        self._crowd = crowd
        registry.register(self)

    def collect(self) -> Iterable[Metric]:
        """Return how many are connected, and how many were cut."""
        yield GaugeMetricFamily(_OPEN, "Connections of clients", value=len(self._crowd))
        cut = CounterMetricFamily(
            _CUT, "Connections that were ended or not let in, by why", labels=["why"]
        )
        for why in Cut:
            cut.add_metric([why], self._crowd.cut[why])
        yield cut
