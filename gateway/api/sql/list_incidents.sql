-- Incidents, those that were opened last first, each with the household-minutes it has cost up to now.
SELECT found.incident_id, class AS class_, severity, status, root, root_kind, onset_at, opened_at,
    changed_at, ended_at, cleared_at, planned, notified, flapping, merged_into, reason, rule,
    labels, value, summary, description, villages, links, households, communes, operators,
    revision, acknowledged_at, acknowledged_by, acknowledged_until, assigned_to, escalation,
    escalated_at,
    CASE WHEN closed_at >= cleared_at THEN closed_at END AS closed_at,
    CASE WHEN closed_at >= cleared_at THEN closed_by END AS closed_by,
    coalesce(impact.household_minutes, 0) AS household_minutes
FROM (
    SELECT * FROM incidents
    WHERE (%(scope)s::text[] IS NULL OR communes && %(scope)s)
        AND (%(incident)s::text IS NULL OR incident_id = %(incident)s)
        AND (%(status)s::text IS NULL OR status = %(status)s)
        AND (%(since)s::timestamptz IS NULL OR status = 'open' OR ended_at >= %(since)s)
        AND (%(until)s::timestamptz IS NULL OR onset_at < %(until)s)
        AND (%(commune)s::text IS NULL OR %(commune)s = ANY(communes))
        AND (%(operator)s::text IS NULL OR %(operator)s = ANY(operators))
        AND (%(class)s::text IS NULL OR class = %(class)s)
        AND (%(severity)s::text IS NULL OR severity = %(severity)s)
        AND (%(assigned_to)s::text IS NULL OR assigned_to = %(assigned_to)s)
        AND (%(acknowledged)s::boolean IS NULL OR %(acknowledged)s = (
            acknowledged_at IS NOT NULL
            AND (acknowledged_until IS NULL OR acknowledged_until > %(now)s)
        ))
        AND (%(village)s::text IS NULL OR EXISTS (
            SELECT FROM incident_villages AS hit
            WHERE hit.incident_id = incidents.incident_id AND hit.village_code = %(village)s
        ))
        AND (%(after_at)s::timestamptz IS NULL OR opened_at <= %(after_at)s)
        AND (%(after_at)s::timestamptz IS NULL
            OR (opened_at, incident_id) < (%(after_at)s, %(after)s::text))
    ORDER BY opened_at DESC, incident_id DESC
    LIMIT %(limit)s
) AS found
LEFT JOIN LATERAL (
    SELECT sum(household_seconds(each, coalesce(ended_at, %(now)s))) / 60 AS household_minutes
    FROM incident_villages AS each WHERE each.incident_id = found.incident_id
) AS impact ON true
ORDER BY opened_at DESC, found.incident_id DESC
