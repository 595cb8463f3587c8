-- Communes with their villages by state, by code; while nobody watches nothing is known.
WITH watched (yes) AS (
    SELECT exists(SELECT FROM watch_spells WHERE until IS NULL AND seen_at >= %(watched_since)s)
), states AS (
    SELECT commune_code,
        count(*) FILTER (WHERE yes AND state = 'served') AS served,
        count(*) FILTER (WHERE yes AND state = 'degraded') AS degraded,
        count(*) FILTER (WHERE yes AND state = 'dark') AS dark,
        count(*) FILTER (WHERE yes AND state = 'maintenance') AS maintenance,
        count(*) AS villages
    FROM villages CROSS JOIN watched
    LEFT JOIN village_spells
        ON village_spells.village_code = villages.village_code AND until IS NULL
    WHERE retired_at IS NULL
    GROUP BY commune_code
)
SELECT commune_code AS code, name, kind, population, area_km2, lat, lon,
    jsonb_build_object(
        'served', coalesce(served, 0), 'degraded', coalesce(degraded, 0),
        'dark', coalesce(dark, 0), 'maintenance', coalesce(maintenance, 0),
        'unknown', coalesce(villages - served - degraded - dark - maintenance, 0)
    ) AS villages
FROM communes LEFT JOIN states USING (commune_code)
WHERE retired_at IS NULL
    AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
    AND (%(after)s::text IS NULL OR commune_code > %(after)s)
ORDER BY commune_code
LIMIT %(limit)s
