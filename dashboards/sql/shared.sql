-- Fragments that queries of boards use as @name. A fragment may use those before it.

-- midnight: a local midnight that began a week, from which steps are counted; there is no summer time, and a zone's name costs ten times as much
TIMESTAMPTZ '2000-01-03 00:00+07'

-- seconds: length of the panel's step; a whole hour at least where hours are read, so that no step is empty
(greatest($__interval_ms, CASE WHEN $__interval_ms >= 1800000 THEN 3600000 ELSE 60000 END) / 1000.0)

-- width: the same as an interval
make_interval(secs => @seconds)

-- step: start of the step that `bucket` lies in; steps of a day and more begin at local midnight
time_bucket(@width, bucket, @midnight)

-- steps: all steps of the time on the screen, so that one without rows is a gap
generate_series(
    time_bucket(@width, $__timeFrom()::timestamptz, @midnight), $__timeTo()::timestamptz, @width
)

-- village_number: number of a village's `state`, as in states.py
CASE state WHEN 'served' THEN 0 WHEN 'maintenance' THEN 1 WHEN 'unknown' THEN 2
    WHEN 'degraded' THEN 3 WHEN 'dark' THEN 4 END

-- link_number: number of a link's `state`, as in states.py; steps on the way count as what they leave
CASE state WHEN 'up' THEN 0 WHEN 'suspect' THEN 0 WHEN 'maintenance' THEN 1 WHEN 'unknown' THEN 2
    WHEN 'device-silent' THEN 2 WHEN 'stale' THEN 3 WHEN 'degraded' THEN 4 WHEN 'down' THEN 5
    WHEN 'recovering' THEN 5 END

-- dark_households: households of villages that are dark; null if of no village anything is known
(CASE WHEN count(*) FILTER (WHERE state <> 'unknown') > 0
    THEN coalesce(sum(households) FILTER (WHERE state = 'dark'), 0) END)::bigint

-- severity_number: number of an incident's `severity`, as in states.py
CASE severity WHEN 'indeterminate' THEN 0 WHEN 'warning' THEN 1 WHEN 'minor' THEN 2
    WHEN 'major' THEN 3 WHEN 'critical' THEN 4 END

-- in_commune: whether `commune_code` is among the communes chosen
('' IN (${commune:sqlstring}) OR commune_code IN (${commune:sqlstring}))

-- in_operator: whether `operator_code` is among the operators chosen
('' IN (${operator:sqlstring}) OR operator_code IN (${operator:sqlstring}))

-- in_technology: whether `technology` is among the technologies chosen
('' IN (${technology:sqlstring}) OR technology IN (${technology:sqlstring}))

-- incident_words: one line about an incident
coalesce(nullif(summary ->> '{language}', ''), class || ': ' || array_to_string(root, ', '))

-- link_columns: what of a roll-up of link reports is shown
bucket, device_id, reports, battery_reports, probes_sent, probes_ok,
    rtt_p50_ms_avg, rtt_p50_ms_count, rtt_p95_ms_max, loss_percent_avg, loss_percent_count,
    down_mbps_avg, down_mbps_count, up_mbps_avg, up_mbps_count, clients_avg, clients_count,
    signal_dbm_avg, signal_dbm_count, temperature_c_avg, temperature_c_count,
    battery_percent_avg, battery_percent_count, battery_percent_min

-- link_levels: roll-up of link reports for the panel's step; the other two levels are never read
(
    SELECT @link_columns
    FROM link_reports_1m
    WHERE $__interval_ms < 1800000 AND $__timeFilter(bucket)
    UNION ALL
    SELECT @link_columns
    FROM link_reports_1h
    WHERE $__interval_ms >= 1800000 AND $__interval_ms < 86400000 AND $__timeFilter(bucket)
    UNION ALL
    SELECT @link_columns
    FROM link_reports_1d
    WHERE $__interval_ms >= 86400000 AND $__timeFilter(bucket)
)

