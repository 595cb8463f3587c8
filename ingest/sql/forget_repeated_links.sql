-- Drop staged reports that are stored already at another time than theirs, or are staged twice;
-- return how many, by minute of arrival. What a device claims makes two deliveries the same
-- report; whether it was believed depends on when each arrived, and only two that were
-- believed share a primary key. LIMIT keeps each look-up on its own, by index.
WITH forgotten AS (
    DELETE FROM stage_links WHERE ctid IN (
        -- Not believed then. Only devices that once claimed a time still to come have such rows.
        SELECT s.ctid
        FROM device_states AS d
        JOIN stage_links AS s USING (device_id)
        CROSS JOIN LATERAL (
            SELECT FROM link_reports AS r
            WHERE r.device_time IS NOT NULL
              AND r.device_id = s.device_id
              AND r.device_time = coalesce(s.device_time, s.observed_at)
              AND r.boot_id = s.boot_id
              AND r.seq = s.seq
              AND r.observed_at BETWEEN %(moved_from)s AND %(until)s
            LIMIT 1
        ) AS moved
        WHERE d.ahead_until >= %(from)s
          AND coalesce(s.device_time, s.observed_at) <= d.ahead_until
        UNION ALL
        -- Believed then, and not now.
        SELECT s.ctid
        FROM stage_links AS s
        CROSS JOIN LATERAL (
            SELECT FROM link_reports AS r
            WHERE r.device_time IS NULL
              AND r.device_id = s.device_id
              AND r.observed_at = s.device_time
              AND r.boot_id = s.boot_id
              AND r.seq = s.seq
              AND r.observed_at BETWEEN %(from)s AND %(until)s
            LIMIT 1
        ) AS kept
        WHERE s.device_time IS NOT NULL
        UNION ALL
        -- Twice in this batch, and not believed at least once.
        SELECT s.ctid
        FROM stage_links AS s
        JOIN stage_links AS o USING (device_id, boot_id, seq)
        WHERE o.device_time IS NOT NULL
          AND o.device_time = coalesce(s.device_time, s.observed_at)
          AND (s.device_time IS NULL OR s.ctid > o.ctid)
    )
    RETURNING received_at
)
SELECT date_bin('1 minute', received_at, '2000-01-01Z'), count(*) FROM forgotten GROUP BY 1
