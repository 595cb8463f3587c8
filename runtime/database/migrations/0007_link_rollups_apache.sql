-- requires: apache
-- Roll-ups of link_reports on the Apache edition: our own tables, which roll_up() brings up to
-- date. Names, columns and types are those of the continuous aggregates of the Community
-- edition. Counts stand beside the means, so that a mean of means is weighted, and exact.
-- Hours and days are written again while they last: they keep room beside each row.

CREATE TABLE link_reports_1m (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    reports integer NOT NULL,
    mains_reports integer NOT NULL,
    battery_reports integer NOT NULL,
    probes_sent bigint,
    probes_ok bigint,
    rtt_p50_ms_avg double precision,
    rtt_p95_ms_avg double precision,
    loss_percent_avg double precision,
    down_mbps_avg double precision,
    up_mbps_avg double precision,
    clients_avg double precision,
    signal_dbm_avg double precision,
    temperature_c_avg double precision,
    battery_percent_avg double precision,
    rtt_p50_ms_min real,
    rtt_p95_ms_min real,
    loss_percent_min real,
    down_mbps_min real,
    up_mbps_min real,
    clients_min integer,
    signal_dbm_min real,
    temperature_c_min real,
    battery_percent_min real,
    rtt_p50_ms_max real,
    rtt_p95_ms_max real,
    loss_percent_max real,
    down_mbps_max real,
    up_mbps_max real,
    clients_max integer,
    signal_dbm_max real,
    temperature_c_max real,
    battery_percent_max real,
    rtt_p50_ms_count integer NOT NULL,
    rtt_p95_ms_count integer NOT NULL,
    loss_percent_count integer NOT NULL,
    down_mbps_count integer NOT NULL,
    up_mbps_count integer NOT NULL,
    clients_count integer NOT NULL,
    signal_dbm_count integer NOT NULL,
    temperature_c_count integer NOT NULL,
    battery_percent_count integer NOT NULL,
    CONSTRAINT link_reports_1m_key PRIMARY KEY (device_id, bucket)
);
SELECT create_hypertable(
    'link_reports_1m', by_range('bucket', INTERVAL '1 day'), create_default_indexes => false
);
CREATE INDEX link_reports_1m_bucket ON link_reports_1m USING brin (bucket)
    WITH (autosummarize = on, pages_per_range = 32);

CREATE TABLE link_reports_1h (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    reports integer NOT NULL,
    mains_reports integer NOT NULL,
    battery_reports integer NOT NULL,
    probes_sent bigint,
    probes_ok bigint,
    rtt_p50_ms_avg double precision,
    rtt_p95_ms_avg double precision,
    loss_percent_avg double precision,
    down_mbps_avg double precision,
    up_mbps_avg double precision,
    clients_avg double precision,
    signal_dbm_avg double precision,
    temperature_c_avg double precision,
    battery_percent_avg double precision,
    rtt_p50_ms_min real,
    rtt_p95_ms_min real,
    loss_percent_min real,
    down_mbps_min real,
    up_mbps_min real,
    clients_min integer,
    signal_dbm_min real,
    temperature_c_min real,
    battery_percent_min real,
    rtt_p50_ms_max real,
    rtt_p95_ms_max real,
    loss_percent_max real,
    down_mbps_max real,
    up_mbps_max real,
    clients_max integer,
    signal_dbm_max real,
    temperature_c_max real,
    battery_percent_max real,
    rtt_p50_ms_count integer NOT NULL,
    rtt_p95_ms_count integer NOT NULL,
    loss_percent_count integer NOT NULL,
    down_mbps_count integer NOT NULL,
    up_mbps_count integer NOT NULL,
    clients_count integer NOT NULL,
    signal_dbm_count integer NOT NULL,
    temperature_c_count integer NOT NULL,
    battery_percent_count integer NOT NULL,
    CONSTRAINT link_reports_1h_key PRIMARY KEY (device_id, bucket)
) WITH (fillfactor = 60);
SELECT create_hypertable(
    'link_reports_1h', by_range('bucket', INTERVAL '30 days'), create_default_indexes => false
);
CREATE INDEX link_reports_1h_bucket ON link_reports_1h (bucket);

