-- The dead letters of adapters, by adapter and reason.
SELECT
    adapter,
    reason,
    count(*) AS letters,
    sum(occurrences)::bigint AS occurrences,
    max(last_received_at) AS last_received_at,
    count(*) FILTER (WHERE replayed_at IS NULL) AS waiting
FROM dead_letters
WHERE adapter IS NOT NULL
GROUP BY adapter, reason
ORDER BY letters DESC, adapter, reason
