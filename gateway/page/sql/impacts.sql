-- What open incidents do to each commune: villages and households without service by it now, and
-- household-minutes up to now.
SELECT incident_id, coalesce(commune_code, '') AS commune_code,
    count(*) FILTER (WHERE each.until IS NULL) AS villages,
    coalesce(
        sum(each.households * each.share) FILTER (WHERE each.until IS NULL), 0
    )::double precision AS households,
    sum(household_seconds(each, %(now)s)) / 60 AS household_minutes
FROM incidents
JOIN incident_villages AS each USING (incident_id)
LEFT JOIN villages USING (village_code)
WHERE status = 'open'
GROUP BY 1, 2
