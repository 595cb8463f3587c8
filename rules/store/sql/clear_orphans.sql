-- Clear incidents that are open and that no service knows any more.
UPDATE incidents SET
    status = 'cleared', ended_at = greatest(onset_at, changed_at), cleared_at = %(now)s,
    changed_at = greatest(changed_at, %(now)s), reason = %(reason)s, revision = revision + 1
WHERE status = 'open' AND incident_id <> ALL(%(known)s)
RETURNING incident_id, revision
