-- Dead letters, the newest first.
SELECT dead_letter_id AS number, adapter, topic, content_type, length(payload) AS payload_bytes, reason,
    detail, device_code AS device, first_received_at, last_received_at, occurrences, replayed_at,
    replay_outcome
FROM dead_letters
WHERE (%(letter)s::bigint IS NULL OR dead_letter_id = %(letter)s)
    AND (%(adapter)s::text IS NULL OR adapter = %(adapter)s)
    AND (%(reason)s::text IS NULL OR reason = %(reason)s)
    AND (%(device)s::text IS NULL OR device_code = %(device)s)
    AND (%(since)s::timestamptz IS NULL OR last_received_at >= %(since)s)
    AND (%(after)s::bigint IS NULL OR dead_letter_id < %(after)s)
ORDER BY dead_letter_id DESC
LIMIT %(limit)s
