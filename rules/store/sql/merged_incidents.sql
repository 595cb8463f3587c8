-- Incidents that turned out to be parts of this one.
SELECT incident_id FROM incidents WHERE merged_into = %(incident)s ORDER BY onset_at, incident_id
