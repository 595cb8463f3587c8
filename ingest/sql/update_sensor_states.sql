-- Bring the latest value of each metric of each device up to date, by time observed.
INSERT INTO sensor_states AS known (device_id, metric_id, observed_at, value)
SELECT DISTINCT ON (device_id, metric_id) device_id, metric_id, observed_at, value
FROM stage_readings
ORDER BY device_id, metric_id, observed_at DESC
ON CONFLICT (device_id, metric_id) DO UPDATE SET
    observed_at = excluded.observed_at,
    value = excluded.value
WHERE excluded.observed_at >= known.observed_at
