-- Move readings that were moved already a microsecond further back where another one has their
-- place: no repeat, or it would have been forgotten. Call again until nothing moves.
UPDATE stage_readings AS s
SET observed_at = s.observed_at - INTERVAL '1 microsecond'
FROM (
    SELECT m.ctid AS place
    FROM stage_readings AS m
    CROSS JOIN LATERAL (
        SELECT FROM sensor_readings AS r
        WHERE r.device_id = m.device_id
          AND r.observed_at = m.observed_at
          AND r.metric_id = m.metric_id
          AND r.observed_at BETWEEN %(moved_from)s AND %(until)s
        LIMIT 1
    ) AS stored
    WHERE m.device_time IS NOT NULL
    UNION
    SELECT m.ctid
    FROM stage_readings AS m
    JOIN stage_readings AS o USING (device_id, metric_id, observed_at)
    WHERE m.device_time IS NOT NULL
      AND (o.device_time IS NULL OR o.device_time < m.device_time)
) AS taken
WHERE s.ctid = taken.place
