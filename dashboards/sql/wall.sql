-- villages: villages by state now
SELECT count(*) FILTER (WHERE state = 'served') AS served,
    count(*) FILTER (WHERE state = 'degraded') AS degraded,
    count(*) FILTER (WHERE state = 'dark') AS dark,
    count(*) FILTER (WHERE coalesce(state, 'unknown') = 'unknown') AS unknown,
    count(*) FILTER (WHERE state = 'maintenance') AS maintenance
FROM villages
LEFT JOIN village_spells USING (village_code)
WHERE retired_at IS NULL AND until IS NULL;

-- broadband: share of the villages with broadband now, of those that we can see and where nobody works, percent
SELECT 100.0 * count(*) FILTER (WHERE state IN ('served', 'degraded')) / nullif(count(*), 0) AS broadband
FROM villages
JOIN village_spells USING (village_code)
WHERE retired_at IS NULL AND until IS NULL AND state NOT IN ('unknown', 'maintenance');

-- coverage: households whose village has mobile links of a generation, times the share of them with a working one; that share is of those of which it is known, percent
SELECT max(percent) FILTER (WHERE generation = '4g') AS fourth,
    max(percent) FILTER (WHERE generation = '5g') AS fifth
FROM (
    SELECT generation,
        100.0 * coalesce(sum(households) FILTER (WHERE links > 0), 0) / nullif(sum(households), 0)
            * CASE WHEN sum(links) = 0 THEN 1 ELSE
                coalesce(sum(households) FILTER (WHERE working > 0), 0)::numeric
                / nullif(sum(households) FILTER (WHERE links > 0 AND (working > 0 OR down = links)), 0)
            END AS percent
    FROM (
        SELECT v.households, generation, count(l.link_code) AS links,
            count(*) FILTER (WHERE s.state IN ('up', 'suspect', 'degraded')) AS working,
            count(*) FILTER (WHERE s.state IN ('down', 'recovering')) AS down
        FROM villages AS v
        CROSS JOIN (VALUES ('4g'), ('5g')) AS generations (generation)
        LEFT JOIN links AS l ON l.village_code = v.village_code AND l.retired_at IS NULL
            AND l.technology IN (generation, '5g')
        LEFT JOIN link_spells AS s ON s.link_code = l.link_code AND s.until IS NULL
        WHERE v.retired_at IS NULL
        GROUP BY v.village_code, v.households, generation
    ) AS each
    GROUP BY generation
) AS shares;

-- households: households in dark villages
SELECT @dark_households AS households
FROM villages
JOIN village_spells USING (village_code)
WHERE retired_at IS NULL AND until IS NULL;

-- map: state of each commune, a column each
SELECT
    {communes}
FROM (
    SELECT commune_code, CASE
            WHEN sum(households) FILTER (WHERE state = 'dark')
                >= 0.1 * sum(households) FILTER (WHERE state <> 'unknown') THEN 4
            WHEN bool_or(state IN ('dark', 'degraded')) THEN 3
            WHEN count(*) FILTER (WHERE coalesce(state, 'unknown') = 'unknown') >= 0.1 * count(*) THEN 2
            WHEN bool_or(state = 'maintenance') THEN 1
            ELSE 0
        END AS state
    FROM villages AS v
    LEFT JOIN village_spells AS s ON s.village_code = v.village_code AND s.until IS NULL
    WHERE retired_at IS NULL
    GROUP BY commune_code
) AS states;

-- incidents: open incidents by household-minutes, the greatest first
SELECT incident_id, @severity_number AS severity, @incident_words AS words, onset_at, households,
    impact.household_minutes,
    CASE WHEN acknowledged_at IS NULL OR acknowledged_until <= now() THEN '' ELSE acknowledged_by END
        AS owner
FROM incidents
CROSS JOIN LATERAL (
    SELECT coalesce(sum(household_seconds(iv, now())) / 60, 0) AS household_minutes
    FROM incident_villages AS iv WHERE iv.incident_id = incidents.incident_id
) AS impact
WHERE status = 'open' AND merged_into IS NULL
ORDER BY household_minutes DESC, severity DESC, onset_at
LIMIT 15;

-- not_served: villages by state at the end of each step
WITH spells AS NOT MATERIALIZED (SELECT state, since, until FROM village_spells),
@villages_by_step
ORDER BY 1;

-- worst: states of the villages that were dark longest in this time
WITH worst AS MATERIALIZED (
    SELECT village_code
    FROM village_spells
    WHERE state = 'dark' AND since <= $__timeTo() AND (until IS NULL OR until > $__timeFrom())
    GROUP BY village_code
    ORDER BY sum(
        least(coalesce(until, now()), $__timeTo()::timestamptz)
        - greatest(since, $__timeFrom()::timestamptz)
    ) DESC, village_code
    LIMIT 15
)
SELECT greatest(s.since, $__timeFrom()::timestamptz) AS time, c.name || ': ' || v.name AS metric,
    @village_number AS value
FROM worst
JOIN village_spells AS s USING (village_code)
JOIN villages AS v USING (village_code)
JOIN communes AS c USING (commune_code)
WHERE s.since <= $__timeTo() AND (s.until IS NULL OR s.until > $__timeFrom())
ORDER BY 1, 2;

-- operators: operators side by side
SELECT o.name AS operator, count(*) AS links,
    100.0 * count(*) FILTER (WHERE s.state IN ('up', 'suspect', 'degraded')) / nullif(count(*) FILTER (
        WHERE s.state IN ('up', 'suspect', 'degraded', 'down', 'recovering')
    ), 0) AS up,
    count(*) FILTER (WHERE s.state IN ('down', 'recovering')) AS down,
    count(*) FILTER (WHERE s.state = 'degraded') AS degraded,
    count(*) FILTER (WHERE coalesce(s.state, 'unknown') IN ('unknown', 'stale', 'device-silent')) AS unknown,
    coalesce(sum(l.households) FILTER (WHERE s.state IN ('down', 'recovering')), 0) AS households,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY d.rtt_p50_ms) AS rtt,
    avg(d.loss_percent) AS loss
FROM links AS l
JOIN operators AS o USING (operator_code)
LEFT JOIN link_spells AS s ON s.link_code = l.link_code AND s.until IS NULL
LEFT JOIN (
    SELECT link_code, min(st.rtt_p50_ms) AS rtt_p50_ms, min(st.loss_percent) AS loss_percent
    FROM devices JOIN device_states AS st USING (device_id)
    WHERE kind = 'link_probe' AND st.received_at >= now() - INTERVAL '10 minutes'
    GROUP BY link_code
) AS d ON d.link_code = l.link_code
WHERE l.retired_at IS NULL
GROUP BY o.operator_code, o.name
ORDER BY o.name;
