-- Store staged sensor readings; return how many were staged and how many new, by minute of
-- arrival.
WITH stored AS (
    INSERT INTO sensor_readings (
        device_id, metric_id, observed_at, received_at, device_time, skew, value)
    SELECT device_id, metric_id, observed_at, received_at, device_time, skew::skew_class, value
    FROM stage_readings
    ORDER BY device_id, metric_id, observed_at
    ON CONFLICT DO NOTHING
    RETURNING received_at
)
SELECT
    date_bin('1 minute', received_at, '2000-01-01Z'),
    count(*) FILTER (WHERE NOT new),
    count(*) FILTER (WHERE new)
FROM (
    SELECT received_at, false AS new FROM stage_readings
    UNION ALL
    SELECT received_at, true FROM stored
) AS records
GROUP BY 1
