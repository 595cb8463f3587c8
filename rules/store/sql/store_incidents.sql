-- Bring incidents to a newer step; people's columns are not named here and so never touched.
INSERT INTO incidents AS known (
    incident_id, class, severity, status, root, root_kind, onset_at, opened_at, changed_at,
    ended_at, cleared_at, planned, notified, flapping, merged_into, reason, rule, labels, value,
    summary, description, villages, links, households, communes, operators, revision)
SELECT
    incident_id, class, severity, status, root, root_kind, onset_at, opened_at, changed_at,
    ended_at, cleared_at, planned, notified, flapping, merged_into, reason, rule, labels, value,
    summary, description, villages, links, households, communes, operators, revision
FROM jsonb_to_recordset(%(rows)s) AS fresh (
    incident_id text, class text, severity text, status text, root text[], root_kind text,
    onset_at timestamptz, opened_at timestamptz, changed_at timestamptz, ended_at timestamptz,
    cleared_at timestamptz, planned boolean, notified boolean, flapping boolean,
    merged_into text, reason text, rule text, labels jsonb, value double precision,
    summary jsonb, description jsonb, villages integer, links integer, households integer,
    communes text[], operators text[], revision integer)
ORDER BY incident_id
ON CONFLICT (incident_id) DO UPDATE SET
    class = excluded.class, severity = excluded.severity, status = excluded.status,
    root = excluded.root, root_kind = excluded.root_kind, onset_at = excluded.onset_at,
    opened_at = excluded.opened_at, changed_at = excluded.changed_at,
    ended_at = excluded.ended_at, cleared_at = excluded.cleared_at, planned = excluded.planned,
    notified = excluded.notified, flapping = excluded.flapping,
    merged_into = excluded.merged_into, reason = excluded.reason, rule = excluded.rule,
    labels = excluded.labels, value = excluded.value, summary = excluded.summary,
    description = excluded.description, villages = excluded.villages, links = excluded.links,
    households = excluded.households, communes = excluded.communes,
    operators = excluded.operators, revision = excluded.revision
WHERE known.revision < excluded.revision
RETURNING incident_id
