-- What depends on what, retired nodes too: old incidents speak of them.
SELECT node_code, operator_code, commune_code,
    coalesce(array_agg(parent_code) FILTER (WHERE parent_code IS NOT NULL), '{}')
FROM nodes LEFT JOIN node_parents USING (node_code)
GROUP BY node_code
