-- Dead letters of a stretch of time as accounted, and bounds of what is kept of it: a letter
-- that came before and since counts all its occurrences at most, and none at least. Letters of
-- adapters are not ingest's, and in no account of it.
SELECT
    (SELECT coalesce(sum(rejected), 0)::bigint FROM ingest_minutes
        WHERE minute >= %(since)s) AS accounted,
    (SELECT coalesce(sum(occurrences), 0)::bigint FROM dead_letters
        WHERE adapter IS NULL AND first_received_at >= %(since)s) AS at_least,
    (SELECT coalesce(sum(occurrences), 0)::bigint FROM dead_letters
        WHERE adapter IS NULL AND last_received_at >= %(since)s) AS at_most
