-- The accounts of a stretch of time, added up.
SELECT
    count(DISTINCT minute) AS minutes,
    coalesce(sum(messages), 0)::bigint AS messages,
    coalesce(sum(received), 0)::bigint AS received,
    coalesce(sum(stored), 0)::bigint AS stored,
    coalesce(sum(duplicate), 0)::bigint AS duplicate,
    coalesce(sum(rejected), 0)::bigint AS rejected
FROM ingest_minutes
WHERE minute >= %(since)s
