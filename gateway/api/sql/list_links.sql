-- Links and their states, by code; while nobody watches nothing is known.
WITH watched (yes) AS (
    SELECT exists(SELECT FROM watch_spells WHERE until IS NULL AND seen_at >= %(watched_since)s)
)
SELECT links.link_code AS code, village_code AS village, commune_code AS commune,
    operator_code AS operator, technology, node_code AS node, links.households, shown.state, since,
    CASE WHEN yes THEN coalesce(reason, '') ELSE 'nobody watches' END AS reason,
    incident_id AS incident
FROM links JOIN villages USING (village_code) CROSS JOIN watched
LEFT JOIN link_spells ON link_spells.link_code = links.link_code AND until IS NULL
CROSS JOIN LATERAL (
    SELECT CASE WHEN yes THEN coalesce(link_spells.state, 'unknown') ELSE 'unknown' END AS state
) AS shown
WHERE links.retired_at IS NULL
    AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
    AND (%(link)s::text IS NULL OR links.link_code = %(link)s)
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
    AND (%(village)s::text IS NULL OR village_code = %(village)s)
    AND (%(operator)s::text IS NULL OR operator_code = %(operator)s)
    AND (%(state)s::text IS NULL OR shown.state = %(state)s)
    AND (%(after)s::text IS NULL OR links.link_code > %(after)s)
ORDER BY links.link_code
LIMIT %(limit)s
