-- Bring the latest state of devices up to date with what else was heard of them: sensors'
-- reports, statuses, late reports, rubbish. The newest status is the one that arrived last: a
-- broker delivers a device's status messages in order, and a will has no time of its own. One
-- that is replayed arrived when it first did.
INSERT INTO device_states AS known (
    device_id, received_at, online, online_changed_at, online_received_at, observed_at, boot_id,
    seq, skew_seconds, ahead_until)
SELECT
    device_id, received_at, online, online_received_at, online_received_at, observed_at, boot_id,
    seq, skew_seconds, ahead_until
FROM stage_states
ORDER BY device_id
ON CONFLICT (device_id) DO UPDATE SET
    received_at = greatest(known.received_at, excluded.received_at),
    ahead_until = greatest(known.ahead_until, excluded.ahead_until),
    (online, online_changed_at, online_received_at) = (
        SELECT newest.online,
            CASE WHEN newest.online = known.online
                THEN known.online_changed_at ELSE newest.received_at END,
            newest.received_at
        FROM (VALUES
            (excluded.online, excluded.online_received_at),
            (known.online, known.online_received_at)
        ) AS newest (online, received_at)
        ORDER BY newest.received_at DESC NULLS LAST
        LIMIT 1),
    (observed_at, boot_id, seq, skew_seconds) = (
        SELECT newest.* FROM (VALUES
            (excluded.observed_at, excluded.boot_id, excluded.seq, excluded.skew_seconds),
            (known.observed_at, known.boot_id, known.seq, known.skew_seconds)
        ) AS newest (observed_at, boot_id, seq, skew_seconds)
        ORDER BY newest.observed_at DESC NULLS LAST
        LIMIT 1)
