-- incidents: incidents that lasted at some time of the range, newest first; what was announced is maintenance
SELECT @incident_mark
FROM incidents
WHERE @incident_lasts AND NOT planned AND class IN ('outage', 'degradation', 'pipeline')
    AND severity IN ('critical', 'major')
ORDER BY onset_at DESC
LIMIT 300;

-- maintenance: announced work that happens once, within the range, and what any work took down
(
    SELECT @window_mark
    FROM maintenance_windows
    WHERE @window_lasts
    ORDER BY starts_at DESC
    LIMIT 300
)
UNION ALL
(
    SELECT @incident_mark
    FROM incidents
    WHERE @incident_lasts AND planned
    ORDER BY onset_at DESC
    LIMIT 300
);

-- incidents_of_communes: incidents of the range that touch the chosen communes
SELECT @incident_mark
FROM incidents
WHERE @incident_lasts AND NOT planned
    AND ('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
ORDER BY onset_at DESC
LIMIT 300;

-- maintenance_of_communes: announced work within the range on the chosen communes, on what stands there, and on what their links hang on
WITH RECURSIVE chosen AS MATERIALIZED (
    SELECT village_code, link_code, node_code, operator_code
    FROM villages LEFT JOIN links USING (village_code)
    WHERE commune_code IN (${commune:sqlstring}) AND links.retired_at IS NULL
),
@above_chosen,
touched AS (
    @touched_by_chosen
    UNION ALL SELECT 'commune', commune_code FROM communes WHERE commune_code IN (${commune:sqlstring})
    UNION ALL SELECT 'node', node_code FROM nodes WHERE commune_code IN (${commune:sqlstring})
)
(
    SELECT @window_mark
    FROM maintenance_windows
    WHERE @window_lasts
        AND ('' IN (${commune:sqlstring}) OR (scope_kind, scope_code) IN (SELECT kind, code FROM touched))
    ORDER BY starts_at DESC
    LIMIT 300
)
UNION ALL
(
    SELECT @incident_mark
    FROM incidents
    WHERE @incident_lasts AND planned
        AND ('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
    ORDER BY onset_at DESC
    LIMIT 300
);

-- incidents_of_village: incidents of the range that impair the chosen village
SELECT iv.since AS time, coalesce(iv.until, now()) AS timeend, @incident_words AS text,
    concat_ws(',', class, severity, incident_id) AS tags
FROM incident_villages AS iv
JOIN incidents AS i USING (incident_id)
WHERE iv.village_code = '$village' AND iv.since <= $__timeTo()
    AND (iv.until IS NULL OR iv.until >= $__timeFrom()) AND i.merged_into IS NULL AND NOT planned
ORDER BY iv.since DESC
LIMIT 300;

-- maintenance_of_village: announced work within the range on the village, its commune, its links, and on what they hang on
WITH RECURSIVE chosen AS MATERIALIZED (
    SELECT village_code, link_code, node_code, operator_code
    FROM villages LEFT JOIN links USING (village_code)
    WHERE village_code = '$village' AND links.retired_at IS NULL
),
@above_chosen,
touched AS (
    @touched_by_chosen
    UNION ALL SELECT 'commune', commune_code FROM villages WHERE village_code = '$village'
)
(
    SELECT @window_mark
    FROM maintenance_windows
    WHERE @window_lasts AND (scope_kind, scope_code) IN (SELECT kind, code FROM touched)
    ORDER BY starts_at DESC
    LIMIT 300
)
UNION ALL
(
    SELECT iv.since AS time, coalesce(iv.until, now()) AS timeend, @incident_words AS text,
        concat_ws(',', class, severity, incident_id) AS tags
    FROM incident_villages AS iv
    JOIN incidents AS i USING (incident_id)
    WHERE iv.village_code = '$village' AND iv.since <= $__timeTo()
        AND (iv.until IS NULL OR iv.until >= $__timeFrom()) AND i.merged_into IS NULL AND planned
    ORDER BY iv.since DESC
    LIMIT 300
);

-- incidents_of_site: incidents of the range that have the site for their root, or take links by it down
SELECT @incident_mark
FROM incidents
WHERE @incident_lasts AND NOT planned AND @by_site
ORDER BY onset_at DESC
LIMIT 300;

-- maintenance_of_site: announced work within the range on the site, its commune, links by it, and on what it hangs on
WITH RECURSIVE chosen AS MATERIALIZED (
    SELECT NULL AS village_code, link_code, here.node_code, nodes.operator_code
    FROM (
        SELECT '$site' AS node_code
        UNION ALL SELECT node_code FROM node_parents WHERE parent_code = '$site'
    ) AS here
    JOIN nodes USING (node_code)
    LEFT JOIN links ON links.node_code = here.node_code AND links.retired_at IS NULL
),
@above_chosen,
touched AS (
    @touched_by_chosen
    UNION ALL SELECT 'commune', commune_code FROM nodes WHERE node_code = '$site'
)
(
    SELECT @window_mark
    FROM maintenance_windows
    WHERE @window_lasts AND (scope_kind, scope_code) IN (SELECT kind, code FROM touched)
    ORDER BY starts_at DESC
    LIMIT 300
)
UNION ALL
(
    SELECT @incident_mark
    FROM incidents
    WHERE @incident_lasts AND planned AND @by_site
    ORDER BY onset_at DESC
    LIMIT 300
);
