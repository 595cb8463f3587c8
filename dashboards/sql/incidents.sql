-- by_severity: open incidents by severity
SELECT count(*) FILTER (WHERE severity = 'critical') AS critical,
    count(*) FILTER (WHERE severity = 'major') AS major,
    count(*) FILTER (WHERE severity = 'minor') AS minor,
    count(*) FILTER (WHERE severity IN ('warning', 'indeterminate')) AS warning
FROM incidents
WHERE status = 'open' AND merged_into IS NULL
    AND ('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
    AND ('' IN (${operator:sqlstring}) OR operators && ARRAY[${operator:sqlstring}]);

-- unowned: open critical and major incidents that nobody has, and seconds that the oldest waits
SELECT count(*) AS incidents,
    coalesce(extract(epoch FROM now() - min(opened_at)), 0)::double precision AS oldest
FROM incidents
WHERE status = 'open' AND merged_into IS NULL AND severity IN ('critical', 'major')
    AND (acknowledged_at IS NULL OR acknowledged_until <= now())
    AND ('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
    AND ('' IN (${operator:sqlstring}) OR operators && ARRAY[${operator:sqlstring}]);

-- households: households without service by open incidents; a village counts once
SELECT coalesce(sum(households), 0)::bigint AS households
FROM (
    SELECT village_code, max(iv.households * iv.share) AS households
    FROM incident_villages AS iv
    JOIN incidents AS i USING (incident_id)
    WHERE i.status = 'open' AND i.merged_into IS NULL AND iv.until IS NULL
        AND iv.state <> 'maintenance'
        AND ('' IN (${commune:sqlstring}) OR i.communes && ARRAY[${commune:sqlstring}])
        AND ('' IN (${operator:sqlstring}) OR i.operators && ARRAY[${operator:sqlstring}])
    GROUP BY village_code
) AS each;

-- open_incidents: open incidents by household-minutes, the greatest first
SELECT incident_id, @severity_number AS severity, class, @incident_words AS words, onset_at,
    households, villages, impact.household_minutes,
    CASE WHEN acknowledged_at IS NULL OR acknowledged_until <= now() THEN '' ELSE acknowledged_by END
        AS owner,
    coalesce(assigned_to, '') AS assigned, escalation, flapping::int AS flapping
FROM incidents
CROSS JOIN LATERAL (
    SELECT coalesce(sum(household_seconds(iv, now())) / 60, 0) AS household_minutes
    FROM incident_villages AS iv WHERE iv.incident_id = incidents.incident_id
) AS impact
WHERE status = 'open' AND merged_into IS NULL
    AND ('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
    AND ('' IN (${operator:sqlstring}) OR operators && ARRAY[${operator:sqlstring}])
ORDER BY household_minutes DESC, severity DESC, onset_at
LIMIT 200;

-- cleared: incidents that cleared in this time, newest first
SELECT incident_id, @severity_number AS severity, class, @incident_words AS words, onset_at, ended_at,
    extract(epoch FROM ended_at - onset_at)::double precision AS seconds, households, villages,
    coalesce(acknowledged_by, '') AS owner, reason
FROM incidents
WHERE status = 'cleared' AND merged_into IS NULL AND $__timeFilter(cleared_at)
    AND ('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
    AND ('' IN (${operator:sqlstring}) OR operators && ARRAY[${operator:sqlstring}])
ORDER BY cleared_at DESC
LIMIT 200;

-- head: the chosen incident
SELECT incident_id, @severity_number AS severity, status, class, @incident_words AS words,
    coalesce(description ->> '{language}', '') AS todo, root_kind,
    array_to_string(root, ', ') AS root, onset_at, opened_at, ended_at, households, villages, links,
    coalesce(acknowledged_by, '') AS owner, coalesce(merged_into, '') AS merged_into
FROM incidents
WHERE incident_id = '$incident';

-- timeline: its entries, the newest first; what was withheld is in the panel below; what people said is no decision
SELECT at, kind, actor, CASE actor WHEN 'rules' THEN reason ELSE '' END AS reason,
    CASE actor WHEN 'rules' THEN '' ELSE reason END AS said, detail::text AS detail
FROM incident_entries
WHERE incident_id = '$incident' AND kind <> 'withheld'
ORDER BY at DESC, entry_id DESC
LIMIT 500;

-- withheld: what was not made an alert because of it, and why
SELECT at, reason, coalesce((
        SELECT string_agg(one, ', ' ORDER BY one)
        FROM jsonb_array_elements_text(
            CASE jsonb_typeof(detail -> 'objects') WHEN 'array' THEN detail -> 'objects' ELSE '[]' END
        ) AS objects (one)
    ), '') AS objects
FROM incident_entries
WHERE incident_id = '$incident' AND kind = 'withheld'
ORDER BY at DESC, entry_id DESC
LIMIT 500;

-- impacts: villages that it impairs
SELECT iv.village_code, v.name, c.name AS commune, @village_number AS state, iv.since, iv.until,
    iv.households, iv.share * 100 AS share
FROM incident_villages AS iv
LEFT JOIN villages AS v USING (village_code)
LEFT JOIN communes AS c USING (commune_code)
WHERE iv.incident_id = '$incident'
ORDER BY iv.households * iv.share DESC, iv.village_code
LIMIT 500;

-- notices: who was told of it, or was not
SELECT last_at, receiver, action,
    CASE state WHEN 'sent' THEN 0 WHEN 'withheld' THEN 1 WHEN 'failed' THEN 2 END AS state, attempts,
    error
FROM notifications
WHERE incident_ids @> ARRAY['$incident']
ORDER BY last_at DESC
LIMIT 200;

-- evidence: reports a minute of the probes of its links, from an hour before it began
WITH incident AS MATERIALIZED (
    SELECT end_at,
        date_trunc('minute', greatest(onset_at - INTERVAL '1 hour', end_at - INTERVAL '1 day')) AS start_at
    FROM incidents
    CROSS JOIN LATERAL (
        SELECT least(coalesce(ended_at, now()) + INTERVAL '1 hour', now()) AS end_at
    ) AS ends
    WHERE incident_id = '$incident'
),
probes AS MATERIALIZED (
    SELECT d.device_id, l.operator_code
    FROM incident_links AS il
    JOIN links AS l USING (link_code)
    JOIN devices AS d USING (link_code)
    WHERE il.incident_id = '$incident' AND d.kind = 'link_probe'
),
counted AS MATERIALIZED (
    SELECT r.bucket AS time, p.operator_code AS metric, sum(r.reports) AS value
    FROM incident AS i
    JOIN probes AS p ON true
    JOIN link_reports_1m AS r ON r.device_id = p.device_id
        AND r.bucket >= i.start_at AND r.bucket <= i.end_at
    GROUP BY 1, 2
)
SELECT s.time, o.metric,
    -- The newest minutes may not be rolled up yet: there, no row does not mean no report.
    CASE WHEN s.time < now() - INTERVAL '3 minutes' THEN coalesce(c.value, 0) ELSE c.value END AS value
FROM incident AS i
CROSS JOIN generate_series(i.start_at, i.end_at, INTERVAL '1 minute') AS s (time)
CROSS JOIN (SELECT DISTINCT operator_code AS metric FROM probes) AS o
LEFT JOIN counted AS c USING (time, metric)
-- Of what is no longer kept nothing is known.
WHERE s.time > now() - (SELECT keep FROM retention_settings WHERE relation = 'link_reports_1m')
ORDER BY 1, 2;
