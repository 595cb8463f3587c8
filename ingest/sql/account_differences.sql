-- Minutes of arrival whose rows do not match their account.
WITH accounted AS (
    SELECT minute, sum(stored)::bigint AS records
    FROM ingest_minutes
    WHERE minute >= %(since)s
    GROUP BY minute
), counted AS (
    SELECT date_trunc('minute', received_at, 'UTC') AS minute, count(*) AS records
    FROM (
        SELECT received_at FROM link_reports WHERE received_at >= %(since)s
        UNION ALL
        SELECT received_at FROM sensor_readings WHERE received_at >= %(since)s
        UNION ALL
        SELECT received_at FROM presence_events WHERE received_at >= %(since)s
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
