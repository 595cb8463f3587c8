-- Dead letters of adapters by any of several criteria, those that came last first.
SELECT
    dead_letter_id, adapter, topic, payload, content_type, qos, retain, reason, detail,
    device_code, first_received_at, last_received_at, occurrences, replayed_at, replay_outcome
FROM dead_letters
WHERE adapter IS NOT NULL
  AND (%(adapter)s::text IS NULL OR adapter = %(adapter)s)
  AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(letter_id)s::bigint IS NULL OR dead_letter_id = %(letter_id)s)
ORDER BY last_received_at DESC, dead_letter_id DESC
LIMIT %(limit)s
