-- requires: apache
-- Each function below computes given (device, bucket) pairs of one level again, from all rows
-- of the level under it. The arrays go side by side, without repeats.
--
-- The bounds on the outermost buckets repeat what the pairs say already: they are known when
-- the plan is made, so chunks outside of them are not looked at.
--
-- A bucket is never replaced by one of fewer rows. Rows are only ever added while they are
-- kept, so fewer means that retention has dropped some since; what was computed from all of
-- them stands. A bucket without any row left is left as it is for the same reason.

-- From rows to minutes.
CREATE FUNCTION roll_up_links(of_devices integer[], of_buckets timestamptz[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    earliest constant timestamptz := (SELECT min(b) FROM unnest(of_buckets) AS b);
    latest constant timestamptz := (SELECT max(b) FROM unnest(of_buckets) AS b);
    written bigint;
BEGIN
    INSERT INTO link_reports_1m AS known (
        bucket, device_id, reports, mains_reports, battery_reports, probes_sent, probes_ok,
        rtt_p50_ms_avg, rtt_p95_ms_avg, loss_percent_avg, down_mbps_avg, up_mbps_avg,
        clients_avg, signal_dbm_avg, temperature_c_avg, battery_percent_avg,
        rtt_p50_ms_min, rtt_p95_ms_min, loss_percent_min, down_mbps_min, up_mbps_min,
        clients_min, signal_dbm_min, temperature_c_min, battery_percent_min,
        rtt_p50_ms_max, rtt_p95_ms_max, loss_percent_max, down_mbps_max, up_mbps_max,
        clients_max, signal_dbm_max, temperature_c_max, battery_percent_max,
        rtt_p50_ms_count, rtt_p95_ms_count, loss_percent_count, down_mbps_count,
        up_mbps_count, clients_count, signal_dbm_count, temperature_c_count,
        battery_percent_count
    )
    SELECT pair.bucket, pair.device_id, fresh.*
    FROM unnest(of_devices, of_buckets) AS pair (device_id, bucket)
    CROSS JOIN LATERAL (
        SELECT
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
            count(up_mbps)::integer AS up_mbps_count,
            count(clients)::integer AS clients_count,
            count(signal_dbm)::integer AS signal_dbm_count,
            count(temperature_c)::integer AS temperature_c_count,
            count(battery_percent)::integer AS battery_percent_count
        FROM link_reports
        WHERE device_id = pair.device_id
          AND observed_at >= pair.bucket AND observed_at < pair.bucket + INTERVAL '1 minute'
          AND observed_at >= earliest AND observed_at < latest + INTERVAL '1 minute'
    ) AS fresh
    WHERE fresh.reports > 0
    ORDER BY pair.device_id, pair.bucket
    ON CONFLICT (device_id, bucket) DO UPDATE SET
        reports = excluded.reports, mains_reports = excluded.mains_reports,
        battery_reports = excluded.battery_reports, probes_sent = excluded.probes_sent,
        probes_ok = excluded.probes_ok, rtt_p50_ms_avg = excluded.rtt_p50_ms_avg,
        rtt_p95_ms_avg = excluded.rtt_p95_ms_avg,
        loss_percent_avg = excluded.loss_percent_avg, down_mbps_avg = excluded.down_mbps_avg,
        up_mbps_avg = excluded.up_mbps_avg, clients_avg = excluded.clients_avg,
        signal_dbm_avg = excluded.signal_dbm_avg,
        temperature_c_avg = excluded.temperature_c_avg,
        battery_percent_avg = excluded.battery_percent_avg,
        rtt_p50_ms_min = excluded.rtt_p50_ms_min, rtt_p95_ms_min = excluded.rtt_p95_ms_min,
        loss_percent_min = excluded.loss_percent_min, down_mbps_min = excluded.down_mbps_min,
        up_mbps_min = excluded.up_mbps_min, clients_min = excluded.clients_min,
        signal_dbm_min = excluded.signal_dbm_min,
        temperature_c_min = excluded.temperature_c_min,
        battery_percent_min = excluded.battery_percent_min,
        rtt_p50_ms_max = excluded.rtt_p50_ms_max, rtt_p95_ms_max = excluded.rtt_p95_ms_max,
        loss_percent_max = excluded.loss_percent_max, down_mbps_max = excluded.down_mbps_max,
        up_mbps_max = excluded.up_mbps_max, clients_max = excluded.clients_max,
        signal_dbm_max = excluded.signal_dbm_max,
        temperature_c_max = excluded.temperature_c_max,
        battery_percent_max = excluded.battery_percent_max,
        rtt_p50_ms_count = excluded.rtt_p50_ms_count,
        rtt_p95_ms_count = excluded.rtt_p95_ms_count,
        loss_percent_count = excluded.loss_percent_count,
        down_mbps_count = excluded.down_mbps_count, up_mbps_count = excluded.up_mbps_count,
        clients_count = excluded.clients_count, signal_dbm_count = excluded.signal_dbm_count,
        temperature_c_count = excluded.temperature_c_count,
        battery_percent_count = excluded.battery_percent_count
    WHERE excluded.reports >= known.reports;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- From minutes to hours, from hours to days.
CREATE FUNCTION roll_up_links(
    target text, source text, span interval, of_devices integer[], of_buckets timestamptz[]
)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    earliest constant timestamptz := (SELECT min(b) FROM unnest(of_buckets) AS b);
    latest constant timestamptz := (SELECT max(b) FROM unnest(of_buckets) AS b);
    written bigint;
BEGIN
    EXECUTE format(
        $sql$
        INSERT INTO %1$I AS known (
            bucket, device_id, reports, mains_reports, battery_reports, probes_sent, probes_ok,
            rtt_p50_ms_avg, rtt_p95_ms_avg, loss_percent_avg, down_mbps_avg, up_mbps_avg,
            clients_avg, signal_dbm_avg, temperature_c_avg, battery_percent_avg,
            rtt_p50_ms_min, rtt_p95_ms_min, loss_percent_min, down_mbps_min, up_mbps_min,
            clients_min, signal_dbm_min, temperature_c_min, battery_percent_min,
            rtt_p50_ms_max, rtt_p95_ms_max, loss_percent_max, down_mbps_max, up_mbps_max,
            clients_max, signal_dbm_max, temperature_c_max, battery_percent_max,
            rtt_p50_ms_count, rtt_p95_ms_count, loss_percent_count, down_mbps_count,
            up_mbps_count, clients_count, signal_dbm_count, temperature_c_count,
            battery_percent_count
        )
        SELECT pair.bucket, pair.device_id, fresh.*
        FROM unnest($1, $2) AS pair (device_id, bucket)
        CROSS JOIN LATERAL (
            SELECT
                sum(reports)::integer AS reports, sum(mains_reports)::integer AS mains_reports,
                sum(battery_reports)::integer AS battery_reports,
                sum(probes_sent)::bigint AS probes_sent, sum(probes_ok)::bigint AS probes_ok,
                sum(rtt_p50_ms_avg * rtt_p50_ms_count)
                    / nullif(sum(rtt_p50_ms_count), 0) AS rtt_p50_ms_avg,
                sum(rtt_p95_ms_avg * rtt_p95_ms_count)
                    / nullif(sum(rtt_p95_ms_count), 0) AS rtt_p95_ms_avg,
                sum(loss_percent_avg * loss_percent_count)
                    / nullif(sum(loss_percent_count), 0) AS loss_percent_avg,
                sum(down_mbps_avg * down_mbps_count)
                    / nullif(sum(down_mbps_count), 0) AS down_mbps_avg,
                sum(up_mbps_avg * up_mbps_count) / nullif(sum(up_mbps_count), 0) AS up_mbps_avg,
                sum(clients_avg * clients_count) / nullif(sum(clients_count), 0) AS clients_avg,
                sum(signal_dbm_avg * signal_dbm_count)
                    / nullif(sum(signal_dbm_count), 0) AS signal_dbm_avg,
                sum(temperature_c_avg * temperature_c_count)
                    / nullif(sum(temperature_c_count), 0) AS temperature_c_avg,
                sum(battery_percent_avg * battery_percent_count)
                    / nullif(sum(battery_percent_count), 0) AS battery_percent_avg,
                min(rtt_p50_ms_min) AS rtt_p50_ms_min, min(rtt_p95_ms_min) AS rtt_p95_ms_min,
                min(loss_percent_min) AS loss_percent_min, min(down_mbps_min) AS down_mbps_min,
                min(up_mbps_min) AS up_mbps_min, min(clients_min) AS clients_min,
                min(signal_dbm_min) AS signal_dbm_min,
                min(temperature_c_min) AS temperature_c_min,
                min(battery_percent_min) AS battery_percent_min,
                max(rtt_p50_ms_max) AS rtt_p50_ms_max, max(rtt_p95_ms_max) AS rtt_p95_ms_max,
                max(loss_percent_max) AS loss_percent_max, max(down_mbps_max) AS down_mbps_max,
                max(up_mbps_max) AS up_mbps_max, max(clients_max) AS clients_max,
                max(signal_dbm_max) AS signal_dbm_max,
                max(temperature_c_max) AS temperature_c_max,
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
            FROM %2$I
            WHERE device_id = pair.device_id
              AND bucket >= pair.bucket AND bucket < pair.bucket + $3
              AND bucket >= $4 AND bucket < $5 + $3
        ) AS fresh
        WHERE fresh.reports > 0
        ORDER BY pair.device_id, pair.bucket
        ON CONFLICT (device_id, bucket) DO UPDATE SET
            reports = excluded.reports, mains_reports = excluded.mains_reports,
            battery_reports = excluded.battery_reports, probes_sent = excluded.probes_sent,
            probes_ok = excluded.probes_ok, rtt_p50_ms_avg = excluded.rtt_p50_ms_avg,
            rtt_p95_ms_avg = excluded.rtt_p95_ms_avg,
            loss_percent_avg = excluded.loss_percent_avg, down_mbps_avg = excluded.down_mbps_avg,
            up_mbps_avg = excluded.up_mbps_avg, clients_avg = excluded.clients_avg,
            signal_dbm_avg = excluded.signal_dbm_avg,
            temperature_c_avg = excluded.temperature_c_avg,
            battery_percent_avg = excluded.battery_percent_avg,
            rtt_p50_ms_min = excluded.rtt_p50_ms_min, rtt_p95_ms_min = excluded.rtt_p95_ms_min,
            loss_percent_min = excluded.loss_percent_min, down_mbps_min = excluded.down_mbps_min,
            up_mbps_min = excluded.up_mbps_min, clients_min = excluded.clients_min,
            signal_dbm_min = excluded.signal_dbm_min,
            temperature_c_min = excluded.temperature_c_min,
            battery_percent_min = excluded.battery_percent_min,
            rtt_p50_ms_max = excluded.rtt_p50_ms_max, rtt_p95_ms_max = excluded.rtt_p95_ms_max,
            loss_percent_max = excluded.loss_percent_max, down_mbps_max = excluded.down_mbps_max,
            up_mbps_max = excluded.up_mbps_max, clients_max = excluded.clients_max,
            signal_dbm_max = excluded.signal_dbm_max,
            temperature_c_max = excluded.temperature_c_max,
            battery_percent_max = excluded.battery_percent_max,
            rtt_p50_ms_count = excluded.rtt_p50_ms_count,
            rtt_p95_ms_count = excluded.rtt_p95_ms_count,
            loss_percent_count = excluded.loss_percent_count,
            down_mbps_count = excluded.down_mbps_count, up_mbps_count = excluded.up_mbps_count,
            clients_count = excluded.clients_count, signal_dbm_count = excluded.signal_dbm_count,
            temperature_c_count = excluded.temperature_c_count,
            battery_percent_count = excluded.battery_percent_count
        WHERE excluded.reports >= known.reports
        $sql$, target, source
    )
    USING of_devices, of_buckets, span, earliest, latest;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

REVOKE ALL ON FUNCTION roll_up_links(integer[], timestamptz[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION roll_up_links(text, text, interval, integer[], timestamptz[])
    FROM PUBLIC;
