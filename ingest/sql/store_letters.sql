-- Keep dead letters. The same letter again is counted, not kept twice.
INSERT INTO dead_letters AS known (
    digest, topic, payload, content_type, qos, retain, reason, detail, device_code,
    first_received_at, last_received_at, occurrences)
SELECT
    digest, min(topic), (array_agg(payload))[1], min(content_type), min(qos), bool_or(retain),
    min(reason), min(detail), min(device_code), min(received_at), max(received_at), count(*)
FROM stage_letters
GROUP BY digest
ORDER BY digest
ON CONFLICT (digest) DO UPDATE SET
    last_received_at = greatest(known.last_received_at, excluded.last_received_at),
    occurrences = known.occurrences + excluded.occurrences
