-- The same for sensor readings.
INSERT INTO rollup_marks (relation, bucket, device_ids)
SELECT 'sensor_readings', date_trunc('minute', observed_at, 'UTC'), array_agg(DISTINCT device_id)
FROM stage_readings
GROUP BY 2
