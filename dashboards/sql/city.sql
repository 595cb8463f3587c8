-- water: water level of each gauge now, and how far below the next alarm level it is
SELECT d.device_code, d.name, s.value AS level_m, a.first, a.second, a.third,
    CASE WHEN s.value >= a.third THEN 3 WHEN s.value >= a.second THEN 2 WHEN s.value >= a.first THEN 1
        WHEN coalesce(a.first, a.second, a.third) IS NOT NULL THEN 0 END AS alarm,
    hour.risen AS risen_m, extract(epoch FROM now() - s.observed_at)::double precision AS seconds
FROM sensor_states AS s
JOIN metrics AS m USING (metric_id)
JOIN devices AS d USING (device_id)
LEFT JOIN @alarm_levels AS a (pattern, first, second, third) ON d.device_code LIKE a.pattern
LEFT JOIN LATERAL (
    -- A mean, for the first row in the order of time would be looked for among those of all sensors.
    SELECT s.value - avg(value_avg) AS risen FROM sensor_readings_1m AS r
    WHERE r.device_id = s.device_id AND r.metric_id = s.metric_id
        AND r.bucket BETWEEN now() - INTERVAL '65 minutes' AND now() - INTERVAL '55 minutes'
) AS hour ON true
WHERE m.metric = 'water_level_m' AND d.retired_at IS NULL AND @in_commune AND @in_device
ORDER BY alarm DESC NULLS LAST, risen_m DESC NULLS LAST, d.device_code
LIMIT 200;

-- water_over_time: water level of the chosen gauges; without a choice, of the eight that rose most
WITH chosen AS MATERIALIZED (
    SELECT d.device_id, d.name || ' ' || d.device_code AS metric
    FROM sensor_states AS s
    JOIN metrics AS m USING (metric_id)
    JOIN devices AS d USING (device_id)
    LEFT JOIN LATERAL (
        SELECT s.value - avg(r.value_avg) AS risen FROM sensor_readings_1h AS r
        WHERE r.device_id = s.device_id AND r.metric_id = s.metric_id
            AND r.bucket BETWEEN now() - INTERVAL '26 hours' AND now() - INTERVAL '22 hours'
    ) AS day ON true
    WHERE m.metric = 'water_level_m' AND d.retired_at IS NULL AND @in_commune AND @in_device
    ORDER BY abs(risen) DESC NULLS LAST, d.device_code
    LIMIT 8
),
measured AS MATERIALIZED (
    SELECT c.device_id, r.time, r.value
    FROM chosen AS c
    CROSS JOIN LATERAL (
        SELECT @step AS time, sum(value_avg * readings) / sum(readings) AS value
        FROM @sensor_levels AS levels
        WHERE levels.device_id = c.device_id
            AND metric_id = (SELECT metric_id FROM metrics WHERE metric = 'water_level_m')
        GROUP BY 1
    ) AS r
)
SELECT s.time, c.metric, m.value
FROM @steps AS s (time) CROSS JOIN chosen AS c LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1, 2;

-- rain: rain of the last hour and day at each gauge
SELECT d.name || ' ' || d.device_code AS gauge, sum(r.value_avg * r.readings) AS day_mm
FROM sensor_readings_1h AS r
JOIN devices AS d USING (device_id)
WHERE r.metric_id = (SELECT metric_id FROM metrics WHERE metric = 'rain_mm')
    AND r.bucket >= now() - INTERVAL '24 hours' AND d.retired_at IS NULL AND @in_commune AND @in_device
GROUP BY d.device_id, d.name, d.device_code
ORDER BY day_mm DESC, gauge
LIMIT 12;

-- rain_over_time: rain an hour, the mean and the greatest of the chosen gauges; over more than two weeks, the mean of whole days
WITH measured AS MATERIALIZED (
    SELECT r.bucket AS time, avg(mm) AS mean, max(mm) AS greatest
    FROM devices AS d
    JOIN sensor_states AS known USING (device_id)
    JOIN metrics AS m USING (metric_id)
    CROSS JOIN LATERAL (
        SELECT bucket, value_avg * readings / (extract(epoch FROM @hour_width) / 3600) AS mm
        FROM @sensor_hours AS levels
        WHERE levels.device_id = d.device_id AND levels.metric_id = m.metric_id
        -- A look-up for each gauge: without this the hours of all sensors are read.
        OFFSET 0
    ) AS r
    WHERE m.metric = 'rain_mm' AND @in_commune AND @in_device
    GROUP BY 1
)
SELECT s.time, mean, greatest
FROM @hour_steps AS s (time)
LEFT JOIN measured USING (time)
WHERE EXISTS (SELECT FROM measured)
ORDER BY 1;

-- air: particles at each station, mean of the last 24 hours
SELECT d.name || ' ' || d.device_code AS station,
    sum(r.value_avg * r.readings) / sum(r.readings) AS pm2_5
FROM sensor_readings_1h AS r
JOIN devices AS d USING (device_id)
WHERE r.metric_id = (SELECT metric_id FROM metrics WHERE metric = 'pm2_5_ugm3')
    AND r.bucket >= now() - INTERVAL '24 hours' AND d.retired_at IS NULL AND @in_commune AND @in_device