CREATE TABLE link_reports_1d (
    bucket timestamptz NOT NULL,
    device_id integer NOT NULL,
    reports integer NOT NULL,
    mains_reports integer NOT NULL,
    battery_reports integer NOT NULL,
    probes_sent bigint,
    probes_ok bigint,
    rtt_p50_ms_avg double precision,
    rtt_p95_ms_avg double precision,
    loss_percent_avg double precision,
    down_mbps_avg double precision,
    up_mbps_avg double precision,
    clients_avg double precision,
    signal_dbm_avg double precision,
    temperature_c_avg double precision,
    battery_percent_avg double precision,
    rtt_p50_ms_min real,
    rtt_p95_ms_min real,
    loss_percent_min real,
    down_mbps_min real,
    up_mbps_min real,
    clients_min integer,
    signal_dbm_min real,
    temperature_c_min real,
    battery_percent_min real,
    rtt_p50_ms_max real,
    rtt_p95_ms_max real,
    loss_percent_max real,
    down_mbps_max real,
    up_mbps_max real,
    clients_max integer,
    signal_dbm_max real,
    temperature_c_max real,
    battery_percent_max real,
    rtt_p50_ms_count integer NOT NULL,
    rtt_p95_ms_count integer NOT NULL,
    loss_percent_count integer NOT NULL,
    down_mbps_count integer NOT NULL,
    up_mbps_count integer NOT NULL,
    clients_count integer NOT NULL,
    signal_dbm_count integer NOT NULL,
    temperature_c_count integer NOT NULL,
    battery_percent_count integer NOT NULL,
    CONSTRAINT link_reports_1d_key PRIMARY KEY (device_id, bucket)
) WITH (fillfactor = 60);
SELECT create_hypertable(
    'link_reports_1d', by_range('bucket', INTERVAL '365 days'), create_default_indexes => false
);
CREATE INDEX link_reports_1d_bucket ON link_reports_1d (bucket);

DO $$
DECLARE
    rollup text;
    described record;
BEGIN
    FOREACH rollup IN ARRAY ARRAY['link_reports_1m', 'link_reports_1h', 'link_reports_1d'] LOOP
        EXECUTE format(
            'COMMENT ON TABLE %I IS %L', rollup,
            'Roll-up of link_reports: a row a device and bucket that has any; the same on '
            'both editions.'
        );
        FOR described IN
            SELECT name, meaning FROM (
                VALUES
                    ('bucket',
                     'Start of the bucket: a minute, an hour, or a day that begins at '
                     'midnight in Asia/Ho_Chi_Minh.'),
                    ('device_id', 'The device.'),
                    ('reports', 'Reports in the bucket.'),
                    ('mains_reports', 'Those sent on mains power.'),
                    ('battery_reports', 'Those sent on battery.'),
                    ('probes_sent', 'Probes sent; null: no report said.'),
                    ('probes_ok', 'Probes answered; null: no report said.')
            ) AS columns (name, meaning)
            UNION ALL
            SELECT measure || suffix, format(meaning, what)
            FROM (
                VALUES
                    ('rtt_p50_ms', 'Median round trip, milliseconds'),
                    ('rtt_p95_ms', '95th percentile of round trips, milliseconds'),
                    ('loss_percent', 'Packets lost, percent'),
                    ('down_mbps', 'Traffic towards the village, megabits per second'),
                    ('up_mbps', 'Traffic from the village, megabits per second'),
                    ('clients', 'Clients connected'),
                    ('signal_dbm', 'Received signal, dBm'),
                    ('temperature_c', 'Temperature of the equipment, degrees Celsius'),
                    ('battery_percent', 'Charge of the battery, percent')
            ) AS measures (measure, what)
            CROSS JOIN (
                VALUES
                    ('_avg', '%s: mean of the reports that have it.'),
                    ('_min', '%s: least.'),
                    ('_max', '%s: greatest.'),
                    ('_count', '%s: reports that have it.')
            ) AS figures (suffix, meaning)
        LOOP
            EXECUTE format(
                'COMMENT ON COLUMN %I.%I IS %L', rollup, described.name, described.meaning
            );
        END LOOP;
    END LOOP;
END
$$;

REVOKE ALL ON link_reports_1m, link_reports_1h, link_reports_1d FROM PUBLIC;
GRANT SELECT ON link_reports_1m, link_reports_1h, link_reports_1d
    TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;
