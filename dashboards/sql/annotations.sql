-- incidents: incidents that lasted at some time of the range, newest first
SELECT onset_at AS time, coalesce(ended_at, now()) AS timeend, @incident_words AS text,
    concat_ws(',', class, severity, incident_id) AS tags
FROM incidents
WHERE (status = 'open' OR cleared_at >= $__timeFrom()) AND onset_at <= $__timeTo()
    AND class IN ('outage', 'degradation', 'pipeline') AND merged_into IS NULL
    AND severity IN ('critical', 'major')
ORDER BY onset_at DESC
LIMIT 300;

-- maintenance: announced work that happens once, within the range
SELECT starts_at AS time, ends_at AS timeend, name AS text,
    concat_ws(',', 'maintenance', scope_kind, scope_code) AS tags
FROM maintenance_windows
WHERE cancelled_at IS NULL AND recurrence IS NULL
    AND starts_at <= $__timeTo() AND ends_at >= $__timeFrom()
ORDER BY starts_at DESC
LIMIT 300;

-- incidents_of_communes: incidents of the range that touch the chosen communes
SELECT onset_at AS time, coalesce(ended_at, now()) AS timeend, @incident_words AS text,
    concat_ws(',', class, severity, incident_id) AS tags
FROM incidents
WHERE (status = 'open' OR cleared_at >= $__timeFrom()) AND onset_at <= $__timeTo()
    AND merged_into IS NULL AND ('' IN (${commune:sqlstring}) OR communes && ARRAY[${commune:sqlstring}])
ORDER BY onset_at DESC
LIMIT 300;

-- maintenance_of_communes: announced work within the range, on the chosen communes themselves
SELECT starts_at AS time, ends_at AS timeend, name AS text,
    concat_ws(',', 'maintenance', scope_kind, scope_code) AS tags
FROM maintenance_windows
WHERE cancelled_at IS NULL AND recurrence IS NULL
    AND starts_at <= $__timeTo() AND ends_at >= $__timeFrom()
    AND ('' IN (${commune:sqlstring}) OR (scope_kind = 'commune' AND scope_code IN (${commune:sqlstring})))
ORDER BY starts_at DESC
LIMIT 300;

-- incidents_of_village: incidents of the range that impair the chosen village
SELECT iv.since AS time, coalesce(iv.until, now()) AS timeend, @incident_words AS text,
    concat_ws(',', class, severity, incident_id) AS tags
FROM incident_villages AS iv
JOIN incidents AS i USING (incident_id)
WHERE iv.village_code = '$village' AND iv.since <= $__timeTo()
    AND (iv.until IS NULL OR iv.until >= $__timeFrom()) AND i.merged_into IS NULL
ORDER BY iv.since DESC
LIMIT 300;

-- maintenance_of_village: announced work within the range, on the village or its links
SELECT starts_at AS time, ends_at AS timeend, name AS text,
    concat_ws(',', 'maintenance', scope_kind, scope_code) AS tags
FROM maintenance_windows
WHERE cancelled_at IS NULL AND recurrence IS NULL
    AND starts_at <= $__timeTo() AND ends_at >= $__timeFrom()
    AND (
        (scope_kind = 'village' AND scope_code = '$village')
        OR (scope_kind = 'link' AND scope_code IN (
            SELECT link_code FROM links WHERE village_code = '$village'
        ))
        OR (scope_kind = 'commune' AND scope_code IN (
            SELECT commune_code FROM villages WHERE village_code = '$village'
        ))
    )
ORDER BY starts_at DESC
LIMIT 300;
