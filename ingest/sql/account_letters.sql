-- Dead letters of a stretch of time as accounted, and bounds of what is kept of it: a letter
-- that came before and since counts all its occurrences at most, and none at least.
SELECT
    (SELECT coalesce(sum(rejected), 0)::bigint FROM ingest_minutes
        WHERE minute >= %(since)s) AS accounted,
    (SELECT coalesce(sum(occurrences), 0)::bigint FROM dead_letters
        WHERE first_received_at >= %(since)s) AS at_least,
    (SELECT coalesce(sum(occurrences), 0)::bigint FROM dead_letters
        WHERE last_received_at >= %(since)s) AS at_most
