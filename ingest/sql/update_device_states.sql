-- Bring the latest state of devices up to date with what else was heard of them: sensors'
-- reports, statuses, late reports, rubbish. The newest status is the one that arrived last: a
-- broker delivers a device's status messages in order, and a will has no time of its own.
INSERT INTO device_states AS known (
    device_id, received_at, online, online_changed_at, observed_at, boot_id, seq, skew_seconds)
SELECT
    device_id, received_at, online, online_changed_at, observed_at, boot_id, seq, skew_seconds
FROM stage_states
ORDER BY device_id
ON CONFLICT (device_id) DO UPDATE SET
    received_at = greatest(known.received_at, excluded.received_at),
    online = coalesce(excluded.online, known.online),
    online_changed_at = CASE
        WHEN excluded.online IS NULL OR excluded.online = known.online
        THEN known.online_changed_at
        ELSE excluded.online_changed_at
    END,
    (observed_at, boot_id, seq, skew_seconds) = (
        SELECT newest.* FROM (VALUES
            (excluded.observed_at, excluded.boot_id, excluded.seq, excluded.skew_seconds),
            (known.observed_at, known.boot_id, known.seq, known.skew_seconds)
        ) AS newest (observed_at, boot_id, seq, skew_seconds)
        ORDER BY newest.observed_at DESC NULLS LAST
        LIMIT 1)
