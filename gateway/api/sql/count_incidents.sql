-- Open incidents by severity, and those of them that nobody has.
SELECT severity, count(*) AS incidents,
    count(*) FILTER (
        WHERE acknowledged_at IS NULL OR acknowledged_until <= %(now)s
    ) AS unacknowledged
FROM incidents
WHERE status = 'open'
    AND (%(scope)s::text[] IS NULL OR communes && %(scope)s)
    AND (%(commune)s::text IS NULL OR %(commune)s = ANY(communes))
    AND (%(operator)s::text IS NULL OR %(operator)s = ANY(operators))
GROUP BY severity
