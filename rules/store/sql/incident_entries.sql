-- The timeline of an incident, and what was withheld because of it.
SELECT entry_id, at, kind, actor, reason, detail
FROM incident_entries
WHERE incident_id = %(incident)s
ORDER BY at, entry_id
