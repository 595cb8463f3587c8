-- The dead letters by reason.
SELECT
    reason,
    count(*) AS letters,
    sum(occurrences)::bigint AS occurrences,
    count(DISTINCT device_code) AS devices,
    max(last_received_at) AS last_received_at,
    count(*) FILTER (WHERE replayed_at IS NULL) AS waiting
FROM dead_letters
GROUP BY reason
ORDER BY letters DESC, reason
