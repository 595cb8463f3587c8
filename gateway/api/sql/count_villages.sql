-- Villages and their households by state; while nobody watches nothing is known.
WITH watched (yes) AS (
    SELECT exists(SELECT FROM watch_spells WHERE until IS NULL AND seen_at >= %(watched_since)s)
)
SELECT CASE WHEN yes THEN coalesce(state, 'unknown') ELSE 'unknown' END AS state, yes AS watching,
    count(villages.village_code) AS villages, coalesce(sum(households), 0)::bigint AS households
FROM watched LEFT JOIN villages ON retired_at IS NULL
    AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
LEFT JOIN village_spells
    ON village_spells.village_code = villages.village_code AND until IS NULL
GROUP BY 1, 2
