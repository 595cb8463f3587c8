-- Windows that may have held in a span of time; instants as seconds since 1970.
SELECT window_id, name, scope_kind, scope_code, extract(epoch FROM starts_at)::float8,
    extract(epoch FROM ends_at)::float8, extract(epoch FROM created_at)::float8, recurrence,
    extract(epoch FROM cancelled_at)::float8
FROM maintenance_windows
WHERE starts_at < %(until)s AND (recurrence IS NOT NULL OR ends_at > %(since)s)
    AND (cancelled_at IS NULL OR cancelled_at > %(since)s)
