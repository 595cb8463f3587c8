-- The same for sensor readings. They have no sequence number, so a repeat has the same value too:
-- a clock that was ahead and is set right claims times that it claimed before.
WITH forgotten AS (
    DELETE FROM stage_readings WHERE ctid IN (
        SELECT s.ctid
        FROM device_states AS d
        JOIN stage_readings AS s USING (device_id)
        CROSS JOIN LATERAL (
            SELECT FROM sensor_readings AS r
            WHERE r.device_time IS NOT NULL
              AND r.device_id = s.device_id
              AND r.device_time = coalesce(s.device_time, s.observed_at)
              AND r.metric_id = s.metric_id
              AND r.value = s.value
              AND r.observed_at BETWEEN %(moved_from)s AND %(until)s
            LIMIT 1
        ) AS moved
        WHERE d.ahead_until >= %(from)s
          AND coalesce(s.device_time, s.observed_at) <= d.ahead_until
        UNION ALL
        SELECT s.ctid
        FROM stage_readings AS s
        CROSS JOIN LATERAL (
            SELECT FROM sensor_readings AS r
            WHERE r.device_time IS NULL
              AND r.device_id = s.device_id
              AND r.observed_at = s.device_time
              AND r.metric_id = s.metric_id
              AND r.value = s.value
              AND r.observed_at BETWEEN %(from)s AND %(until)s
            LIMIT 1
        ) AS kept
        WHERE s.device_time IS NOT NULL
        UNION ALL
        SELECT s.ctid
        FROM stage_readings AS s
        JOIN stage_readings AS o USING (device_id, metric_id)
        WHERE o.device_time IS NOT NULL
          AND o.device_time = coalesce(s.device_time, s.observed_at)
          AND o.value = s.value
          AND (s.device_time IS NULL OR s.ctid > o.ctid)
    )
    RETURNING received_at
)
SELECT date_bin('1 minute', received_at, '2000-01-01Z'), count(*) FROM forgotten GROUP BY 1
