-- Store staged presence events; return how many were staged and how many new, by minute of
-- arrival.
WITH stored AS (
    INSERT INTO presence_events (
        device_id, observed_at, boot_id, seq, kind, received_at, device_time, skew, reason,
        detail)
    SELECT
        device_id, observed_at, boot_id, seq, kind, received_at, device_time, skew::skew_class,
        reason, detail::jsonb
    FROM stage_presence
    ORDER BY device_id, observed_at, boot_id, seq, kind
    ON CONFLICT DO NOTHING
    RETURNING received_at
)
SELECT
    date_bin('1 minute', received_at, '2000-01-01Z'),
    count(*) FILTER (WHERE NOT new),
    count(*) FILTER (WHERE new)
FROM (
    SELECT received_at, false AS new FROM stage_presence
    UNION ALL
    SELECT received_at, true FROM stored
) AS records
GROUP BY 1
