"""The service's own counters and gauges, as /metrics shows them.

Messages: `received = settled + in flight + dropped`. Records (rows bound for a hypertable, and dead
letters): `settled = stored + duplicate + rejected`.
"""

from collections.abc import Callable, Iterable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from ingest.batch import Batch
from ingest.rejection import Reason
from ingest.writer import Written
from runtime.database.failures import FailureKind

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class ReceivedCollector(Collector):
    """Shows a count of messages that is kept elsewhere.

    A counter takes a lock each time; for each message that costs more than queueing it.
    """

    def __init__(self, received: Callable[[], int]) -> None:
        self._received = received

    def collect(self) -> Iterable[Metric]:
        """Return the one counter."""
        name = "srepok_ingest_messages_received"
        return [CounterMetricFamily(name, "Messages that arrived", value=self._received())]


class Instruments:
    """Counts what one ingest process does."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, text: str, labels: Iterable[str] = ()) -> Counter:
            return Counter(f"srepok_ingest_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str) -> Gauge:
            return Gauge(f"srepok_ingest_{name}", text, registry=registry)

        self.settled = counter("messages_settled", "Messages whose transaction was committed")
        self.dropped = counter(
            "messages_dropped",
            "Messages of ended connections that were let go for want of room, to be sent again",
        )
        self.stale = counter(
            "acknowledgements_stale",
            "Acknowledgements dropped because their connection had ended; the broker sends"
            " these messages again and they are duplicates then",
        )
        self.stored = counter("records_stored", "Rows that were new")
        self.duplicate = counter("records_duplicate", "Rows that were there already")
        self.rejected = counter("records_rejected", "Dead letters, by reason", ["reason"])
        for reason in Reason:
            self.rejected.labels(reason)
        self.in_flight = gauge("messages_in_flight", "Messages received and not yet committed")
        self.broker_connected = gauge("broker_connected", "1 while the broker session is connected")
        self.connections = counter("broker_connections", "Connections to the broker")
        self.sessions_absent = counter(
            "broker_sessions_absent",
            "Connections at which the broker held no session for us: after the very first,"
            " what it had queued is lost",
        )
        self.session_kept = gauge(
            "broker_session_kept", "1 if the broker was seen to keep a session, 0 if seen not to"
        )
        self.session_kept.set(float("nan"))
        self.database_up = gauge("database_up", "1 while the database takes our writes")
        self.write_failures = counter("write_failures", "Transactions given up", ["kind"])
        for kind in FailureKind:
            self.write_failures.labels(kind.value)
        self.write_seconds = Histogram(
            "srepok_ingest_write_seconds",
            "Time of one committed transaction",
            buckets=_SECONDS,
            registry=registry,
        )
        self.lag_seconds = Histogram(
            "srepok_ingest_lag_seconds",
            "From arrival to commit, of the oldest message of each batch",
            buckets=_SECONDS,
            registry=registry,
        )
        self.last_commit = gauge("last_commit_timestamp_seconds", "When a batch was last committed")

    def committed(self, batch: Batch, written: Written, messages: Sequence[object]) -> None:
        """Count a committed batch."""
        self.settled.inc(len(messages))
        self.stored.inc(written.stored)
        self.duplicate.inc(written.duplicate)
        for letter in batch.letters:
            self.rejected.labels(letter.reason).inc()

    def connected(self, *, session_present: bool) -> None:
        """Count a connection to the broker."""
        self.broker_connected.set(1)
        self.connections.inc()
        if not session_present:
            self.sessions_absent.inc()
