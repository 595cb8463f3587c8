-- Keep a dead letter of an adapter. The same letter again is counted, not kept twice.
INSERT INTO dead_letters AS known (
    digest, topic, payload, content_type, qos, retain, reason, detail, device_code, adapter,
    first_received_at, last_received_at)
VALUES (
    %(digest)s, %(topic)s, %(payload)s, %(content_type)s, %(qos)s, %(retain)s, %(reason)s,
    %(detail)s, %(device)s, %(adapter)s, %(received_at)s, %(received_at)s)
ON CONFLICT (digest) DO UPDATE SET
    last_received_at = greatest(known.last_received_at, excluded.last_received_at),
    occurrences = known.occurrences + 1
