-- online: whether the station is connected
SELECT CASE online WHEN true THEN 0 ELSE 1 END AS online
FROM devices LEFT JOIN device_states USING (device_id)
WHERE node_code = '$site' AND kind = 'base_station' AND retired_at IS NULL
LIMIT 1;

-- heard: seconds since the station was last heard
SELECT extract(epoch FROM now() - received_at)::double precision AS seconds
FROM devices JOIN device_states USING (device_id)
WHERE node_code = '$site' AND kind = 'base_station' AND retired_at IS NULL
LIMIT 1;

-- power_now: what feeds the station
SELECT CASE power WHEN 'mains' THEN 0 WHEN 'battery' THEN 2 ELSE 1 END AS power
FROM devices LEFT JOIN device_states USING (device_id)
WHERE node_code = '$site' AND kind = 'base_station' AND retired_at IS NULL
LIMIT 1;

-- battery_now: charge of the station's battery
SELECT battery_percent
FROM devices LEFT JOIN device_states USING (device_id)
WHERE node_code = '$site' AND kind = 'base_station' AND retired_at IS NULL
LIMIT 1;

-- villages_now: villages that have a link by the site, and how many of them are dark
SELECT count(DISTINCT l.village_code) AS villages,
    count(DISTINCT l.village_code) FILTER (WHERE s.state = 'dark') AS dark
FROM links AS l
LEFT JOIN village_spells AS s ON s.village_code = l.village_code AND s.until IS NULL
WHERE l.retired_at IS NULL AND (l.node_code = '$site' OR l.node_code IN (
    SELECT node_code FROM node_parents WHERE parent_code = '$site'
));

-- incidents_open: open incidents that have the site for their root
SELECT count(*) AS incidents
FROM incidents
WHERE status = 'open' AND merged_into IS NULL AND (root @> ARRAY['$site'] OR incident_id IN (
    SELECT incident_id FROM incident_links JOIN links USING (link_code)
    WHERE until IS NULL AND node_code IN (
        SELECT node_code FROM node_parents WHERE parent_code = '$site'
    )
));

-- rtt: round trips from the site towards the core
WITH chosen AS MATERIALIZED (@station_of_site), @measured
SELECT s.time, m.rtt_ms
FROM @steps AS s (time) CROSS JOIN chosen LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1;

-- loss: packets lost between the site and the core
WITH chosen AS MATERIALIZED (@station_of_site), @measured
SELECT s.time, m.loss_percent
FROM @steps AS s (time) CROSS JOIN chosen LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1;

-- traffic: traffic of the site
WITH chosen AS MATERIALIZED (@station_of_site), @measured
SELECT s.time, m.down_mbps, m.up_mbps
FROM @steps AS s (time) CROSS JOIN chosen LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1;

-- clients: clients connected
WITH chosen AS MATERIALIZED (@station_of_site), @measured
SELECT s.time, m.clients
FROM @steps AS s (time) CROSS JOIN chosen LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1;

-- power: charge, and share of reports on battery
WITH chosen AS MATERIALIZED (@station_of_site), @measured
SELECT s.time, m.battery_percent, m.on_battery_percent
FROM @steps AS s (time) CROSS JOIN chosen LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1;

-- temperature: temperature of the equipment
WITH chosen AS MATERIALIZED (@station_of_site), @measured
SELECT s.time, m.temperature_c
FROM @steps AS s (time) CROSS JOIN chosen LEFT JOIN measured AS m USING (time, device_id)
ORDER BY 1;

-- villages: villages that have a link by the site, the worst first
SELECT v.village_code, v.name, c.name AS commune, string_agg(DISTINCT @technology_words, ', ') AS technologies,
    @village_number AS state, s.since, v.households
FROM links AS l
JOIN villages AS v USING (village_code)
JOIN communes AS c USING (commune_code)
LEFT JOIN village_spells AS s ON s.village_code = v.village_code AND s.until IS NULL
WHERE l.retired_at IS NULL AND (l.node_code = '$site' OR l.node_code IN (
    SELECT node_code FROM node_parents WHERE parent_code = '$site'
))
GROUP BY v.village_code, v.name, c.name, s.state, s.since, v.households
ORDER BY state DESC NULLS LAST, v.households DESC;

-- link_states: states of the links by the site over time
SELECT greatest(s.since, $__timeFrom()::timestamptz) AS time, v.name || ' ' || @technology_words AS metric,
    @link_number AS value
FROM link_spells AS s
JOIN links AS l USING (link_code)
JOIN villages AS v USING (village_code)
WHERE s.since <= $__timeTo() AND (s.until IS NULL OR s.until >= $__timeFrom())
    AND (l.node_code = '$site' OR l.node_code IN (
        SELECT node_code FROM node_parents WHERE parent_code = '$site'
    ))
ORDER BY 1, 2;

-- around: other sites of the same commune and what feeds them
SELECT n.node_code, n.name, n.operator_code, CASE s.online WHEN true THEN 0 ELSE 1 END AS online,
    CASE s.power WHEN 'mains' THEN 0 WHEN 'battery' THEN 2 ELSE 1 END AS power, s.battery_percent,
    extract(epoch FROM now() - s.received_at)::double precision AS heard
FROM nodes AS n
LEFT JOIN devices AS d ON d.node_code = n.node_code AND d.kind = 'base_station' AND d.retired_at IS NULL
LEFT JOIN device_states AS s USING (device_id)
WHERE n.kind = 'site' AND n.retired_at IS NULL AND n.node_code <> '$site'
    AND n.commune_code = (SELECT commune_code FROM nodes WHERE node_code = '$site')
ORDER BY power DESC, n.node_code;

-- events: what the station said of itself besides reports
SELECT observed_at, e.kind, reason, detail::text AS detail
FROM presence_events AS e
JOIN devices USING (device_id)
WHERE node_code = '$site' AND $__timeFilter(observed_at)
ORDER BY observed_at DESC
LIMIT 100;
