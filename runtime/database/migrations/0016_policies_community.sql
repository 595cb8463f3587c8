-- requires: community
DROP PROCEDURE take_over_rollup(text);

-- Rows are accepted up to 7 days late. A window of 10 days reaches them all, and ends long
-- before the 14 days that rows are kept at the least: a refresh over dropped rows would erase
-- what was computed from them. Only buckets whose rows changed are computed again, so a long
-- window costs nothing while nothing is late.
SELECT add_continuous_aggregate_policy(
    name, start_offset => INTERVAL '10 days', end_offset => end_offset,
    schedule_interval => schedule_interval, if_not_exists => true
)
FROM (
    VALUES
        ('link_reports_1m'::regclass, INTERVAL '1 minute', INTERVAL '5 minutes'),
        ('sensor_readings_1m', INTERVAL '1 minute', INTERVAL '5 minutes'),
        ('link_reports_1h', INTERVAL '1 hour', INTERVAL '15 minutes'),
        ('sensor_readings_1h', INTERVAL '1 hour', INTERVAL '15 minutes'),
        ('link_reports_1d', INTERVAL '1 day', INTERVAL '1 hour'),
        ('sensor_readings_1d', INTERVAL '1 day', INTERVAL '1 hour')
) AS policies (name, end_offset, schedule_interval);

-- The columnstore takes what no late row and no refresh will touch again. Every column of the
-- keys is segmented or ordered by, so that a row stored twice is still found.
ALTER TABLE link_reports SET (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id',
    timescaledb.orderby = 'observed_at, boot_id, seq'
);
ALTER TABLE sensor_readings SET (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id, metric_id',
    timescaledb.orderby = 'observed_at'
);
ALTER TABLE presence_events SET (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id',
    timescaledb.orderby = 'observed_at, boot_id, seq, kind'
);
ALTER MATERIALIZED VIEW link_reports_1m SET (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id',
    timescaledb.orderby = 'bucket'
);
ALTER MATERIALIZED VIEW link_reports_1h SET (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id',
    timescaledb.orderby = 'bucket'
);
ALTER MATERIALIZED VIEW sensor_readings_1m SET (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id, metric_id',
    timescaledb.orderby = 'bucket'
);
ALTER MATERIALIZED VIEW sensor_readings_1h SET (
    timescaledb.enable_columnstore, timescaledb.segmentby = 'device_id, metric_id',
    timescaledb.orderby = 'bucket'
);
CALL add_columnstore_policy('link_reports', after => INTERVAL '11 days', if_not_exists => true);
CALL add_columnstore_policy('sensor_readings', after => INTERVAL '11 days', if_not_exists => true);
CALL add_columnstore_policy('presence_events', after => INTERVAL '11 days', if_not_exists => true);
CALL add_columnstore_policy('link_reports_1m', after => INTERVAL '12 days', if_not_exists => true);
CALL add_columnstore_policy(
    'sensor_readings_1m', after => INTERVAL '12 days', if_not_exists => true
);
CALL add_columnstore_policy('link_reports_1h', after => INTERVAL '31 days', if_not_exists => true);
CALL add_columnstore_policy(
    'sensor_readings_1h', after => INTERVAL '31 days', if_not_exists => true
);
