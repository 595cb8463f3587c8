-- Links, with the households that use each; where that is not known, the village's are shared
-- among its links.
SELECT link_code, village_code, operator_code, node_code, technology IN ('4g', '5g'),
    coalesce(links.households, ceil(villages.households::numeric / count(*) OVER (
        PARTITION BY village_code, links.retired_at IS NULL)))::integer,
    links.retired_at
FROM links JOIN villages USING (village_code)
ORDER BY village_code, link_code
