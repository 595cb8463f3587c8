-- Append entries to the timeline; one that stands there already stays as it is.
INSERT INTO incident_entries (entry_key, incident_id, at, kind, actor, reason, detail)
SELECT entry_key, incident_id, at, kind, actor, reason, detail
FROM ROWS FROM (
    jsonb_to_recordset(%(rows)s) AS (
        entry_key text, incident_id text, at timestamptz, kind text, actor text, reason text,
        detail jsonb
    )
) WITH ORDINALITY AS fresh (
    entry_key, incident_id, at, kind, actor, reason, detail, position
)
ORDER BY position
ON CONFLICT (entry_key) DO NOTHING
