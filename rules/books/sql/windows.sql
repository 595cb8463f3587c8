-- Windows that were announced before they began.
SELECT window_id || ' ' || name, scope_kind, scope_code, starts_at, ends_at, created_at,
    recurrence, cancelled_at
FROM maintenance_windows
WHERE starts_at < %(until)s AND (recurrence IS NOT NULL OR ends_at > %(since)s)
    AND (cancelled_at IS NULL OR cancelled_at > %(since)s)
