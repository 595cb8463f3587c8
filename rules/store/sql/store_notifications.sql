-- What became of notices to people, at the newest attempt.
INSERT INTO notifications AS known (
    notification_key, incident_ids, receiver, action, state, attempts, first_at, last_at, error)
SELECT
    notification_key, incident_ids, receiver, action, state, attempts, first_at, last_at, error
FROM jsonb_to_recordset(%(rows)s) AS fresh (
    notification_key text, incident_ids text[], receiver text, action text, state text,
    attempts integer, first_at timestamptz, last_at timestamptz, error text)
ORDER BY notification_key
ON CONFLICT (notification_key) DO UPDATE SET
    incident_ids = excluded.incident_ids, receiver = excluded.receiver,
    action = excluded.action, state = excluded.state, attempts = excluded.attempts,
    first_at = least(known.first_at, excluded.first_at), last_at = excluded.last_at,
    error = excluded.error
WHERE (known.attempts, known.last_at) < (excluded.attempts, excluded.last_at)
