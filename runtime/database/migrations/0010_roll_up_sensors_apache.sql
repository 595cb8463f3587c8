-- requires: apache
-- The same for sensors as the file before for links; a pair stands for all metrics of its
-- device.

-- From rows to minutes.
CREATE FUNCTION roll_up_sensors(of_devices integer[], of_buckets timestamptz[])
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    earliest constant timestamptz := (SELECT min(b) FROM unnest(of_buckets) AS b);
    latest constant timestamptz := (SELECT max(b) FROM unnest(of_buckets) AS b);
    written bigint;
BEGIN
    INSERT INTO sensor_readings_1m AS known (
        bucket, device_id, metric_id, readings, value_avg, value_min, value_max
    )
    SELECT pair.bucket, pair.device_id, fresh.*
    FROM unnest(of_devices, of_buckets) AS pair (device_id, bucket)
    CROSS JOIN LATERAL (
        SELECT
            metric_id, count(*)::integer AS readings,
            avg(value) AS value_avg, min(value) AS value_min, max(value) AS value_max
        FROM sensor_readings
        WHERE device_id = pair.device_id
          AND observed_at >= pair.bucket AND observed_at < pair.bucket + INTERVAL '1 minute'
          AND observed_at >= earliest AND observed_at < latest + INTERVAL '1 minute'
        GROUP BY metric_id
    ) AS fresh
    ORDER BY pair.device_id, pair.bucket, fresh.metric_id
    ON CONFLICT (device_id, bucket, metric_id) DO UPDATE SET
        readings = excluded.readings, value_avg = excluded.value_avg,
        value_min = excluded.value_min, value_max = excluded.value_max
    WHERE excluded.readings >= known.readings;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- From minutes to hours, from hours to days.
CREATE FUNCTION roll_up_sensors(
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
            bucket, device_id, metric_id, readings, value_avg, value_min, value_max
        )
        SELECT pair.bucket, pair.device_id, fresh.*
        FROM unnest($1, $2) AS pair (device_id, bucket)
        CROSS JOIN LATERAL (
            SELECT
                metric_id, sum(readings)::integer AS readings,
                sum(value_avg * readings) / sum(readings) AS value_avg,
                min(value_min) AS value_min, max(value_max) AS value_max
            FROM %2$I
            WHERE device_id = pair.device_id
              AND bucket >= pair.bucket AND bucket < pair.bucket + $3
              AND bucket >= $4 AND bucket < $5 + $3
            GROUP BY metric_id
        ) AS fresh
        ORDER BY pair.device_id, pair.bucket, fresh.metric_id
        ON CONFLICT (device_id, bucket, metric_id) DO UPDATE SET
            readings = excluded.readings, value_avg = excluded.value_avg,
            value_min = excluded.value_min, value_max = excluded.value_max
        WHERE excluded.readings >= known.readings
        $sql$, target, source
    )
    USING of_devices, of_buckets, span, earliest, latest;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

REVOKE ALL ON FUNCTION roll_up_sensors(integer[], timestamptz[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION roll_up_sensors(text, text, interval, integer[], timestamptz[])
    FROM PUBLIC;
