-- What waits between devices and rows: ingest writes it down each minute, so that the boards can
-- show it and what it was last night.

CREATE TABLE ingest_queues (
    minute timestamptz NOT NULL,
    worker text NOT NULL,
    in_flight bigint NOT NULL,
    broker_messages bigint,
    broker_bytes bigint,
    broker_dropped bigint,
    CONSTRAINT ingest_queues_key PRIMARY KEY (minute, worker),
    CONSTRAINT ingest_queues_whole CHECK (minute = date_trunc('minute', minute, 'UTC')),
    CONSTRAINT ingest_queues_counts CHECK (
        in_flight >= 0 AND broker_messages >= 0 AND broker_bytes >= 0 AND broker_dropped >= 0
    )
) WITH (fillfactor = 50);
COMMENT ON TABLE ingest_queues IS
    'What waited in each worker, and at its broker by the broker''s own count. Workers of one '
    'broker each write what it says: take the greatest of them, not the sum.';
COMMENT ON COLUMN ingest_queues.minute IS 'Start of the minute; our clock.';
COMMENT ON COLUMN ingest_queues.worker IS 'Name of the ingest worker.';
COMMENT ON COLUMN ingest_queues.in_flight IS
    'Messages that the worker had received and not committed: the most of that minute.';
COMMENT ON COLUMN ingest_queues.broker_messages IS
    'Messages that waited at the broker for whatever session, without those it retains: the most '
    'of that minute; null: it did not say.';
COMMENT ON COLUMN ingest_queues.broker_bytes IS
    'Payloads of all that the broker held, in bytes: the most of that minute; null: it did not say.';
COMMENT ON COLUMN ingest_queues.broker_dropped IS
    'Messages that the broker had thrown away since it started, at the end of that minute; null: it '
    'did not say.';

INSERT INTO retention_settings (relation, keep, at_least, time_column)
VALUES ('ingest_queues', '365 days', '7 days', 'minute');

REVOKE ALL ON ingest_queues FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON ingest_queues TO srepok_ingest;
GRANT SELECT ON ingest_queues TO srepok_rules, srepok_gateway, srepok_grafana;
