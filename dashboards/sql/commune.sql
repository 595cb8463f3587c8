-- villages: villages by state now
SELECT count(*) FILTER (WHERE state = 'served') AS served,
    count(*) FILTER (WHERE state = 'degraded') AS degraded,
    count(*) FILTER (WHERE state = 'dark') AS dark,
    count(*) FILTER (WHERE coalesce(state, 'unknown') = 'unknown') AS unknown,
    count(*) FILTER (WHERE state = 'maintenance') AS maintenance
FROM villages
LEFT JOIN village_spells USING (village_code)
WHERE commune_code = '$commune' AND retired_at IS NULL AND until IS NULL;

-- households: households in dark villages
SELECT @dark_households AS households
FROM villages
JOIN village_spells USING (village_code)
WHERE commune_code = '$commune' AND retired_at IS NULL AND until IS NULL;

-- available: share of known village time on the screen with service, weighted by households, percent
SELECT 100.0 * coalesce(sum(seconds * households) FILTER (WHERE state <> 'dark'), 0)
    / nullif(sum(seconds * households), 0) AS available
FROM (
    SELECT state, households, extract(epoch FROM least(coalesce(until, now()), $__timeTo()::timestamptz)
        - greatest(since, $__timeFrom()::timestamptz)) AS seconds
    FROM villages
    JOIN village_spells USING (village_code)
    WHERE commune_code = '$commune' AND state NOT IN ('unknown', 'maintenance')
        AND since <= $__timeTo() AND (until IS NULL OR until >= $__timeFrom())
) AS spells;

-- incidents_open: open incidents that touch the commune
SELECT count(*) AS incidents
FROM incidents
WHERE status = 'open' AND merged_into IS NULL AND communes @> ARRAY['$commune'];

-- on_battery: share of the commune's probes and stations that are on battery, percent
SELECT 100.0 * count(*) FILTER (WHERE power = 'battery') / nullif(count(power), 0) AS on_battery
FROM devices
JOIN device_states AS s USING (device_id)
WHERE commune_code = '$commune' AND kind IN ('link_probe', 'base_station') AND retired_at IS NULL;

-- list: villages of the commune, the worst first
WITH links_of AS MATERIALIZED (
    SELECT l.village_code, count(*) AS links,
        count(*) FILTER (WHERE ls.state IN ('down', 'recovering')) AS down, min(ds.rtt_p50_ms) AS rtt
    FROM links AS l
    JOIN villages AS v USING (village_code)
    LEFT JOIN link_spells AS ls ON ls.link_code = l.link_code AND ls.until IS NULL
    LEFT JOIN devices AS d ON d.link_code = l.link_code AND d.kind = 'link_probe'
    LEFT JOIN device_states AS ds USING (device_id)
    WHERE v.commune_code = '$commune' AND l.retired_at IS NULL
    GROUP BY l.village_code
)
SELECT v.village_code, v.name, @village_number AS state, s.since, v.households,
    coalesce(l.links, 0) AS links, coalesce(l.down, 0) AS down, l.rtt
FROM villages AS v
LEFT JOIN village_spells AS s ON s.village_code = v.village_code AND s.until IS NULL
LEFT JOIN links_of AS l ON l.village_code = v.village_code
WHERE v.commune_code = '$commune' AND v.retired_at IS NULL
ORDER BY state DESC NULLS LAST, v.households DESC, v.village_code;

-- incidents: incidents of the commune in this time, open ones first
SELECT incident_id, @severity_number AS severity, status, class, @incident_words AS words, onset_at,
    ended_at, households, villages
FROM incidents
WHERE communes @> ARRAY['$commune'] AND merged_into IS NULL AND onset_at <= $__timeTo()
    AND (status = 'open' OR cleared_at >= $__timeFrom())
ORDER BY status DESC, severity DESC, onset_at DESC
LIMIT 100;

-- not_served: villages by state at the end of each step
WITH spells AS NOT MATERIALIZED (
    SELECT state, since, until FROM village_spells
    WHERE village_code IN (SELECT village_code FROM villages WHERE commune_code = '$commune')
),
@villages_by_step
ORDER BY 1;

