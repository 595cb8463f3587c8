-- The root of each of these incidents: of the one that it became a part of, if it did.
WITH RECURSIVE followed (incident_id, last_id, depth) AS (
    SELECT incident_id, incident_id, 0 FROM incidents WHERE incident_id = ANY (%(incidents)s)
    UNION ALL
    SELECT followed.incident_id, incidents.merged_into, depth + 1
    FROM followed JOIN incidents ON incidents.incident_id = last_id
    WHERE merged_into IS NOT NULL AND depth < 20
)
SELECT DISTINCT ON (followed.incident_id) followed.incident_id, root, root_kind
FROM followed JOIN incidents ON incidents.incident_id = last_id
ORDER BY followed.incident_id, depth DESC
