-- The same for sensor readings.
DELETE FROM stage_readings AS s
USING sensor_readings AS r
WHERE s.device_time IS NOT NULL
  AND r.device_id = s.device_id
  AND r.device_time = s.device_time
  AND r.metric_id = s.metric_id