-- states: states of its villages over time, those that were not always served
WITH troubled AS MATERIALIZED (
    SELECT village_code, v.name
    FROM villages AS v
    WHERE commune_code = '$commune' AND EXISTS (
        SELECT FROM village_spells AS s
        WHERE s.village_code = v.village_code AND s.state <> 'served' AND s.since <= $__timeTo()
            AND (s.until IS NULL OR s.until > $__timeFrom())
    )
    ORDER BY v.name, village_code
    LIMIT 40
)
SELECT greatest(since, $__timeFrom()::timestamptz) AS time, name || ' ' || village_code AS metric,
    @village_number AS value
FROM troubled
JOIN village_spells USING (village_code)
WHERE since <= $__timeTo() AND (until IS NULL OR until > $__timeFrom())
ORDER BY 1, 2;

-- rtt: median round trip, mean of the probes of each operator
WITH chosen AS MATERIALIZED (@probes_of_commune),
measured AS MATERIALIZED (
    SELECT time, metric, avg(rtt_ms) AS value
    FROM (
        @commune_measures
    ) AS each
    GROUP BY 1, 2
)
@commune_lines;

-- loss: packets lost, mean of the probes of each operator
WITH chosen AS MATERIALIZED (@probes_of_commune),
measured AS MATERIALIZED (
    SELECT time, metric, avg(loss_percent) AS value
    FROM (
        @commune_measures
    ) AS each
    GROUP BY 1, 2
)
@commune_lines;

-- down: traffic towards its villages, sum of the probes of each operator
WITH chosen AS MATERIALIZED (@probes_of_commune),
measured AS MATERIALIZED (
    SELECT time, metric, sum(down_mbps) AS value
    FROM (
        @commune_measures
    ) AS each
    GROUP BY 1, 2
)
@commune_lines;

-- power: share of the reports that the probes of each operator sent on battery
WITH chosen AS MATERIALIZED (@probes_of_commune),
measured AS MATERIALIZED (
    SELECT time, metric, avg(on_battery_percent) AS value
    FROM (
        @commune_measures
    ) AS each
    GROUP BY 1, 2
)
@commune_lines;

-- sites: sites of the commune, those without mains first
SELECT n.node_code, n.name, n.operator_code, CASE s.online WHEN true THEN 0 ELSE 1 END AS online,
    CASE s.power WHEN 'mains' THEN 0 WHEN 'battery' THEN 2 ELSE 1 END AS power, s.battery_percent,
    extract(epoch FROM now() - s.received_at)::double precision AS heard
FROM nodes AS n
LEFT JOIN devices AS d ON d.node_code = n.node_code AND d.kind = 'base_station' AND d.retired_at IS NULL
LEFT JOIN device_states AS s USING (device_id)
WHERE n.kind = 'site' AND n.retired_at IS NULL AND n.commune_code = '$commune'
ORDER BY power DESC, n.node_code;

-- neighbours: the eight nearest communes, and their villages by state
SELECT c.commune_code, c.name, count(*) AS villages,
    count(*) FILTER (WHERE s.state = 'dark') AS dark,
    count(*) FILTER (WHERE s.state = 'degraded') AS degraded,
    count(*) FILTER (WHERE coalesce(s.state, 'unknown') = 'unknown') AS unknown
FROM (
    SELECT near.commune_code, near.name, (near.lat - here.lat) ^ 2 + (near.lon - here.lon) ^ 2 AS distance
    FROM communes AS near CROSS JOIN communes AS here
    WHERE here.commune_code = '$commune' AND near.commune_code <> '$commune' AND near.retired_at IS NULL
    ORDER BY distance
    LIMIT 8
) AS c
JOIN villages AS v USING (commune_code)
LEFT JOIN village_spells AS s ON s.village_code = v.village_code AND s.until IS NULL
WHERE v.retired_at IS NULL
GROUP BY c.commune_code, c.name, c.distance
ORDER BY c.distance;
