-- What devices said. No foreign keys: a check of a key row for each reading costs more than
-- the reading, and parallel writers deadlock on it.

CREATE TYPE skew_class AS ENUM ('ok', 'ahead', 'late', 'backfill');
COMMENT ON TYPE skew_class IS
    'How the device clock stood to ours when a row arrived: ok; ahead of it (observed_at is'
    ' moved back then, with its message, device_time the claim); late: a clock behind or a '
    'delay on the way, which one row cannot tell apart; backfill: stored on the device '
    'meanwhile, and it said so.';

CREATE TABLE link_reports (
    device_id integer NOT NULL,
    observed_at timestamptz NOT NULL,
    boot_id bigint NOT NULL,
    seq bigint NOT NULL,
    received_at timestamptz NOT NULL,
    device_time timestamptz,
    uptime_seconds double precision,
    interval_seconds real,
    config_rev integer,
    skew skew_class NOT NULL,
    battery_percent real,
    probes_sent integer,
    probes_ok integer,
    rtt_p50_ms real,
    rtt_p95_ms real,
    loss_percent real,
    down_mbps real,
    up_mbps real,
    clients integer,
    signal_dbm real,
    temperature_c real,
    backfill boolean NOT NULL,
    power text,
    CONSTRAINT link_reports_key PRIMARY KEY (device_id, observed_at, boot_id, seq),
    CONSTRAINT link_reports_counters CHECK (boot_id >= 0 AND seq >= 0 AND config_rev >= 0),
    CONSTRAINT link_reports_durations
        CHECK (uptime_seconds BETWEEN 0 AND 1e10 AND interval_seconds BETWEEN 0 AND 86400),
    CONSTRAINT link_reports_power CHECK (power IN ('mains', 'battery')),
    CONSTRAINT link_reports_percents
        CHECK (battery_percent BETWEEN 0 AND 100 AND loss_percent BETWEEN 0 AND 100),
    CONSTRAINT link_reports_probes CHECK (probes_sent >= 0 AND probes_ok >= 0),
    CONSTRAINT link_reports_round_trips
        CHECK (rtt_p50_ms BETWEEN 0 AND 3.6e6 AND rtt_p95_ms BETWEEN 0 AND 3.6e6),
    CONSTRAINT link_reports_rates
        CHECK (down_mbps BETWEEN 0 AND 1e6 AND up_mbps BETWEEN 0 AND 1e6),
    CONSTRAINT link_reports_clients CHECK (clients >= 0),
    CONSTRAINT link_reports_signal CHECK (signal_dbm BETWEEN -200 AND 50),
    CONSTRAINT link_reports_temperature CHECK (temperature_c BETWEEN -60 AND 150)
);
SELECT create_hypertable(
    'link_reports',
    by_range('observed_at', INTERVAL '1 day'),
    create_default_indexes => false
);

-- Rows come nearly in the order of either time, so a few kilobytes of block ranges answer "the
-- last five minutes of everybody" and "what arrived in this minute" as well as a tree of a
-- gigabyte a day would.
CREATE INDEX link_reports_times ON link_reports
    USING brin (observed_at, received_at) WITH (autosummarize = on, pages_per_range = 32);
CREATE INDEX link_reports_device_time
    ON link_reports (device_id, device_time, boot_id, seq) WHERE device_time IS NOT NULL;

COMMENT ON TABLE link_reports IS
    'Hypertable, a chunk a day: one row a report of a device that watches a link or a base '
    'station. A measurement the device did not send is null.';
COMMENT ON COLUMN link_reports.device_id IS 'devices.device_id, without a foreign key.';
COMMENT ON COLUMN link_reports.observed_at IS
    'When it was so: the device clock, or received_at where that clock was wrong (see skew).';
COMMENT ON COLUMN link_reports.boot_id IS 'The device''s count of its boots.';
COMMENT ON COLUMN link_reports.seq IS
    'The device''s count of its reports and events in this boot.';
COMMENT ON COLUMN link_reports.received_at IS 'When ingest received it; our clock.';
COMMENT ON COLUMN link_reports.device_time IS
    'The time the device claimed, where observed_at is not that; else null.';
COMMENT ON COLUMN link_reports.skew IS 'How the device clock stood to ours.';
COMMENT ON COLUMN link_reports.backfill IS
    'Whether the device said that it had stored the report and sends it late.';
COMMENT ON COLUMN link_reports.uptime_seconds IS 'Seconds since the device booted.';
COMMENT ON COLUMN link_reports.interval_seconds IS 'Seconds until the next report, as declared.';
COMMENT ON COLUMN link_reports.config_rev IS 'Revision of the device''s configuration.';
COMMENT ON COLUMN link_reports.power IS 'What feeds the device: mains or battery.';
COMMENT ON COLUMN link_reports.battery_percent IS 'Charge of the battery, percent.';
COMMENT ON COLUMN link_reports.probes_sent IS 'Probes sent in the interval.';
COMMENT ON COLUMN link_reports.probes_ok IS 'Probes answered in the interval.';
COMMENT ON COLUMN link_reports.rtt_p50_ms IS
    'Median round trip of the answered probes, milliseconds.';
COMMENT ON COLUMN link_reports.rtt_p95_ms IS
    '95th percentile of the round trips of the answered probes, milliseconds.';
