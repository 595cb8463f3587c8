"""What the rules read of ingest."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, generate_latest

from ingest.instruments import Instruments
from rules.rulebook.quantities import OWN_INSTRUMENTS
from rules.service.ingest_probe import read_metrics

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_what_ingest_shows_is_what_the_rulebook_judges() -> None:
    registry = CollectorRegistry()
    shown = Instruments(registry)
    shown.broker_connected.set(1)
    shown.in_flight.set(7)
    shown.last_commit.set(NOW.timestamp() - 42)
    for reason in ("malformed", "unknown_device"):
        shown.rejected.labels(reason).inc(3)

    values = read_metrics(generate_latest(registry).decode(), NOW)

    assert values.keys() <= OWN_INSTRUMENTS.keys()
    assert values["ingest_broker_connected"] == 1
    assert values["ingest_messages_in_flight"] == 7
    assert values["ingest_dead_letters"] == 6
    assert values["ingest_lag_seconds"] == 42
    shown.in_flight.set(0)
    assert read_metrics(generate_latest(registry).decode(), NOW)["ingest_lag_seconds"] == 0