-- few_minutes: whether the time on the screen is short enough to read the minutes of a whole commune
$__timeTo()::timestamptz - $__timeFrom()::timestamptz <= INTERVAL '7 hours'

-- few_hours: the same for its hours
$__timeTo()::timestamptz - $__timeFrom()::timestamptz <= INTERVAL '15 days'

-- commune_levels: roll-up of link reports for figures of a whole commune: minutes up to seven hours, hours up to fifteen days, then days
(
    SELECT @link_columns
    FROM link_reports_1m
    WHERE (@few_minutes) AND $__timeFilter(bucket)
    UNION ALL
    SELECT @link_columns
    FROM link_reports_1h
    WHERE NOT (@few_minutes) AND @few_hours AND $__timeFilter(bucket)
    UNION ALL
    SELECT @link_columns
    FROM link_reports_1d
    WHERE NOT (@few_hours) AND $__timeFilter(bucket)
)

-- commune_width: the step of figures of a whole commune: at least what is read
greatest(@width, CASE WHEN @few_minutes THEN INTERVAL '1 minute' WHEN @few_hours THEN INTERVAL '1 hour' ELSE INTERVAL '1 day' END)

-- commune_step: start of the step that `bucket` lies in
time_bucket(@commune_width, bucket, @midnight)

-- commune_lines: lines of `measured (time, metric, value)` of a commune; a step in which nothing was measured is a gap
SELECT s.time, l.metric, m.value
FROM generate_series(
    time_bucket(@commune_width, $__timeFrom()::timestamptz, @midnight), $__timeTo()::timestamptz, @commune_width
) AS s (time)
CROSS JOIN (SELECT DISTINCT metric FROM measured) AS l
LEFT JOIN measured AS m USING (time, metric)
ORDER BY 1, 2

-- sensor_levels: roll-up of sensor readings for the panel's step; the other two levels are never read
(
    SELECT bucket, device_id, metric_id, readings, value_avg, value_min, value_max
    FROM sensor_readings_1m
    WHERE $__interval_ms < 1800000 AND $__timeFilter(bucket)
    UNION ALL
    SELECT bucket, device_id, metric_id, readings, value_avg, value_min, value_max
    FROM sensor_readings_1h
    WHERE $__interval_ms >= 1800000 AND $__interval_ms < 86400000 AND $__timeFilter(bucket)
    UNION ALL
    SELECT bucket, device_id, metric_id, readings, value_avg, value_min, value_max
    FROM sensor_readings_1d
    WHERE $__interval_ms >= 86400000 AND $__timeFilter(bucket)
)

-- link_figures: what a device measured in a step
sum(rtt_p50_ms_avg * rtt_p50_ms_count) / nullif(sum(rtt_p50_ms_count), 0) AS rtt_ms,
    sum(loss_percent_avg * loss_percent_count) / nullif(sum(loss_percent_count), 0) AS loss_percent,
    sum(down_mbps_avg * down_mbps_count) / nullif(sum(down_mbps_count), 0) AS down_mbps,
    sum(up_mbps_avg * up_mbps_count) / nullif(sum(up_mbps_count), 0) AS up_mbps,
    sum(clients_avg * clients_count) / nullif(sum(clients_count), 0) AS clients,
    sum(signal_dbm_avg * signal_dbm_count) / nullif(sum(signal_dbm_count), 0) AS signal_dbm,
    sum(temperature_c_avg * temperature_c_count) / nullif(sum(temperature_c_count), 0) AS temperature_c,
    min(battery_percent_min) AS battery_percent,
    100.0 * sum(battery_reports) / nullif(sum(reports), 0) AS on_battery_percent

-- measures: what the devices of `chosen (device_id, metric)` measured, a row a step; a look-up for each device
SELECT c.device_id, c.metric, m.*
FROM chosen AS c
CROSS JOIN LATERAL (
    SELECT @step AS time,
        @link_figures
    FROM @link_levels AS levels
    WHERE levels.device_id = c.device_id
    GROUP BY 1
) AS m

