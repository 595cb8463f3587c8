-- Ingest's own dead letters to replay, a page of them, in the order they first came.
SELECT
    dead_letter_id, topic, payload, content_type, qos, retain, reason, detail, device_code,
    first_received_at, last_received_at, occurrences, replayed_at, replay_outcome
FROM dead_letters
WHERE replayed_at IS NULL
  AND dead_letter_id > %(after)s
  AND adapter IS NULL
  AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(device)s::text IS NULL OR device_code = %(device)s)
  AND (%(letter_id)s::bigint IS NULL OR dead_letter_id = %(letter_id)s)
ORDER BY dead_letter_id
LIMIT %(limit)s
