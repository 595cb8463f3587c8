-- The newest of each device, upserted in the transaction that stores the rows it comes from.
-- Half of every page stays free, so that an update finds room beside its old row and no index
-- is touched.

CREATE TABLE device_states (
    device_id integer NOT NULL,
    online boolean,
    online_changed_at timestamptz,
    online_received_at timestamptz,
    received_at timestamptz NOT NULL,
    observed_at timestamptz,
    boot_id bigint,
    seq bigint,
    skew_seconds double precision,
    ahead_until timestamptz,
    power text,
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
    CONSTRAINT device_states_key PRIMARY KEY (device_id),
    CONSTRAINT device_states_device FOREIGN KEY (device_id) REFERENCES devices (device_id)
) WITH (fillfactor = 50);
-- Every batch asks which devices' rows may be stored at another time than they claim.
CREATE INDEX device_states_ahead_until ON device_states (ahead_until)
    WHERE ahead_until IS NOT NULL;

COMMENT ON TABLE device_states IS
    'The newest known of each device that was ever heard. The newest is what was observed '
    'last, not what arrived last.';
COMMENT ON COLUMN device_states.device_id IS 'The device.';
COMMENT ON COLUMN device_states.online IS 'The newest status; null: none was ever seen.';
COMMENT ON COLUMN device_states.online_changed_at IS
    'When the status came that changed it; our clock.';
COMMENT ON COLUMN device_states.online_received_at IS 'When the newest status came; our clock.';
COMMENT ON COLUMN device_states.received_at IS 'When anything was last heard from it; our clock.';
COMMENT ON COLUMN device_states.observed_at IS 'Time of its newest report; null: none.';
COMMENT ON COLUMN device_states.boot_id IS 'Boot of its newest report.';
COMMENT ON COLUMN device_states.seq IS 'Sequence number of its newest report.';
COMMENT ON COLUMN device_states.skew_seconds IS
    'Received minus claimed time of its newest report, seconds; above zero: late, or a '
    'clock behind.';
COMMENT ON COLUMN device_states.ahead_until IS
    'Latest time that the device claimed too far ahead of our clock: rows with a device_time '
    'up to it may be stored; null: none are.';
COMMENT ON COLUMN device_states.power IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.battery_percent IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.probes_sent IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.probes_ok IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.rtt_p50_ms IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.rtt_p95_ms IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.loss_percent IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.down_mbps IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.up_mbps IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.clients IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.signal_dbm IS 'As in link_reports, of its newest report.';
COMMENT ON COLUMN device_states.temperature_c IS 'As in link_reports, of its newest report.';

CREATE TABLE sensor_states (
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    observed_at timestamptz NOT NULL,
    value double precision NOT NULL,
    CONSTRAINT sensor_states_key PRIMARY KEY (device_id, metric_id),
    CONSTRAINT sensor_states_device FOREIGN KEY (device_id) REFERENCES devices (device_id),
    CONSTRAINT sensor_states_metric FOREIGN KEY (metric_id) REFERENCES metrics (metric_id)
) WITH (fillfactor = 50);

COMMENT ON TABLE sensor_states IS 'The newest value of each metric of each device.';
COMMENT ON COLUMN sensor_states.device_id IS 'The device.';
COMMENT ON COLUMN sensor_states.metric_id IS 'The metric.';
COMMENT ON COLUMN sensor_states.observed_at IS 'When it was so, as in sensor_readings.';
COMMENT ON COLUMN sensor_states.value IS 'The value, in the unit of its metric.';

REVOKE ALL ON device_states, sensor_states FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON device_states, sensor_states TO srepok_ingest;
GRANT SELECT ON device_states, sensor_states TO srepok_rules, srepok_gateway, srepok_grafana;
