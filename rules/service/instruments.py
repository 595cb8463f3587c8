"""The service's own counters and gauges, as /metrics shows them."""

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.registry import Collector

from rules.model import IncidentClass, LinkState, VillageState
from rules.service.arrivals import Refusal

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_PREFIX: Final = "srepok_rules_"


class Instruments(Collector):
    """Counts what one rules process does.

    Attributes:
        refresh: brings all up to date; called before they are looked at.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.refresh: Callable[[], None] = lambda: None
        self._registry = registry
        # Collected in the order of registration.
        registry.register(self)
        self._counted: Tally[tuple[int | str, ...]] = Tally()
        self._count_what_comes()
        self._count_what_is_known()
        self._count_what_is_kept()

    def _counter(self, name: str, text: str, labels: Iterable[str] = ()) -> Counter:
        return Counter(f"{_PREFIX}{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, labels: Iterable[str] = ()) -> Gauge:
        return Gauge(f"{_PREFIX}{name}", text, labels, registry=self._registry)

    def _histogram(self, name: str, text: str) -> Histogram:
        return Histogram(f"{_PREFIX}{name}", text, buckets=_SECONDS, registry=self._registry)

    def _count_what_comes(self) -> None:
        self.lines = self._counter("events", "Lines of the event log decided by", ["kind"])
        self.refused = self._counter("messages_refused", "What was not looked at", ["reason"])
        for refusal in Refusal:
            self.refused.labels(refusal)
        self.failures = self._counter(
            "failures", "Lines that could not be decided by: a bug, see the log"
        )
        self.waiting = self._gauge("events_waiting", "What has come and was not decided by yet")
        self.step_seconds = self._histogram(
            "step_seconds", "How long the event loop was kept by one step of deciding"
        )
        self.round_trip = self._histogram(
            "canary_round_trip_seconds", "From sending a canary until it came back"
        )
        self.connected = self._gauge("broker_connected", "1 while the broker session is connected")
        self.blind = self._gauge("blind", "1 while nothing is seen through the broker")
        self.blind_seconds = self._counter(
            "blind_seconds", "Time in which nothing was seen, since this process began"
        )
        self.database_up = self._gauge("database_up", "1 while the database answers")

    def _count_what_is_known(self) -> None:
        self.incidents = self._gauge("incidents_open", "Open incidents", ["class"])
        self.opened = self._counter("incidents_opened", "Incidents opened", ["class"])
        self.villages = self._gauge("villages", "Villages by what is known of them", ["state"])
        self.links = self._gauge("links", "Links by what is known of them", ["state"])
        for incident_class in IncidentClass:
            self.incidents.labels(incident_class)
            self.opened.labels(incident_class)
        for village_state in VillageState:
            self.villages.labels(village_state)
        for link_state in LinkState:
            self.links.labels(link_state)

    def _count_what_is_kept(self) -> None:
        self.snapshot_at = self._gauge(
            "last_snapshot_timestamp_seconds", "When the state was last written down"
        )
        self.snapshot_seconds = self._histogram(
            "snapshot_seconds", "How long the event loop was kept by one snapshot"
        )
        self.snapshot_bytes = self._gauge("snapshot_bytes", "Size of the last snapshot")
        self.state_ok = self._gauge(
            "state_writable", "1 while journal and snapshots can be written"
        )
        self.outbox = self._gauge("outbox", "Changes that wait for the database")
        self.outbox_lost = self._counter(
            "outbox_lost", "Changes let go because too many waited for the database"
        )
        self.outbox_refused = self._counter(
            "outbox_refused", "Changes that the database cannot take: a bug, see the log"
        )
        self.notices = self._counter(
            "notices", "Messages to people, by what became of them", ["receiver", "outcome"]
        )
        self.written_ok = self._gauge(
            "file_good",
            "1 while what people wrote can be used, 0 while what stood there before is",
            ["file"],
        )
        self.inventory = self._gauge("inventory_revision", "Revision decided by")

    def describe(self) -> list[Metric]:
        """Return nothing: the instruments describe themselves."""
        return []

    def collect(self) -> list[Metric]:
        """Bring the instruments behind this up to date."""
        self.refresh()
        return []

    def count(self, counter: Counter, now: Mapping[str, int]) -> None:
        """Bring a counter with one label up to counts that are kept elsewhere."""
        for label, count in now.items():
            self.count_many(counter, (label,), count)

    def count_many(self, counter: Counter, labels: tuple[str, ...], now: int) -> None:
        """Bring one series of a counter up to a count that is kept elsewhere."""
        key: tuple[int | str, ...] = (id(counter), *labels)
        series = counter.labels(*labels) if labels else counter
        series.inc(now - self._counted[key])
        self._counted[key] = now

    def count_one(self, counter: Counter, now: int) -> None:
        """Bring a counter without labels up to a count that is kept elsewhere."""
        self.count_many(counter, (), now)
