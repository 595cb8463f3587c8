"""The service's own counters and gauges, as /metrics shows them."""

from collections.abc import Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from gateway.door.parcel import Parcel
from gateway.door.reasons import Reason

_PREFIX: Final = "srepok_gateway_"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Instruments:
    """Counts what one gateway process does at its door.

    Attributes:
        registry: has them all; other rooms add theirs.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.broker_connected = self._gauge(
            "broker_connected", "1 while the session that publishes is connected"
        )
        self.connections = self._counter("broker_connections", "Connections of it to the broker")
        self.database_up = self._gauge(
            "database_up", "1 while the database answered when it was asked last"
        )
        self.inventory = self._gauge("inventory_revision", "Revision of the inventory in use")
        self._answers = self._counter(
            "answers", "Answers to uploads and webhooks, by status", ["route", "status"]
        )
        self._accepted = self._counter("records_accepted", "Uploaded records that the broker has")
        self._refused = self._counter(
            "faults", "What was wrong with uploaded records, by reason", ["reason"]
        )
        for reason in Reason:
            self._refused.labels(reason)
        self._foreign = self._counter(
            "foreign_messages", "Messages of other systems that were settled", ["adapter"]
        )
        self._foreign_records = self._counter(
            "foreign_records", "Records of other systems that the broker has", ["adapter"]
        )
        self._ignored = self._counter(
            "foreign_ignored", "Parts that an adapter leaves out on purpose", ["adapter"]
        )
        self._letters = self._counter(
            "foreign_letters", "Dead letters of other systems", ["adapter", "reason"]
        )
        self.foreign_in_flight = self._gauge(
            "foreign_in_flight", "Foreign messages heard over MQTT and not acknowledged"
        )
        self.in_flight = self._gauge(
            "publishes_in_flight", "Messages that wait for the broker's confirmation"
        )

    def answered(self, route: str, status: int) -> None:
        """Count an answer to an upload or a webhook."""
        self._answers.labels(route, status).inc()

    def accepted_records(self, count: int) -> None:
        """Count uploaded records that the broker has confirmed."""
        self._accepted.inc(count)

    def refused_records(self, reasons: Iterable[str]) -> None:
        """Count what was wrong with uploaded records."""
        for reason in reasons:
            self._refused.labels(reason).inc()

    def foreign(self, adapter: str, parcel: Parcel) -> None:
        """Count a message of another system that was settled."""
        self._foreign.labels(adapter).inc()
        self._foreign_records.labels(adapter).inc(parcel.accepted)
        self._ignored.labels(adapter).inc(parcel.ignored)
        for letter in parcel.letters:
            self._letters.labels(adapter, letter.reason).inc()

    def _counter(self, name: str, text: str, labels: Iterable[str] = ()) -> Counter:
        return Counter(f"{_PREFIX}{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"{_PREFIX}{name}", text, registry=self.registry)

    def _histogram(self, name: str, text: str) -> Histogram:
        return Histogram(f"{_PREFIX}{name}", text, buckets=_SECONDS, registry=self.registry)
