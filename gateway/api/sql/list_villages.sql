-- Villages and their states, by code; while nobody watches nothing is known.
WITH watched (yes) AS (
    SELECT exists(SELECT FROM watch_spells WHERE until IS NULL AND seen_at >= %(watched_since)s)
)
SELECT villages.village_code AS code, name, commune_code AS commune, households, lat, lon,
    synthetic, shown.state, since,
    CASE WHEN yes THEN coalesce(reason, '') ELSE 'nobody watches' END AS reason,
    incident_id AS incident
FROM villages CROSS JOIN watched
LEFT JOIN village_spells
    ON village_spells.village_code = villages.village_code AND until IS NULL
CROSS JOIN LATERAL (
    SELECT CASE WHEN yes THEN coalesce(village_spells.state, 'unknown') ELSE 'unknown' END AS state
) AS shown
WHERE retired_at IS NULL
    AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
    AND (%(village)s::text IS NULL OR villages.village_code = %(village)s)
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
    AND (%(state)s::text IS NULL OR shown.state = %(state)s)
    AND (%(after)s::text IS NULL OR villages.village_code > %(after)s)
ORDER BY villages.village_code
LIMIT %(limit)s
