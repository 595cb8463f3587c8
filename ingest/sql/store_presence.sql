-- Store staged presence events; return how many were new, by minute of arrival.
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
SELECT date_trunc('minute', received_at, 'UTC'), count(*) FROM stored GROUP BY 1
