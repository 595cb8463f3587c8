-- Staging tables of one writer connection; rows of any batch pass through them.
-- Types are as wide as the wire's, so that a value out of a column's range is an error of the
-- INSERT, where it can be told, and never a silent wrap inside a binary COPY.
CREATE TEMPORARY TABLE stage_links (
    device_id int NOT NULL, observed_at timestamptz NOT NULL, boot_id bigint NOT NULL,
    seq bigint NOT NULL, received_at timestamptz NOT NULL, device_time timestamptz,
    skew text NOT NULL, backfill boolean NOT NULL, uptime_seconds float8,
    interval_seconds float8, config_rev int, power text, battery_percent float8,
    probes_sent int, probes_ok int, rtt_p50_ms float8, rtt_p95_ms float8, loss_percent float8,
    down_mbps float8, up_mbps float8, clients int, signal_dbm float8, temperature_c float8
) ON COMMIT DELETE ROWS;

CREATE TEMPORARY TABLE stage_readings (
    device_id int NOT NULL, metric_id smallint NOT NULL, observed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL, device_time timestamptz, skew text NOT NULL,
    value float8 NOT NULL
) ON COMMIT DELETE ROWS;

CREATE TEMPORARY TABLE stage_presence (
    device_id int NOT NULL, observed_at timestamptz NOT NULL, boot_id bigint NOT NULL,
    seq bigint NOT NULL, kind text NOT NULL, received_at timestamptz NOT NULL,
    device_time timestamptz, skew text NOT NULL, reason text, detail text
) ON COMMIT DELETE ROWS;

CREATE TEMPORARY TABLE stage_states (
    device_id int NOT NULL, received_at timestamptz NOT NULL, online boolean,
    online_changed_at timestamptz, observed_at timestamptz, boot_id bigint, seq bigint,
    skew_seconds float8
) ON COMMIT DELETE ROWS;

CREATE TEMPORARY TABLE stage_letters (
    digest bytea NOT NULL, topic text NOT NULL, payload bytea NOT NULL, content_type text,
    qos smallint NOT NULL, retain boolean NOT NULL, reason text NOT NULL, detail text NOT NULL,
    device_code text, received_at timestamptz NOT NULL
) ON COMMIT DELETE ROWS;
