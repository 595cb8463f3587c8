-- requires: community
-- no-transaction
-- Roll-ups of sensor_readings on the Community edition: continuous aggregates that also show what
-- they have not materialised yet.

CREATE MATERIALIZED VIEW IF NOT EXISTS sensor_readings_1m WITH (
    timescaledb.continuous,
    timescaledb.materialized_only = false,
    timescaledb.create_group_indexes = false,
    timescaledb.chunk_interval = '1 day'
) AS
SELECT
    time_bucket(INTERVAL '1 minute', observed_at) AS bucket,
    device_id,
    metric_id, count(*)::integer AS readings,
    avg(value) AS value_avg, min(value) AS value_min, max(value) AS value_max
FROM sensor_readings
GROUP BY 1, 2, 3
WITH NO DATA;
CREATE INDEX IF NOT EXISTS sensor_readings_1m_device_id_bucket
    ON sensor_readings_1m (device_id, bucket, metric_id);
CALL refresh_continuous_aggregate(
    'sensor_readings_1m', date_trunc('day', now()) - INTERVAL '1 day', now()
);
CALL take_over_rollup('sensor_readings_1m');

CREATE MATERIALIZED VIEW IF NOT EXISTS sensor_readings_1h WITH (
    timescaledb.continuous,
    timescaledb.materialized_only = false,
    timescaledb.create_group_indexes = false,
    timescaledb.chunk_interval = '30 days'
) AS
SELECT
    time_bucket(INTERVAL '1 hour', bucket) AS bucket,
    device_id,
    metric_id, sum(readings)::integer AS readings,
    sum(value_avg * readings) / sum(readings) AS value_avg, min(value_min) AS value_min,
    max(value_max) AS value_max
FROM sensor_readings_1m
GROUP BY 1, 2, 3
WITH NO DATA;
CREATE INDEX IF NOT EXISTS sensor_readings_1h_device_id_bucket
    ON sensor_readings_1h (device_id, bucket, metric_id);
CALL refresh_continuous_aggregate(
    'sensor_readings_1h', date_trunc('day', now()) - INTERVAL '2 days', now()
);
CALL take_over_rollup('sensor_readings_1h');

CREATE MATERIALIZED VIEW IF NOT EXISTS sensor_readings_1d WITH (
    timescaledb.continuous,
    timescaledb.materialized_only = false,
    timescaledb.create_group_indexes = false,
    timescaledb.chunk_interval = '365 days'
) AS
SELECT
    time_bucket(INTERVAL '1 day', bucket, 'Asia/Ho_Chi_Minh') AS bucket,
    device_id,
    metric_id, sum(readings)::integer AS readings,
    sum(value_avg * readings) / sum(readings) AS value_avg, min(value_min) AS value_min,
    max(value_max) AS value_max
FROM sensor_readings_1h
GROUP BY 1, 2, 3
WITH NO DATA;
CREATE INDEX IF NOT EXISTS sensor_readings_1d_device_id_bucket
    ON sensor_readings_1d (device_id, bucket, metric_id);
CALL refresh_continuous_aggregate(
    'sensor_readings_1d', date_trunc('day', now()) - INTERVAL '3 days', now()
);
CALL take_over_rollup('sensor_readings_1d');

DO $$
DECLARE
    rollup text;
    described record;
BEGIN
    FOREACH rollup IN ARRAY
        ARRAY['sensor_readings_1m', 'sensor_readings_1h', 'sensor_readings_1d']
    LOOP
        EXECUTE format(
            'COMMENT ON VIEW %I IS %L', rollup,
            'Roll-up of sensor_readings: a row a device, metric and bucket that has any; '
            'the same on both editions.'
        );
        FOR described IN
            SELECT name, meaning FROM (
                VALUES
                    ('bucket',
                     'Start of the bucket: a minute, an hour, or a day that begins at '
                     'midnight in Asia/Ho_Chi_Minh.'),
                    ('device_id', 'The device.'),
                    ('metric_id', 'The metric.'),
                    ('readings', 'Readings in the bucket.'),
                    ('value_avg', 'Mean of the readings, in the unit of the metric.'),
                    ('value_min', 'Least reading.'),
                    ('value_max', 'Greatest reading.')
            ) AS columns (name, meaning)
        LOOP
            EXECUTE format(
                'COMMENT ON COLUMN %I.%I IS %L', rollup, described.name, described.meaning
            );
        END LOOP;
    END LOOP;
END
$$;

GRANT SELECT ON sensor_readings_1m, sensor_readings_1h, sensor_readings_1d
    TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;
