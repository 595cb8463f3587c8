-- Maintenance windows, the newest first; for an official, those on what stands in their communes.
SELECT window_id AS number, name, scope_kind, scope_code, starts_at, ends_at, recurrence,
    created_at, created_by, cancelled_at, cancelled_by, comment
FROM maintenance_windows
WHERE (%(over)s
        OR (cancelled_at IS NULL OR cancelled_at > %(now)s)
        AND (recurrence IS NOT NULL OR ends_at > %(now)s))
    AND (%(window)s::bigint IS NULL OR window_id = %(window)s)
    AND (%(scope)s::text[] IS NULL OR CASE scope_kind
        WHEN 'commune' THEN scope_code = ANY(%(scope)s)
        WHEN 'village' THEN EXISTS (
            SELECT FROM villages
            WHERE village_code = scope_code AND commune_code = ANY(%(scope)s))
        WHEN 'link' THEN EXISTS (
            SELECT FROM links JOIN villages USING (village_code)
            WHERE link_code = scope_code AND commune_code = ANY(%(scope)s))
        WHEN 'node' THEN EXISTS (
            SELECT FROM nodes WHERE node_code = scope_code AND commune_code = ANY(%(scope)s))
        ELSE false END)
    AND (%(after)s::bigint IS NULL OR window_id < %(after)s)
ORDER BY window_id DESC
LIMIT %(limit)s
