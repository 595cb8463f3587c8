-- What incidents do to villages, at their newest step.
INSERT INTO incident_villages AS known (
    incident_id, village_code, since, until, state, households, share, share_since, spent)
SELECT * FROM unnest(
    %(incident)s::text[], %(code)s::text[], %(since)s::timestamptz[], %(until)s::timestamptz[],
    %(state)s::text[], %(households)s::integer[], %(share)s::double precision[],
    %(share_since)s::timestamptz[], %(spent)s::double precision[]
) AS fresh (incident, code, since, until, state, households, share, share_since, spent)
ORDER BY incident, code
ON CONFLICT (incident_id, village_code) DO UPDATE SET
    since = excluded.since, until = excluded.until, state = excluded.state,
    households = excluded.households, share = excluded.share, share_since = excluded.share_since,
    spent = excluded.spent
WHERE (known.since, known.until, known.state, known.households, known.share, known.share_since,
        known.spent)
    IS DISTINCT FROM
    (excluded.since, excluded.until, excluded.state, excluded.households, excluded.share,
        excluded.share_since, excluded.spent)
