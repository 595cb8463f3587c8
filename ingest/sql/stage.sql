-- Staging tables of one writer connection; rows of any batch pass through them.
-- Whole numbers are as wide as the wire's, so that one out of a column's range is an error of the
-- INSERT, where it can be told, and never a silent wrap inside a binary COPY. A real is staged as
-- a real: too large, it is infinite and refused by its column's bounds; too small, it is zero.
CREATE TEMPORARY TABLE stage_links (
    device_id int NOT NULL, observed_at timestamptz NOT NULL, boot_id bigint NOT NULL,
    seq bigint NOT NULL, received_at timestamptz NOT NULL, device_time timestamptz,
    skew text NOT NULL, backfill boolean NOT NULL, uptime_seconds float8,
    interval_seconds float4, config_rev int, power text, battery_percent float4,
    probes_sent int, probes_ok int, rtt_p50_ms float4, rtt_p95_ms float4, loss_percent float4,
    down_mbps float4, up_mbps float4, clients int, signal_dbm float4, temperature_c float4
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
    online_received_at timestamptz, observed_at timestamptz, boot_id bigint, seq bigint,
    skew_seconds float8, ahead_until timestamptz
) ON COMMIT DELETE ROWS;

CREATE TEMPORARY TABLE stage_letters (
    digest bytea NOT NULL, topic text NOT NULL, payload bytea NOT NULL, content_type text,
    qos smallint NOT NULL, retain boolean NOT NULL, reason text NOT NULL, detail text NOT NULL,
    device_code text, received_at timestamptz NOT NULL
) ON COMMIT DELETE ROWS;
