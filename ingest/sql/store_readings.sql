-- Store staged sensor readings; return how many were new, by minute of arrival.
WITH stored AS (
    INSERT INTO sensor_readings (
        device_id, metric_id, observed_at, received_at, device_time, skew, value)
    SELECT device_id, metric_id, observed_at, received_at, device_time, skew::skew_class, value
    FROM stage_readings
    ORDER BY device_id, metric_id, observed_at
    ON CONFLICT DO NOTHING
    RETURNING received_at
)
SELECT date_trunc('minute', received_at, 'UTC'), count(*) FROM stored GROUP BY 1
