-- requires: community
-- no-transaction
-- Roll-ups of link_reports on the Community edition: continuous aggregates that also show what
-- they have not materialised yet.

-- Takes over what a table of the Apache edition holds and the aggregate does not, a chunk and
-- a transaction at a time. The aggregate was refreshed for the last days before, so it covers
-- the present; what the policies refresh again comes out the same, and what is older than
-- their window is never refreshed, so it stays although its rows are gone.
CREATE OR REPLACE PROCEDURE take_over_rollup(rollup text)
LANGUAGE plpgsql AS $$
DECLARE
    old constant text := rollup || '_apache';
    target text;
    names text;
    span record;
BEGIN
    IF to_regclass(old) IS NULL THEN
        RETURN;
    END IF;
    SELECT format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)
    INTO target
    FROM timescaledb_information.continuous_aggregates
    WHERE view_schema = 'public' AND view_name = rollup;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO names
    FROM pg_attribute WHERE attrelid = old::regclass AND attnum > 0 AND NOT attisdropped;
    FOR span IN
        SELECT range_start, range_end FROM timescaledb_information.chunks
        WHERE hypertable_schema = 'public' AND hypertable_name = old
        ORDER BY range_start
    LOOP
        EXECUTE format(
            'INSERT INTO %s (%s) SELECT %s FROM %I AS old'
            ' WHERE old.bucket >= $1 AND old.bucket < $2 AND NOT EXISTS ('
            '     SELECT FROM %I AS new WHERE new.bucket >= $1 AND new.bucket < $2'
            '     AND new.bucket = old.bucket AND new.device_id = old.device_id)',
            target, names, names, old, rollup
        )
        USING span.range_start, span.range_end;
        PERFORM drop_chunks(old::regclass, older_than => span.range_end);
        COMMIT;
    END LOOP;
    EXECUTE format('DROP TABLE %I', old);
END
$$;

CREATE MATERIALIZED VIEW IF NOT EXISTS link_reports_1m WITH (
    timescaledb.continuous,
    timescaledb.materialized_only = false,
    timescaledb.create_group_indexes = false,
    timescaledb.chunk_interval = '1 day'
) AS
SELECT
    time_bucket(INTERVAL '1 minute', observed_at) AS bucket,
    device_id,
    count(*)::integer AS reports,
    count(*) FILTER (WHERE power = 'mains')::integer AS mains_reports,
    count(*) FILTER (WHERE power = 'battery')::integer AS battery_reports,
    sum(probes_sent) AS probes_sent, sum(probes_ok) AS probes_ok,
    avg(rtt_p50_ms) AS rtt_p50_ms_avg, avg(rtt_p95_ms) AS rtt_p95_ms_avg,
    avg(loss_percent) AS loss_percent_avg, avg(down_mbps) AS down_mbps_avg,
    avg(up_mbps) AS up_mbps_avg, avg(clients::double precision) AS clients_avg,
    avg(signal_dbm) AS signal_dbm_avg, avg(temperature_c) AS temperature_c_avg,
    avg(battery_percent) AS battery_percent_avg,
    min(rtt_p50_ms) AS rtt_p50_ms_min, min(rtt_p95_ms) AS rtt_p95_ms_min,
    min(loss_percent) AS loss_percent_min, min(down_mbps) AS down_mbps_min,
    min(up_mbps) AS up_mbps_min, min(clients) AS clients_min,
    min(signal_dbm) AS signal_dbm_min, min(temperature_c) AS temperature_c_min,
    min(battery_percent) AS battery_percent_min,
    max(rtt_p50_ms) AS rtt_p50_ms_max, max(rtt_p95_ms) AS rtt_p95_ms_max,
    max(loss_percent) AS loss_percent_max, max(down_mbps) AS down_mbps_max,
    max(up_mbps) AS up_mbps_max, max(clients) AS clients_max,
    max(signal_dbm) AS signal_dbm_max, max(temperature_c) AS temperature_c_max,
    max(battery_percent) AS battery_percent_max,
    count(rtt_p50_ms)::integer AS rtt_p50_ms_count,
    count(rtt_p95_ms)::integer AS rtt_p95_ms_count,
    count(loss_percent)::integer AS loss_percent_count,
    count(down_mbps)::integer AS down_mbps_count,
    count(up_mbps)::integer AS up_mbps_count, count(clients)::integer AS clients_count,
    count(signal_dbm)::integer AS signal_dbm_count,
    count(temperature_c)::integer AS temperature_c_count,
    count(battery_percent)::integer AS battery_percent_count
