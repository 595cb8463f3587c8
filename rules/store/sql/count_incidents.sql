-- Open incidents by severity; those that nobody has.
SELECT severity, count(*) AS incidents,
    count(*) FILTER (
        WHERE acknowledged_at IS NULL OR acknowledged_until <= %(now)s
    ) AS unacknowledged
FROM incidents WHERE status = 'open'
GROUP BY 1
