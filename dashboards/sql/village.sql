-- state: state of the village now
SELECT @village_number AS state
FROM (
    SELECT coalesce((
        SELECT state FROM village_spells WHERE village_code = '$village' AND until IS NULL
    ), 'unknown') AS state
) AS now;

-- lasting: seconds since it has been in that state
SELECT extract(epoch FROM now() - since)::double precision AS seconds
FROM village_spells
WHERE village_code = '$village' AND until IS NULL;

-- households: households, and links by state
SELECT v.households,
    count(l.link_code) AS links,
    count(l.link_code) FILTER (WHERE s.state IN ('down', 'recovering')) AS down,
    count(l.link_code) FILTER (WHERE s.state = 'degraded') AS degraded
FROM villages AS v
LEFT JOIN links AS l ON l.village_code = v.village_code AND l.retired_at IS NULL
LEFT JOIN link_spells AS s ON s.link_code = l.link_code AND s.until IS NULL
WHERE v.village_code = '$village'
GROUP BY v.village_code, v.households;

-- available: share of the known time on the screen in which the village had service, percent
SELECT 100.0 * coalesce(sum(seconds) FILTER (WHERE state <> 'dark'), 0) / nullif(sum(seconds), 0) AS available
FROM (
    SELECT state, extract(epoch FROM least(coalesce(until, now()), $__timeTo()::timestamptz)
        - greatest(since, $__timeFrom()::timestamptz)) AS seconds
    FROM village_spells
    WHERE village_code = '$village' AND state NOT IN ('unknown', 'maintenance')
        AND since <= $__timeTo() AND (until IS NULL OR until >= $__timeFrom())
) AS spells;

-- incidents_open: incidents that impair the village now
SELECT count(*) AS incidents
FROM incident_villages
JOIN incidents USING (incident_id)
WHERE village_code = '$village' AND until IS NULL AND status = 'open' AND merged_into IS NULL;

-- states: states of the village over time
SELECT greatest(since, $__timeFrom()::timestamptz) AS time, name AS metric, @village_number AS value
FROM village_spells
JOIN villages USING (village_code)
WHERE village_code = '$village' AND since <= $__timeTo()
    AND (until IS NULL OR until >= $__timeFrom())
ORDER BY 1;

-- link_states: states of its links over time
SELECT greatest(since, $__timeFrom()::timestamptz) AS time,
    operator_code || ' ' || @technology_words AS metric, @link_number AS value
FROM link_spells
JOIN links USING (link_code)
WHERE village_code = '$village' AND since <= $__timeTo()
    AND (until IS NULL OR until >= $__timeFrom())
ORDER BY 1, 2;

-- rtt: median round trip of each link
WITH chosen AS MATERIALIZED (@probes_of_village), @measured
SELECT s.time, c.metric, m.rtt_ms AS value
FROM @steps AS s (time) CROSS JOIN chosen AS c LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1, 2;

-- loss: packets lost on each link
WITH chosen AS MATERIALIZED (@probes_of_village), @measured
SELECT s.time, c.metric, m.loss_percent AS value
FROM @steps AS s (time) CROSS JOIN chosen AS c LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1, 2;

-- down: traffic towards the village on each link
WITH chosen AS MATERIALIZED (@probes_of_village), @measured
SELECT s.time, c.metric, m.down_mbps AS value
FROM @steps AS s (time) CROSS JOIN chosen AS c LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1, 2;

-- up: traffic from the village on each link
WITH chosen AS MATERIALIZED (@probes_of_village), @measured
SELECT s.time, c.metric, m.up_mbps AS value
FROM @steps AS s (time) CROSS JOIN chosen AS c LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1, 2;

-- signal: received signal of each link that has one
WITH chosen AS MATERIALIZED (@probes_of_village), @measured
SELECT s.time, c.metric, m.signal_dbm AS value
FROM @steps AS s (time) CROSS JOIN chosen AS c LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1, 2;

-- battery: least charge of the batteries of its probes
WITH chosen AS MATERIALIZED (@probes_of_village), @measured
SELECT s.time, c.metric, m.battery_percent AS value
FROM @steps AS s (time) CROSS JOIN chosen AS c LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1, 2;

-- power: share of the reports that probes sent on battery
WITH chosen AS MATERIALIZED (@probes_of_village), @measured
SELECT s.time, c.metric, m.on_battery_percent AS value
FROM @steps AS s (time) CROSS JOIN chosen AS c LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1, 2;

-- devices: what stands in the village, and what it last said
SELECT device_code, kind, extract(epoch FROM now() - s.received_at)::double precision AS heard,
    CASE s.online WHEN true THEN 0 WHEN false THEN 1 END AS online, s.power, s.rtt_p50_ms,
    s.loss_percent, s.battery_percent
FROM devices
LEFT JOIN device_states AS s USING (device_id)
WHERE village_code = '$village' AND retired_at IS NULL
ORDER BY kind, device_code;

-- incidents: incidents of the village in this time, newest first
SELECT iv.since, iv.until, incident_id, @severity_number AS severity, class, @incident_words AS words,
    reason, iv.share * 100 AS share
FROM incident_villages AS iv
JOIN incidents USING (incident_id)
WHERE iv.village_code = '$village' AND iv.since <= $__timeTo()
    AND (iv.until IS NULL OR iv.until >= $__timeFrom())
ORDER BY iv.since DESC
LIMIT 100;

-- neighbours: the other villages of its commune, the worst first
SELECT village_code, v.name, @village_number AS state, since, v.households
FROM villages AS v
LEFT JOIN village_spells AS s USING (village_code)
WHERE v.commune_code = (SELECT commune_code FROM villages WHERE village_code = '$village')
    AND v.village_code <> '$village' AND v.retired_at IS NULL AND s.until IS NULL
ORDER BY state DESC NULLS LAST, v.name;

-- path: nodes between the village and the operators' cores, from the village on
WITH RECURSIVE up AS (
    SELECT DISTINCT node_code, operator_code, 0 AS distance
    FROM links WHERE village_code = '$village' AND retired_at IS NULL
    UNION
    SELECT p.parent_code, up.operator_code, up.distance + 1
    FROM up JOIN node_parents AS p USING (node_code)
    WHERE up.distance < 12
)
SELECT min(up.distance) AS distance, n.kind, n.node_code, n.name, n.operator_code, n.power_node_code,
    (SELECT count(*) FROM incidents AS i WHERE i.status = 'open' AND i.root @> ARRAY[n.node_code]) AS incidents
FROM up JOIN nodes AS n USING (node_code)
GROUP BY n.node_code
ORDER BY distance, n.operator_code, n.node_code;
