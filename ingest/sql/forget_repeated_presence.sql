-- The same for presence. A will, and a status without a time, claim none: such a one is the
-- same as another of its connection only for as long as a broker may deliver it again, because
-- a device that forgets its boots counts them, and its connections, from the beginning.
WITH staged AS (
    SELECT ctid AS place, device_id, boot_id, seq, kind,
        coalesce(device_time, nullif(observed_at, received_at)) AS claimed_at
    FROM stage_presence
), forgotten AS (
    DELETE FROM stage_presence WHERE ctid IN (
        SELECT s.place
        FROM staged AS s
        CROSS JOIN LATERAL (
            SELECT FROM presence_events AS r
            WHERE r.device_id = s.device_id
              AND r.observed_at >= %(oldest)s
              AND r.boot_id = s.boot_id
              AND r.seq = s.seq
              AND r.kind = s.kind
              AND coalesce(r.device_time, nullif(r.observed_at, r.received_at))
                  IS NOT DISTINCT FROM s.claimed_at
            LIMIT 1
        ) AS known
        UNION ALL
        SELECT s.place
        FROM staged AS s
        JOIN staged AS o USING (device_id, boot_id, seq, kind)
        WHERE s.claimed_at IS NOT DISTINCT FROM o.claimed_at AND s.place > o.place
    )
    RETURNING received_at
)
SELECT date_bin('1 minute', received_at, '2000-01-01Z'), count(*) FROM forgotten GROUP BY 1
