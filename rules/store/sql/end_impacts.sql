-- End what incidents that are over do to villages.
UPDATE incident_villages AS impact SET until = greatest(impact.since, incidents.ended_at)
FROM incidents
WHERE incidents.incident_id = impact.incident_id AND impact.until IS NULL
    AND impact.incident_id = ANY(%(incidents)s)