-- commune_measures: the same for a whole commune
SELECT c.device_id, c.metric, m.*
FROM chosen AS c
CROSS JOIN LATERAL (
    SELECT @commune_step AS time,
        @link_figures
    FROM @commune_levels AS levels
    WHERE levels.device_id = c.device_id
    GROUP BY 1
) AS m

-- measured: what `measures` gives, computed once, to be joined to steps
measured AS MATERIALIZED (
    @measures
)

-- technology_words: words of a link's `technology`, as in words.py
CASE technology WHEN 'ftth' THEN 'FTTH' WHEN 'adsl' THEN 'ADSL' WHEN '4g' THEN '4G' WHEN '5g' THEN '5G'
    WHEN 'leased' THEN CASE '{language}' WHEN 'vi' THEN 'kênh thuê riêng' ELSE 'leased line' END
    WHEN 'microwave' THEN CASE '{language}' WHEN 'vi' THEN 'viba' ELSE 'microwave' END
    WHEN 'satellite' THEN CASE '{language}' WHEN 'vi' THEN 'vệ tinh' ELSE 'satellite' END
    ELSE technology END

-- probes_of_village: the probes of the chosen village, named by operator and technology
SELECT d.device_id, l.operator_code || ' ' || @technology_words || CASE
        WHEN count(*) OVER (PARTITION BY l.operator_code, l.technology) > 1 THEN ' ' || d.device_code
        ELSE '' END AS metric
FROM devices AS d
JOIN links AS l USING (link_code)
WHERE l.village_code = '$village' AND d.kind = 'link_probe' AND d.retired_at IS NULL

-- station_of_site: what reports for the chosen site
SELECT device_id, device_code AS metric
FROM devices
WHERE node_code = '$site' AND kind = 'base_station' AND retired_at IS NULL

-- villages_by_step: villages by state at the end of each step; needs `WITH spells (state, since, until)` before it
changes AS (
    SELECT time_bucket(@width, at, @midnight) AS time,
        sum(change) FILTER (WHERE state = 'dark') AS dark,
        sum(change) FILTER (WHERE state = 'degraded') AS degraded,
        sum(change) FILTER (WHERE state = 'unknown') AS unknown,
        sum(change) FILTER (WHERE state = 'maintenance') AS maintenance
    FROM (
        SELECT state, greatest(since, $__timeFrom()::timestamptz) AS at, 1 AS change
        FROM spells
        WHERE state <> 'served' AND since <= $__timeTo()
            AND (until IS NULL OR until > $__timeFrom())
        UNION ALL
        SELECT state, until, -1
        FROM spells
        WHERE state <> 'served' AND until > $__timeFrom() AND until <= $__timeTo()
    ) AS edges
    GROUP BY 1
)
SELECT s.time, sum(coalesce(dark, 0)) OVER w AS dark, sum(coalesce(degraded, 0)) OVER w AS degraded,
    sum(coalesce(unknown, 0)) OVER w AS unknown, sum(coalesce(maintenance, 0)) OVER w AS maintenance
FROM @steps AS s (time)
LEFT JOIN changes USING (time)
WINDOW w AS (ORDER BY s.time)

-- probes_of_commune: the probes of the chosen commune and technologies, by operator
SELECT d.device_id, l.operator_code AS metric
FROM devices AS d
JOIN links AS l USING (link_code)
WHERE d.commune_code = '$commune' AND d.kind = 'link_probe' AND d.retired_at IS NULL AND @in_technology

-- in_device: whether `device_code` is among the sensors chosen
('' IN (${device:sqlstring}) OR device_code IN (${device:sqlstring}))

-- alarm_levels: alarm levels I, II and III of rivers, metres, by the pattern of their gauges' codes
(
    VALUES ('%-cung-son', 29.5, 32.0, 34.5), ('%-phu-lam', 1.7, 2.7, 3.7), ('%-ha-bang', NULL, 8.5, 9.5),
        ('%-giang-son', 420.0, 422.0, 425.0), ('%-ban-don', 171.0, NULL, 174.0),
        ('%-krong-buk', 454.0, NULL, NULL)
)

