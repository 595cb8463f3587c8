-- Each village at present: its people (its share of the commune's, by households), its state, and
-- what its links of each mobile technology are; whoever is not being watched is unknown.
WITH watched (yes) AS (
    SELECT exists(SELECT FROM watch_spells WHERE until IS NULL AND seen_at >= %(since)s)
), people AS (
    SELECT village_code, commune_code, households, coalesce(
        population * households::numeric
            / nullif(sum(households) OVER (PARTITION BY commune_code), 0), 0)::float8 AS people
    FROM villages JOIN communes USING (commune_code)
    WHERE villages.retired_at IS NULL
        AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
), each_link AS (
    SELECT village_code, technology,
        CASE WHEN NOT yes THEN 1 WHEN state IN ('up', 'degraded') THEN 2
            WHEN state IN ('down', 'maintenance') THEN 0 ELSE 1 END AS reach
    FROM links CROSS JOIN watched
    LEFT JOIN link_spells ON link_spells.link_code = links.link_code AND until IS NULL
    WHERE retired_at IS NULL AND (%(operator)s::text IS NULL OR operator_code = %(operator)s)
), reached AS (
    SELECT village_code, max(reach) AS best,
        max(reach) FILTER (WHERE technology = '4g') AS best_4g,
        max(reach) FILTER (WHERE technology = '5g') AS best_5g
    FROM each_link
    GROUP BY village_code
)
SELECT people.people,
    CASE WHEN yes THEN coalesce(state, 'unknown') ELSE 'unknown' END,
    best, best_4g, best_5g,
    people.commune_code, people.households
FROM people CROSS JOIN watched
LEFT JOIN reached ON reached.village_code = people.village_code
LEFT JOIN village_spells
    ON village_spells.village_code = people.village_code AND village_spells.until IS NULL
ORDER BY people.village_code
