-- Dead letters of adapters to replay, a page of them, in the order they first came.
SELECT
    dead_letter_id, adapter, topic, payload, content_type, qos, retain, reason, detail,
    device_code, first_received_at, last_received_at, occurrences, replayed_at, replay_outcome
FROM dead_letters
WHERE adapter IS NOT NULL
  AND replayed_at IS NULL
  AND dead_letter_id > %(after)s
  AND (%(adapter)s::text IS NULL OR adapter = %(adapter)s)
  AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(letter_id)s::bigint IS NULL OR dead_letter_id = %(letter_id)s)
ORDER BY dead_letter_id
LIMIT %(limit)s