COMMENT ON COLUMN link_reports.loss_percent IS 'Packets lost, percent.';
COMMENT ON COLUMN link_reports.down_mbps IS 'Traffic towards the village, megabits per second.';
COMMENT ON COLUMN link_reports.up_mbps IS 'Traffic from the village, megabits per second.';
COMMENT ON COLUMN link_reports.clients IS 'Clients connected.';
COMMENT ON COLUMN link_reports.signal_dbm IS 'Received signal, dBm.';
COMMENT ON COLUMN link_reports.temperature_c IS 'Temperature of the equipment, degrees Celsius.';

CREATE TABLE sensor_readings (
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    observed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    value double precision NOT NULL,
    device_time timestamptz,
    skew skew_class NOT NULL,
    -- A device sends its metrics together: with the time before the metric, one report
    -- touches one page of this index, not one page for each metric.
    CONSTRAINT sensor_readings_key PRIMARY KEY (device_id, observed_at, metric_id),
    CONSTRAINT sensor_readings_value_finite CHECK (value > '-Infinity' AND value < 'Infinity')
);
SELECT create_hypertable(
    'sensor_readings',
    by_range('observed_at', INTERVAL '1 day'),
    create_default_indexes => false
);
CREATE INDEX sensor_readings_times ON sensor_readings
    USING brin (observed_at, received_at) WITH (autosummarize = on, pages_per_range = 32);
CREATE INDEX sensor_readings_device_time
    ON sensor_readings (device_id, device_time, metric_id) WHERE device_time IS NOT NULL;

COMMENT ON TABLE sensor_readings IS
    'Hypertable, a chunk a day: one row a value of one metric of one device.';
COMMENT ON COLUMN sensor_readings.device_id IS 'devices.device_id, without a foreign key.';
COMMENT ON COLUMN sensor_readings.metric_id IS 'metrics.metric_id, without a foreign key.';
COMMENT ON COLUMN sensor_readings.observed_at IS
    'When it was so: the device clock, or received_at where that clock was wrong (see skew).';
COMMENT ON COLUMN sensor_readings.received_at IS 'When ingest received it; our clock.';
COMMENT ON COLUMN sensor_readings.value IS 'The value, in the unit of its metric (metrics.unit).';
COMMENT ON COLUMN sensor_readings.device_time IS
    'The time the device claimed, where observed_at is not that; else null.';
COMMENT ON COLUMN sensor_readings.skew IS 'How the device clock stood to ours.';

CREATE TABLE presence_events (
    device_id integer NOT NULL,
    observed_at timestamptz NOT NULL,
    boot_id bigint NOT NULL,
    seq bigint NOT NULL,
    kind text NOT NULL,
    received_at timestamptz NOT NULL,
    device_time timestamptz,
    skew skew_class NOT NULL,
    reason text,
    detail jsonb,
    CONSTRAINT presence_events_key PRIMARY KEY (device_id, observed_at, boot_id, seq, kind),
    CONSTRAINT presence_events_counters CHECK (boot_id >= 0 AND seq >= 0),
    CONSTRAINT presence_events_kind CHECK (
        kind IN ('online', 'offline', 'dying_gasp', 'loss_of_signal', 'boot', 'shutdown')
    )
);
SELECT create_hypertable(
    'presence_events',
    by_range('observed_at', INTERVAL '7 days'),
    create_default_indexes => false
);
CREATE INDEX presence_events_observed_at ON presence_events (observed_at);
CREATE INDEX presence_events_received_at ON presence_events (received_at);
CREATE INDEX presence_events_device_time
    ON presence_events (device_id, device_time, boot_id, seq, kind) WHERE device_time IS NOT NULL;

COMMENT ON TABLE presence_events IS
    'Hypertable, a chunk a week: one row a change of presence or an event a device (or its '
    'will) sent.';
COMMENT ON COLUMN presence_events.device_id IS 'devices.device_id, without a foreign key.';
COMMENT ON COLUMN presence_events.observed_at IS
    'When it was so: the device clock, or received_at where the device gave none or a wrong one.';
COMMENT ON COLUMN presence_events.boot_id IS 'The device''s count of its boots.';
COMMENT ON COLUMN presence_events.seq IS
    'For online and offline the count of MQTT connections in this boot, else the sequence '
    'number of the event.';
COMMENT ON COLUMN presence_events.kind IS
    'online and offline (status), dying_gasp, loss_of_signal, boot, shutdown (events).';
COMMENT ON COLUMN presence_events.received_at IS 'When ingest received it; our clock.';
COMMENT ON COLUMN presence_events.device_time IS
    'The time the device claimed, where observed_at is not that; else null.';
COMMENT ON COLUMN presence_events.skew IS 'How the device clock stood to ours.';
COMMENT ON COLUMN presence_events.reason IS 'Why the status was sent: connect, will or shutdown.';
COMMENT ON COLUMN presence_events.detail IS 'What else the event carried.';

REVOKE ALL ON link_reports, sensor_readings, presence_events FROM PUBLIC;
-- ON CONFLICT and RETURNING read what they meet.
GRANT SELECT, INSERT ON link_reports, sensor_readings, presence_events TO srepok_ingest;
GRANT SELECT ON link_reports, sensor_readings, presence_events
    TO srepok_rules, srepok_gateway, srepok_grafana;
