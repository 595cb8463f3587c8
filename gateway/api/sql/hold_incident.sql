-- An incident as a deed finds it, locked until the deed is done.
SELECT communes, revision, acknowledged_at, acknowledged_until, assigned_to, escalation,
    CASE WHEN closed_at >= cleared_at THEN closed_at END AS closed_at
FROM incidents
WHERE incident_id = %(incident)s AND (%(scope)s::text[] IS NULL OR communes && %(scope)s)
FOR UPDATE