FROM link_reports
GROUP BY 1, 2
WITH NO DATA;
CREATE INDEX IF NOT EXISTS link_reports_1m_device_id_bucket
    ON link_reports_1m (device_id, bucket);
CALL refresh_continuous_aggregate(
    'link_reports_1m', date_trunc('day', now()) - INTERVAL '1 day', now()
);
CALL take_over_rollup('link_reports_1m');

CREATE MATERIALIZED VIEW IF NOT EXISTS link_reports_1h WITH (
    timescaledb.continuous,
    timescaledb.materialized_only = false,
    timescaledb.create_group_indexes = false,
    timescaledb.chunk_interval = '30 days'
) AS
SELECT
    time_bucket(INTERVAL '1 hour', bucket) AS bucket,
    device_id,
    sum(reports)::integer AS reports, sum(mains_reports)::integer AS mains_reports,
    sum(battery_reports)::integer AS battery_reports,
    sum(probes_sent)::bigint AS probes_sent, sum(probes_ok)::bigint AS probes_ok,
    sum(rtt_p50_ms_avg * rtt_p50_ms_count) / nullif(sum(rtt_p50_ms_count), 0) AS rtt_p50_ms_avg,
    sum(rtt_p95_ms_avg * rtt_p95_ms_count) / nullif(sum(rtt_p95_ms_count), 0) AS rtt_p95_ms_avg,
    sum(loss_percent_avg * loss_percent_count)
        / nullif(sum(loss_percent_count), 0) AS loss_percent_avg,
    sum(down_mbps_avg * down_mbps_count) / nullif(sum(down_mbps_count), 0) AS down_mbps_avg,
    sum(up_mbps_avg * up_mbps_count) / nullif(sum(up_mbps_count), 0) AS up_mbps_avg,
    sum(clients_avg * clients_count) / nullif(sum(clients_count), 0) AS clients_avg,
    sum(signal_dbm_avg * signal_dbm_count) / nullif(sum(signal_dbm_count), 0) AS signal_dbm_avg,
    sum(temperature_c_avg * temperature_c_count)
        / nullif(sum(temperature_c_count), 0) AS temperature_c_avg,
    sum(battery_percent_avg * battery_percent_count)
        / nullif(sum(battery_percent_count), 0) AS battery_percent_avg,
    min(rtt_p50_ms_min) AS rtt_p50_ms_min, min(rtt_p95_ms_min) AS rtt_p95_ms_min,
    min(loss_percent_min) AS loss_percent_min, min(down_mbps_min) AS down_mbps_min,
    min(up_mbps_min) AS up_mbps_min, min(clients_min) AS clients_min,
    min(signal_dbm_min) AS signal_dbm_min, min(temperature_c_min) AS temperature_c_min,
    min(battery_percent_min) AS battery_percent_min,
    max(rtt_p50_ms_max) AS rtt_p50_ms_max, max(rtt_p95_ms_max) AS rtt_p95_ms_max,
    max(loss_percent_max) AS loss_percent_max, max(down_mbps_max) AS down_mbps_max,
    max(up_mbps_max) AS up_mbps_max, max(clients_max) AS clients_max,
    max(signal_dbm_max) AS signal_dbm_max, max(temperature_c_max) AS temperature_c_max,
    max(battery_percent_max) AS battery_percent_max,
    sum(rtt_p50_ms_count)::integer AS rtt_p50_ms_count,
    sum(rtt_p95_ms_count)::integer AS rtt_p95_ms_count,
    sum(loss_percent_count)::integer AS loss_percent_count,
    sum(down_mbps_count)::integer AS down_mbps_count,
    sum(up_mbps_count)::integer AS up_mbps_count,
    sum(clients_count)::integer AS clients_count,
    sum(signal_dbm_count)::integer AS signal_dbm_count,
    sum(temperature_c_count)::integer AS temperature_c_count,
    sum(battery_percent_count)::integer AS battery_percent_count
FROM link_reports_1m
GROUP BY 1, 2
WITH NO DATA;
CREATE INDEX IF NOT EXISTS link_reports_1h_device_id_bucket
    ON link_reports_1h (device_id, bucket);
CALL refresh_continuous_aggregate(
    'link_reports_1h', date_trunc('day', now()) - INTERVAL '2 days', now()
);
CALL take_over_rollup('link_reports_1h');

