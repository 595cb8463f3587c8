-- Mutes, the newest first; for an official, those of their communes or of incidents there.
SELECT mute_id AS number, kind, matchers, starts_at, ends_at, created_at, created_by, comment,
    cancelled_at, cancelled_by,
    starts_at <= %(now)s AND least(ends_at, cancelled_at) > %(now)s AS on
FROM mutes
WHERE (%(over)s OR least(ends_at, cancelled_at) > %(now)s)
    AND (%(mute)s::bigint IS NULL OR mute_id = %(mute)s)
    AND (%(scope)s::text[] IS NULL OR EXISTS (
        SELECT FROM jsonb_to_recordset(matchers) AS m (name text, operator text, value text)
        WHERE m.operator = '=' AND (
            m.name = 'commune' AND m.value = ANY(%(scope)s)
            OR m.name = 'incident' AND EXISTS (
                SELECT FROM incidents
                WHERE incident_id = m.value AND communes <> '{}' AND communes <@ %(scope)s
            )
        )
    ))
    AND (%(after)s::bigint IS NULL OR mute_id < %(after)s)
ORDER BY mute_id DESC
LIMIT %(limit)s
