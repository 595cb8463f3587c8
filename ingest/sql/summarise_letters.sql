-- Ingest's own dead letters by reason; those of adapters are the gateway's.
SELECT
    reason,
    count(*) AS letters,
    sum(occurrences)::bigint AS occurrences,
    count(DISTINCT device_code) AS devices,
    max(last_received_at) AS last_received_at,
    count(*) FILTER (WHERE replayed_at IS NULL) AS waiting
FROM dead_letters
WHERE adapter IS NULL
GROUP BY reason
ORDER BY letters DESC, reason