GROUP BY d.device_id, d.name, d.device_code
ORDER BY pm2_5 DESC, station
LIMIT 12;

-- air_over_time: pollutants, mean of the chosen stations, by the hour
WITH measured AS MATERIALIZED (
    SELECT r.time, m.metric, sum(total) / sum(readings) AS value
    FROM devices AS d
    CROSS JOIN LATERAL (
        SELECT @hour_step AS time, metric_id, sum(value_avg * readings) AS total, sum(readings) AS readings
        FROM @sensor_hours AS levels
        WHERE levels.device_id = d.device_id
        GROUP BY 1, 2
    ) AS r
    JOIN metrics AS m USING (metric_id)
    WHERE m.metric IN ('pm2_5_ugm3', 'pm10_ugm3', 'no2_ugm3', 'o3_ugm3') AND @in_commune AND @in_device
        AND d.device_id IN (
            SELECT device_id FROM sensor_states JOIN metrics USING (metric_id) WHERE metric = 'pm2_5_ugm3'
        )
    GROUP BY 1, 2
)
SELECT s.time, l.metric, m.value
FROM @hour_steps AS s (time)
CROSS JOIN (SELECT DISTINCT metric FROM measured) AS l
LEFT JOIN measured AS m USING (time, metric)
ORDER BY 1, 2;

-- lights: street lights now: lit, off, silent
SELECT count(*) FILTER (WHERE fresh AND value >= 0.5) AS lit,
    count(*) FILTER (WHERE fresh AND value < 0.5) AS off,
    count(*) FILTER (WHERE NOT fresh) AS silent
FROM (
    SELECT s.value, s.observed_at >= now() - INTERVAL '15 minutes' AS fresh
    FROM sensor_states AS s
    JOIN metrics AS m USING (metric_id)
    JOIN devices AS d USING (device_id)
    WHERE m.metric = 'street_light_on' AND d.retired_at IS NULL AND @in_commune AND @in_device
) AS lights;

-- lights_over_time: share of the street lights that are lit, by the hour, percent
WITH measured AS MATERIALIZED (
    SELECT r.time, 100 * sum(total) / sum(readings) AS lit
    FROM @sensors_by_hour
    WHERE m.metric = 'street_light_on' AND @in_commune AND @in_device
    GROUP BY 1
)
SELECT s.time, lit
FROM @hour_steps AS s (time)
LEFT JOIN measured USING (time)
WHERE EXISTS (SELECT FROM measured)
ORDER BY 1;

-- traffic: vehicles an hour and their speed, mean of the chosen counters, by the hour
WITH measured AS MATERIALIZED (
    SELECT r.time,
        sum(total) FILTER (WHERE m.metric = 'traffic_flow_vehicles_h')
            / sum(readings) FILTER (WHERE m.metric = 'traffic_flow_vehicles_h') AS flow,
        sum(total) FILTER (WHERE m.metric = 'traffic_speed_kmh')
            / sum(readings) FILTER (WHERE m.metric = 'traffic_speed_kmh') AS speed
    FROM @sensors_by_hour
    WHERE m.metric IN ('traffic_flow_vehicles_h', 'traffic_speed_kmh') AND @in_commune AND @in_device
    GROUP BY 1
)
SELECT s.time, flow, speed
FROM @hour_steps AS s (time)
LEFT JOIN measured USING (time)
WHERE EXISTS (SELECT FROM measured)
ORDER BY 1;

-- power: power drawn, sum of the chosen meters, by the hour
WITH measured AS MATERIALIZED (
    SELECT r.time, sum(total / readings) AS power
    FROM @sensors_by_hour
    WHERE m.metric = 'power_kw' AND @in_commune AND @in_device
    GROUP BY 1
)
SELECT s.time, power
FROM @hour_steps AS s (time)
LEFT JOIN measured USING (time)
WHERE EXISTS (SELECT FROM measured)
ORDER BY 1;

-- silent: sensors that are three intervals late, the longest first
SELECT d.device_code, d.name, c.name AS commune, s.received_at,
    extract(epoch FROM now() - s.received_at)::double precision AS seconds
FROM devices AS d
JOIN communes AS c USING (commune_code)
LEFT JOIN device_states AS s USING (device_id)
WHERE d.kind = 'sensor' AND d.retired_at IS NULL AND d.commune_code IN (
        SELECT commune_code FROM communes WHERE @in_commune
    ) AND @in_device
    AND (s.received_at IS NULL OR s.received_at < now() - make_interval(secs => 3 * d.interval_seconds))
ORDER BY s.received_at NULLS FIRST, d.device_code
LIMIT 100;

-- alerts: open alerts of the rulebook about sensors
SELECT incident_id, @severity_number AS severity, @incident_words AS words, onset_at, value, rule
FROM incidents
WHERE status = 'open' AND merged_into IS NULL AND class IN ('rule', 'sensor')
    AND ('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
ORDER BY severity DESC, onset_at
LIMIT 100;