CREATE MATERIALIZED VIEW IF NOT EXISTS link_reports_1d WITH (
    timescaledb.continuous,
    timescaledb.materialized_only = false,
    timescaledb.create_group_indexes = false,
    timescaledb.chunk_interval = '365 days'
) AS
SELECT
    time_bucket(INTERVAL '1 day', bucket, 'Asia/Ho_Chi_Minh') AS bucket,
    device_id,
    sum(reports)::integer AS reports, sum(mains_reports)::integer AS mains_reports,
    sum(battery_reports)::integer AS battery_reports,
    sum(probes_sent)::bigint AS probes_sent, sum(probes_ok)::bigint AS probes_ok,
    sum(rtt_p50_ms_avg * rtt_p50_ms_count) / nullif(sum(rtt_p50_ms_count), 0) AS rtt_p50_ms_avg,
    sum(rtt_p95_ms_avg * rtt_p95_ms_count) / nullif(sum(rtt_p95_ms_count), 0) AS rtt_p95_ms_avg,
    sum(loss_percent_avg * loss_percent_count)
        / nullif(sum(loss_percent_count), 0) AS loss_percent_avg,
    sum(down_mbps_avg * down_mbps_count) / nullif(sum(down_mbps_count), 0) AS down_mbps_avg,
    sum(up_mbps_avg * up_mbps_count) / nullif(sum(up_mbps_count), 0) AS up_mbps_avg,
    sum(clients_avg * clients_count) / nullif(sum(clients_count), 0) AS clients_avg,
    sum(signal_dbm_avg * signal_dbm_count) / nullif(sum(signal_dbm_count), 0) AS signal_dbm_avg,
    sum(temperature_c_avg * temperature_c_count)
        / nullif(sum(temperature_c_count), 0) AS temperature_c_avg,
    sum(battery_percent_avg * battery_percent_count)
        / nullif(sum(battery_percent_count), 0) AS battery_percent_avg,
    min(rtt_p50_ms_min) AS rtt_p50_ms_min, min(rtt_p95_ms_min) AS rtt_p95_ms_min,
    min(loss_percent_min) AS loss_percent_min, min(down_mbps_min) AS down_mbps_min,
    min(up_mbps_min) AS up_mbps_min, min(clients_min) AS clients_min,
    min(signal_dbm_min) AS signal_dbm_min, min(temperature_c_min) AS temperature_c_min,
    min(battery_percent_min) AS battery_percent_min,
    max(rtt_p50_ms_max) AS rtt_p50_ms_max, max(rtt_p95_ms_max) AS rtt_p95_ms_max,
    max(loss_percent_max) AS loss_percent_max, max(down_mbps_max) AS down_mbps_max,
    max(up_mbps_max) AS up_mbps_max, max(clients_max) AS clients_max,
    max(signal_dbm_max) AS signal_dbm_max, max(temperature_c_max) AS temperature_c_max,
    max(battery_percent_max) AS battery_percent_max,
    sum(rtt_p50_ms_count)::integer AS rtt_p50_ms_count,
    sum(rtt_p95_ms_count)::integer AS rtt_p95_ms_count,
    sum(loss_percent_count)::integer AS loss_percent_count,
    sum(down_mbps_count)::integer AS down_mbps_count,
    sum(up_mbps_count)::integer AS up_mbps_count,
    sum(clients_count)::integer AS clients_count,
    sum(signal_dbm_count)::integer AS signal_dbm_count,
    sum(temperature_c_count)::integer AS temperature_c_count,
    sum(battery_percent_count)::integer AS battery_percent_count
FROM link_reports_1h
GROUP BY 1, 2
WITH NO DATA;
CREATE INDEX IF NOT EXISTS link_reports_1d_device_id_bucket
    ON link_reports_1d (device_id, bucket);
CALL refresh_continuous_aggregate(
    'link_reports_1d', date_trunc('day', now()) - INTERVAL '3 days', now()
);
CALL take_over_rollup('link_reports_1d');

DO $$
DECLARE
    rollup text;
    described record;
BEGIN
    FOREACH rollup IN ARRAY ARRAY['link_reports_1m', 'link_reports_1h', 'link_reports_1d'] LOOP
        EXECUTE format(
            'COMMENT ON VIEW %I IS %L', rollup,
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

GRANT SELECT ON link_reports_1m, link_reports_1h, link_reports_1d
    TO srepok_ingest, srepok_rules, srepok_gateway, srepok_grafana;
