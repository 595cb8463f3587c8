-- Links that incidents take down, at their newest step.
INSERT INTO incident_links AS known (incident_id, link_code, since, until)
SELECT * FROM unnest(
    %(incident)s::text[], %(code)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[]
) AS fresh (incident, code, since, until)
ORDER BY incident, code
ON CONFLICT (incident_id, link_code) DO UPDATE SET
    since = excluded.since, until = excluded.until
WHERE (known.since, known.until) IS DISTINCT FROM (excluded.since, excluded.until)
