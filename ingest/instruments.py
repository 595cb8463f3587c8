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
_UNKNOWN = float("nan")


class KeptElsewhere(Collector):
    """Shows a count that is kept elsewhere.

    A counter takes a lock each time; for each message that costs more than queueing it.

    Args:
        name: of the counter, without prefix and `_total`.
        text: what it counts.
        count: returns it.
    """

    def __init__(self, name: str, text: str, count: Callable[[], int]) -> None:
        self._name = f"srepok_ingest_{name}"
        self._text = text
        self._count = count

    def collect(self) -> Iterable[Metric]:
        """Return the one counter."""
        return [CounterMetricFamily(self._name, self._text, value=self._count())]


class Instruments:
    """Counts what one ingest process does."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._count_messages()
        self._count_broker()
        self._count_database()

    def _counter(self, name: str, text: str, labels: Iterable[str] = ()) -> Counter:
        return Counter(f"srepok_ingest_{name}", text, labels, registry=self._registry)

    def _gauge(self, name: str, text: str, value: float = 0) -> Gauge:
        gauge = Gauge(f"srepok_ingest_{name}", text, registry=self._registry)
        gauge.set(value)
        return gauge

    def _histogram(self, name: str, text: str) -> Histogram:
        return Histogram(f"srepok_ingest_{name}", text, buckets=_SECONDS, registry=self._registry)

    def _count_messages(self) -> None:
        self.settled = self._counter("messages_settled", "Messages whose transaction was committed")
        self.dropped = self._counter(
            "messages_dropped",
            "Messages of ended connections that were let go for want of room, to be sent again",
        )
        self.stale = self._counter(
            "acknowledgements_stale",
            "Acknowledgements dropped because their connection had ended; the broker sends"
            " these messages again and they are duplicates then",
        )
        self.stored = self._counter("records_stored", "Rows that were new")
        self.duplicate = self._counter("records_duplicate", "Rows that were there already")
        self.rejected = self._counter("records_rejected", "Dead letters, by reason", ["reason"])
        for reason in Reason:
            self.rejected.labels(reason)
        self.in_flight = self._gauge(
            "messages_in_flight", "Messages received and not yet committed"
        )

    def _count_broker(self) -> None:
        self.broker_connected = self._gauge(
            "broker_connected", "1 while the broker session is connected"
        )
        self.connections = self._counter("broker_connections", "Connections to the broker")
        self.sessions_absent = self._counter(
            "broker_sessions_absent",
            "Connections at which the broker held no session for us: after the very first,"
            " what it had queued is lost",
        )
        self.session_kept = self._gauge(
            "broker_session_kept",
            "1 if the broker was seen to keep a session, 0 if seen not to",
            _UNKNOWN,
        )
        self.receive_maximum = self._gauge(
            "broker_receive_maximum", "Unacknowledged messages that the broker may send"
        )
        self.broker_dropped = self._gauge(
            "broker_messages_dropped",
            "Messages the broker threw away since it started, by its own count: lost",
            _UNKNOWN,
        )
        self.broker_kept = self._gauge(
            "broker_messages_kept", "Messages the broker holds, by its own count", _UNKNOWN
        )
        self.broker_retained = self._gauge(
            "broker_messages_retained",
            "Those of the messages it holds that are retained; the others wait in queues",
            _UNKNOWN,
        )
        self.broker_kept_bytes = self._gauge(
            "broker_messages_kept_bytes",
            "Payload bytes the broker holds, by its own count",
            _UNKNOWN,
        )

    def _count_database(self) -> None:
        self.database_up = self._gauge("database_up", "1 while the database takes our writes")
        self.clock_offset = self._gauge(
            "database_clock_offset_seconds",
            "The database's clock less ours, at connecting",
            _UNKNOWN,
        )
        self.write_failures = self._counter("write_failures", "Transactions given up", ["kind"])
        self.upkeep_failures = self._counter(
            "upkeep_failures", "Rounds of upkeep given up", ["kind"]
        )
        for kind in FailureKind:
            self.write_failures.labels(kind.value)
            self.upkeep_failures.labels(kind.value)
        self.write_seconds = self._histogram("write_seconds", "Time of one committed transaction")
        self.lag_seconds = self._histogram(
            "lag_seconds", "From arrival to commit, of the oldest message of each batch"
        )
        self.last_commit = self._gauge(
            "last_commit_timestamp_seconds", "When a batch was last committed"
        )
        self.last_upkeep = self._gauge(
            "last_upkeep_timestamp_seconds",
            "When roll-ups and retention were last seen to be up to date",
        )

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
