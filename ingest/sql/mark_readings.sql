-- The same for sensor readings.
INSERT INTO rollup_marks (relation, bucket, device_ids)
SELECT 'sensor_readings', date_bin('1 minute', observed_at, '2000-01-01Z'), array_agg(DISTINCT device_id)
FROM stage_readings
GROUP BY 2
