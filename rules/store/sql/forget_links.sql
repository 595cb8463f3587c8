-- Take out of the impacts of these incidents the links that they turned out not to take down.
DELETE FROM incident_links AS known
WHERE known.incident_id = ANY(%(incidents)s) AND NOT EXISTS (
    SELECT FROM unnest(%(incident)s::text[], %(code)s::text[]) AS fresh (incident, code)
    WHERE fresh.incident = known.incident_id AND fresh.code = known.link_code
)