-- hour_width: what `sensor_hours` reads
CASE WHEN $__interval_ms < 1200000 THEN INTERVAL '1 hour' ELSE INTERVAL '1 day' END

-- hour_step: start of the hour, or day, that `bucket` lies in
time_bucket(@hour_width, bucket, @midnight)

-- hour_steps: all of them in the time on the screen, so that one without rows is a gap
generate_series(
    time_bucket(@hour_width, $__timeFrom()::timestamptz, @midnight), $__timeTo()::timestamptz, @hour_width
)

-- count_width: the step of what is counted by the hour
greatest(@width, INTERVAL '1 hour')

-- count_steps: all of them in the time on the screen that have begun, so that one without rows is nothing
generate_series(
    time_bucket(@count_width, $__timeFrom()::timestamptz, @midnight), least($__timeTo()::timestamptz, now()), @count_width
)

-- an_hour: what a count of such a step is divided by
(extract(epoch FROM @count_width) / 3600)

-- sensor_hours: roll-up of sensor readings for figures of many sensors together: hours up to two weeks, then days
(
    SELECT bucket, device_id, metric_id, readings, value_avg, value_min, value_max
    FROM sensor_readings_1h
    WHERE $__interval_ms < 1200000 AND $__timeFilter(bucket)
    UNION ALL
    SELECT bucket, device_id, metric_id, readings, value_avg, value_min, value_max
    FROM sensor_readings_1d
    WHERE $__interval_ms >= 1200000 AND $__timeFilter(bucket)
)

-- sensors_by_hour: sums by the hour of each sensor `d` of the metrics `m`; a look-up for each
devices AS d
    JOIN sensor_states AS known USING (device_id)
    JOIN metrics AS m USING (metric_id)
    CROSS JOIN LATERAL (
        SELECT @hour_step AS time, sum(value_avg * readings) AS total, sum(readings) AS readings
        FROM @sensor_hours AS levels
        WHERE levels.device_id = d.device_id AND levels.metric_id = m.metric_id
        GROUP BY 1
    ) AS r

-- broker_drops: messages that the broker threw away by `counts (worker, minute, broker_dropped)`, each worker; it counts from nothing when it is started anew
(
    SELECT sum(CASE WHEN broker_dropped < before THEN broker_dropped ELSE broker_dropped - before END)
        AS dropped
    FROM (
        SELECT worker, broker_dropped,
            lag(broker_dropped, 1, broker_dropped) OVER (PARTITION BY worker ORDER BY minute) AS before
        FROM counts
    ) AS counted
    GROUP BY worker
)

