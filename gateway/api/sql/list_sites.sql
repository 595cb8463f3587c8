-- Places with radio or access equipment, by code.
SELECT node_code AS code, kind, name, operator_code AS operator, commune_code AS commune,
    power_node_code AS power_node,
    ARRAY(
        SELECT parent_code FROM node_parents
        WHERE node_parents.node_code = nodes.node_code ORDER BY parent_code
    ) AS parents,
    lat, lon
FROM nodes
WHERE retired_at IS NULL AND kind IN ('site', 'olt')
    AND (%(scope)s::text[] IS NULL OR commune_code = ANY(%(scope)s))
    AND (%(site)s::text IS NULL OR node_code = %(site)s)
    AND (%(commune)s::text IS NULL OR commune_code = %(commune)s)
    AND (%(operator)s::text IS NULL OR operator_code = %(operator)s)
    AND (%(after)s::text IS NULL OR node_code > %(after)s)
ORDER BY node_code
LIMIT %(limit)s
