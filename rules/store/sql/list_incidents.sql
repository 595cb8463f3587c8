-- Incidents ranked by household-minutes up to now, then by severity, the oldest first.
SELECT incident_id, class AS class_, severity, status, root, root_kind, onset_at, opened_at, changed_at,
    ended_at, cleared_at, planned, notified, flapping, merged_into, reason, rule, labels, value,
    summary, description, villages, links, households, communes, operators, revision,
    acknowledged_at, acknowledged_by, acknowledged_until, assigned_to, escalation, escalated_at,
    CASE WHEN closed_at >= cleared_at THEN closed_at END AS closed_at,
    CASE WHEN closed_at >= cleared_at THEN closed_by END AS closed_by,
    coalesce(impact.household_minutes, 0) AS household_minutes
FROM incidents
LEFT JOIN LATERAL (
    SELECT sum(household_seconds(each, coalesce(ended_at, %(now)s))) / 60 AS household_minutes
    FROM incident_villages AS each WHERE each.incident_id = incidents.incident_id
) AS impact ON true
WHERE (%(incident)s::text IS NULL OR incident_id = %(incident)s)
    AND (%(status)s::text IS NULL OR status = %(status)s)
    AND (%(since)s::timestamptz IS NULL OR status = 'open' OR ended_at >= %(since)s)
    AND (%(commune)s::text IS NULL OR %(commune)s = ANY(communes))
    AND (%(operator)s::text IS NULL OR %(operator)s = ANY(operators))
    AND (%(class)s::text IS NULL OR class = %(class)s)
    AND (%(severity)s::text IS NULL OR severity = %(severity)s)
ORDER BY status DESC, household_minutes DESC,
    array_position(ARRAY['critical', 'major', 'minor', 'warning'], severity) NULLS LAST,
    onset_at, incident_id
LIMIT %(limit)s
