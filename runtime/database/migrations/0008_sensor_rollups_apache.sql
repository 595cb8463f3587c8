-- requires: apache
-- Roll-ups of sensor_readings on the Apache edition: our own tables, which roll_up() brings up to
-- date. Names, columns and types are those of the continuous aggregates of the Community
-- edition. Counts stand beside the means, so that a mean of means is weighted, and exact.

CREATE TABLE sensor_readings_1m (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    readings integer NOT NULL,
    value_avg double precision NOT NULL,
    value_min double precision NOT NULL,
    value_max double precision NOT NULL,
    CONSTRAINT sensor_readings_1m_key PRIMARY KEY (device_id, bucket, metric_id)
);
SELECT create_hypertable(
    'sensor_readings_1m', by_range('bucket', INTERVAL '1 day'), create_default_indexes => false
);
CREATE INDEX sensor_readings_1m_bucket ON sensor_readings_1m USING brin (bucket)
    WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE sensor_readings_1h (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    readings integer NOT NULL,
    value_avg double precision NOT NULL,
    value_min double precision NOT NULL,
    value_max double precision NOT NULL,
    CONSTRAINT sensor_readings_1h_key PRIMARY KEY (device_id, bucket, metric_id)
) WITH (fillfactor = 60);
SELECT create_hypertable(
    'sensor_readings_1h', by_range('bucket', INTERVAL '30 days'), create_default_indexes => false
);
CREATE INDEX sensor_readings_1h_bucket ON sensor_readings_1h (bucket);

CREATE TABLE sensor_readings_1d (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    metric_id smallint NOT NULL,
    readings integer NOT NULL,
    value_avg double precision NOT NULL,
    value_min double precision NOT NULL,
    value_max double precision NOT NULL,
    CONSTRAINT sensor_readings_1d_key PRIMARY KEY (device_id, bucket, metric_id)
) WITH (fillfactor = 60);
SELECT create_hypertable(
    'sensor_readings_1d', by_range('bucket', INTERVAL '365 days'), create_default_indexes => false
);
CREATE INDEX sensor_readings_1d_bucket ON sensor_readings_1d (bucket);

DO $$
DECLARE
    rollup text;
    described record;
BEGIN
    FOREACH rollup IN ARRAY
        ARRAY['sensor_readings_1m', 'sensor_readings_1h', 'sensor_readings_1d']
    LOOP
        EXECUTE format(
            'COMMENT ON TABLE %I IS %L', rollup,
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

REVOKE ALL ON sensor_readings_1m, sensor_readings_1h, sensor_readings_1d FROM PUBLIC;
GRANT SELECT ON sensor_readings_1m, sensor_readings_1h, sensor_readings_1d
    TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;