-- in_days: whether `day` is a local day that the time on the screen touches
day BETWEEN ($__timeFrom()::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    AND ($__timeTo()::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date

-- days: those days, so that one without rows is a gap
(
    SELECT each::date AS day
    FROM generate_series(
        ($__timeFrom()::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date,
        ($__timeTo()::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, INTERVAL '1 day'
    ) AS each
)

-- of_communes: whether `village_code` is of the communes chosen; of all, without a look at the village
('' IN (${commune:sqlstring}) OR village_code IN (
    SELECT village_code FROM villages WHERE commune_code IN (${commune:sqlstring})
))

-- book_rows: household-seconds, and households hit, of a row of a book `b`; docs/operations/books.md
b.households::bigint * (served_seconds + degraded_seconds + down_seconds) AS observed,
    b.households::bigint * unknown_seconds AS unknown,
    b.households::bigint * down_seconds AS gross,
    b.households::bigint * (down_seconds - maintenance_seconds) AS net,
    b.households::bigint * (down_seconds - maintenance_seconds - mains_seconds) AS network,
    b.households::bigint * sustained AS sustained,
    b.households, (status = 'provisional')::integer AS provisional

-- book_days: the same of a group of rows of one day
sum(b.households::bigint * (served_seconds + degraded_seconds + down_seconds)) AS observed,
    sum(b.households::bigint * unknown_seconds) AS unknown,
    sum(b.households::bigint * down_seconds) AS gross,
    sum(b.households::bigint * (down_seconds - maintenance_seconds)) AS net,
    sum(b.households::bigint * (down_seconds - maintenance_seconds - mains_seconds)) AS network,
    sum(b.households::bigint * sustained) AS sustained,
    sum(b.households) AS households,
    count(*) FILTER (WHERE status = 'provisional') AS provisional

-- book_sums: sums of such rows, each of another day; households are those of the average day
sum(observed) AS observed, sum(unknown) AS unknown, sum(gross) AS gross, sum(net) AS net,
    sum(network) AS network, sum(sustained) AS sustained,
    sum(households)::numeric / nullif(count(*), 0) AS households, sum(provisional) AS provisional

-- book_figures: figures of `book_sums`
100.0 * (1 - gross / nullif(observed, 0)) AS gross_percent,
    100.0 * (1 - net / nullif(observed, 0)) AS net_percent,
    100.0 * (1 - network / nullif(observed, 0)) AS network_percent,
    gross / 60 / nullif(households, 0) AS saidi,
    sustained / nullif(households, 0) AS saifi,
    gross / 60 / nullif(sustained, 0) AS caidi,
    100.0 * observed / nullif(observed + unknown, 0) AS observed_percent

-- everywhere: whether no commune and no operator is chosen
('' IN (${commune:sqlstring}) AND '' IN (${operator:sqlstring}))

-- in_scope: whether an incident is of the chosen communes and operators
('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
    AND ('' IN (${operator:sqlstring}) OR operators && ARRAY[${operator:sqlstring}])

-- incident_mark: what of an incident is marked on charts
onset_at AS time, coalesce(ended_at, now()) AS timeend, @incident_words AS text,
    concat_ws(',', class, severity, incident_id) AS tags

-- incident_lasts: whether an incident lasted at some time of the time on the screen
(status = 'open' OR cleared_at >= $__timeFrom()) AND onset_at <= $__timeTo() AND merged_into IS NULL

-- window_mark: what of announced work is marked on charts
starts_at AS time, ends_at AS timeend, name AS text,
    concat_ws(',', 'maintenance', scope_kind, scope_code) AS tags

-- window_lasts: whether work that happens once lies within the time on the screen
cancelled_at IS NULL AND recurrence IS NULL AND starts_at <= $__timeTo() AND ends_at >= $__timeFrom()

-- above_chosen: nodes that `chosen (village_code, link_code, node_code, operator_code)` hang on, those that feed them too
above AS (
    SELECT node_code
    FROM (
        SELECT node_code FROM chosen
        UNION ALL
        SELECT power_node_code FROM devices WHERE village_code IN (SELECT village_code FROM chosen)
    ) AS first
    WHERE node_code IS NOT NULL
    UNION
    SELECT next.node_code
    FROM above CROSS JOIN LATERAL (
        SELECT p.parent_code FROM node_parents AS p WHERE p.node_code = above.node_code
        UNION ALL
        SELECT n.power_node_code FROM nodes AS n
        WHERE n.node_code = above.node_code AND n.power_node_code IS NOT NULL
    ) AS next (node_code)
)

-- touched_by_chosen: scopes of announced work that touches `chosen`
SELECT 'node' AS kind, node_code AS code FROM above
    UNION ALL SELECT 'link', link_code FROM chosen
    UNION ALL SELECT 'village', village_code FROM chosen
    UNION ALL SELECT 'operator', operator_code FROM chosen

-- by_site: whether an incident has the chosen site, or a part of it, for its root, or takes links by it down
(root @> ARRAY['$site'] OR root && ARRAY(SELECT node_code FROM node_parents WHERE parent_code = '$site')
    OR incident_id IN (
        SELECT il.incident_id FROM incident_links AS il JOIN links USING (link_code)
        WHERE node_code = '$site' OR node_code IN (
            SELECT node_code FROM node_parents WHERE parent_code = '$site'
        )
    ))
