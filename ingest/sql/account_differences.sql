-- Minutes of arrival whose rows do not match their account, of one window of arrival. A row is
-- observed within bounds of its arrival: that leaves out most chunks, and the block ranges over
-- received_at most of the others.
WITH accounted AS (
    SELECT minute, sum(stored)::bigint AS records
    FROM ingest_minutes
    WHERE minute >= %(since)s AND minute < %(until)s
    GROUP BY minute
), counted AS (
    SELECT date_bin('1 minute', received_at, '2000-01-01Z') AS minute, count(*) AS records
    FROM (
        SELECT received_at FROM link_reports
        WHERE received_at >= %(since)s AND received_at < %(until)s
          AND observed_at >= %(earliest)s AND observed_at < %(latest)s
        UNION ALL
        SELECT received_at FROM sensor_readings
        WHERE received_at >= %(since)s AND received_at < %(until)s
          AND observed_at >= %(earliest)s AND observed_at < %(latest)s
        UNION ALL
        SELECT received_at FROM presence_events
        WHERE received_at >= %(since)s AND received_at < %(until)s
          AND observed_at >= %(earliest)s AND observed_at < %(latest)s
    ) AS rows
    GROUP BY 1
)
SELECT
    minute,
    coalesce(accounted.records, 0) AS accounted,
    coalesce(counted.records, 0) AS counted
FROM accounted
FULL JOIN counted USING (minute)
WHERE coalesce(accounted.records, 0) <> coalesce(counted.records, 0)
ORDER BY minute
